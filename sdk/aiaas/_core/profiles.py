"""Profiles: named sets of settings in a TOML file.

.. code-block:: toml

    [profiles.default]
    base_url = "https://ai.example.com"
    api_key = "sk_..."

    [profiles.staging]
    base_url = "https://staging.example.com"
    client_id = "key_..."
    client_secret = "sk_..."

The file may hold keys: it should be readable by its owner alone (mode 0600).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final, cast

from aiaas._core.errors import ConfigurationError
from aiaas._core.redaction import Secret

FILE_VARIABLE: Final = "AIAAS_CONFIG"
PROFILE_VARIABLE: Final = "AIAAS_PROFILE"
DEFAULT_PROFILE: Final = "default"

SETTINGS: Final[Mapping[str, type]] = {
    "api_key": str,
    "base_url": str,
    "ca_file": str,
    "client_cert": str,
    "client_id": str,
    "client_secret": str,
    "deadline_s": float,
    "proxy": str,
    "scope": str,
    "timeout_s": float,
    "token_url": str,
}
"""What a profile may hold."""


class Profile:
    """The settings of one profile; what it does not say is None."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str | float]) -> None:
        # Masked, because a profile may hold keys and debuggers show local variables.
        self._values = {
            name: Secret(value) if isinstance(value, str) else value
            for name, value in values.items()
        }

    def text(self, name: str) -> str | None:
        """Return a setting that is text."""
        value = self._values.get(name)
        return value.reveal() if isinstance(value, Secret) else None

    def number(self, name: str) -> float | None:
        """Return a setting that is a number."""
        value = self._values.get(name)
        return value if isinstance(value, float) else None


_NOTHING: Final = Profile({})


def config_path(environ: Mapping[str, str] = os.environ) -> str:
    """Return where the file is or would be: ``AIAAS_CONFIG``, else under ``~/.config``."""
    given = environ.get(FILE_VARIABLE)
    if given:
        return os.path.expanduser(given)
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "aiaas", "config.toml")


def read_profile(name: str | None, environ: Mapping[str, str] = os.environ) -> Profile:
    """Return a profile: the one called `name`, that of ``AIAAS_PROFILE``, or ``default``.

    Raises:
        ConfigurationError: A profile was asked for and is not there, or the file cannot be used.
    """
    asked = name or environ.get(PROFILE_VARIABLE)
    path = config_path(environ)
    if not os.path.exists(path):
        if asked:
            raise ConfigurationError(f"There is no profile '{asked}': {path} does not exist.")
        return _NOTHING
    profiles = _profiles_in(path)
    found = profiles.get(asked or DEFAULT_PROFILE)
    if found is None:
        if asked:
            known = ", ".join(sorted(profiles)) or "none"
            raise ConfigurationError(f"There is no profile '{asked}' in {path}; it has {known}.")
        return _NOTHING
    return Profile(_checked(found, f"profile '{asked or DEFAULT_PROFILE}' in {path}"))


def _profiles_in(path: str) -> dict[str, dict[str, Any]]:
    import tomllib  # here, as most clients read no file

    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    return profiles_of(document, path)


def profiles_of(document: Mapping[str, Any], path: object) -> dict[str, dict[str, Any]]:
    """Return the profiles of a configuration file by name, their settings unchecked.

    Raises:
        ConfigurationError: It has something else, which would be overlooked.
    """
    for name, value in document.items():
        if name != "profiles":
            raise ConfigurationError(f"{path} cannot be read: {_misplaced(name, value)}.")
    profiles: object = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ConfigurationError(f"{path} cannot be read: [profiles] must hold tables.")
    for name, value in profiles.items():
        if not isinstance(value, dict):
            raise ConfigurationError(
                f"{path} cannot be read: {name} in [profiles] must be a table; "
                f"settings are written below [profiles.{DEFAULT_PROFILE}]."
            )
    return profiles


def _misplaced(name: str, value: object) -> str:
    # The value is not repeated: it may be a key.
    if not isinstance(value, dict):
        return f"{name} is in no profile; write it below [profiles.{DEFAULT_PROFILE}]"
    for inner_name, inner in value.items():
        if isinstance(inner, dict):
            return f"[{name}.{inner_name}] is no profile; write [profiles.{inner_name}]"
    return f"[{name}] is no profile; write [profiles.{name}]"


def _checked(profile: Mapping[str, Any], where: str) -> dict[str, str | float]:
    checked: dict[str, str | float] = {}
    for name, value in profile.items():
        wanted = SETTINGS.get(name)
        if wanted is None:
            known = ", ".join(SETTINGS)
            raise ConfigurationError(f"The {where} has no setting '{name}'; there are {known}.")
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted):
            # The value is not repeated here: it may be a key.
            kind = "text" if wanted is str else "a number"
            raise ConfigurationError(f"{name} of the {where} must be {kind}.")
        checked[name] = cast("str | float", value)
    return checked
