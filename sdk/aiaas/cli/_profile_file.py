"""Writing the file of profiles, and showing what it holds; the SDK itself only reads it."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiaas._core.errors import ConfigurationError
from aiaas._core.profiles import config_path, profiles_of

_HEADER: Final = "# Settings of the aiaas SDK and command; written by `aiaas config`.\n"
_VISIBLE: Final = 4

Value = str | int | float | bool
Profiles = dict[str, dict[str, Value]]


def path_of_file() -> Path:
    """Return where the configuration file is, or would be."""
    return Path(config_path())


def read_profiles(path: Path) -> Profiles:
    """Return all profiles; none when there is no file.

    Raises:
        ConfigurationError: The file is no TOML, or has anything but profiles of plain values: it
            would be lost when the file is written.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:  # no TOML, or no UTF-8
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    profiles = profiles_of(found, path)
    for name, settings in profiles.items():
        for field, value in settings.items():
            if not isinstance(value, Value):
                raise ConfigurationError(
                    f"{path} cannot be read: {field} of profile '{name}' must be text or a number"
                )
    return profiles


def write_profiles(path: Path, profiles: Profiles) -> None:
    """Write all profiles, readable by the user alone, and whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = _HEADER + "".join(
        f"\n[profiles.{_key(name)}]\n"
        + "".join(f"{_key(field)} = {_literal(value)}\n" for field, value in settings.items())
        for name, settings in profiles.items()
    )
    # A temporary file has mode 0600 from its first byte on.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def profile_names(incomplete: str = "") -> list[str]:
    """Return the names of profiles that begin with `incomplete`, for completion."""
    try:
        names = list(read_profiles(path_of_file()))
    except (OSError, ConfigurationError):
        return []
    return [name for name in names if name.startswith(incomplete)]


def shown(field: str, value: Value) -> Value:
    """Return a setting as it may be seen: a key only by its end, a proxy without its password."""
    if not isinstance(value, str):
        return value
    if field in SECRETS:
        return f"***{value[-_VISIBLE:]}" if len(value) >= 4 * _VISIBLE else "***"
    if field == "proxy" and "@" in value:
        return f"{urlsplit(value).scheme}://***@{value.rpartition('@')[2]}"
    return value


SECRETS: Final = frozenset({"api_key", "client_secret"})


def _key(name: str) -> str:
    plain = name.replace("-", "").replace("_", "")
    return name if plain.isascii() and plain.isalnum() else _literal(name)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    # TOML's basic strings escape as JSON's do, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
