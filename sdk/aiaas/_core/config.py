"""Where a client sends its requests and as whom.

Arguments come first, then a profile that an argument names, then the environment, then the profile
that the environment names or the one called ``default``. Each setting is looked for on its own, so
that a profile may hold the address and the environment the key, but for one thing: the key of the
environment is not sent to the address of a profile that an argument names.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn, cast
from urllib.parse import urlsplit

from aiaas._core.credentials import OAuth2ClientCredentials, bearer
from aiaas._core.errors import ConfigurationError
from aiaas._core.options import check_time
from aiaas._core.profiles import PROFILE_VARIABLE, Profile, read_profile
from aiaas._core.redaction import Secret

API_KEY_VARIABLE: Final = "AIAAS_API_KEY"
BASE_URL_VARIABLE: Final = "AIAAS_BASE_URL"

DEFAULT_BASE_URL: Final = "http://127.0.0.1:8080"
"""Where the reference cloud listens when it is started without options."""

DEFAULT_TIMEOUT_S: Final = 60.0

KeySource = Callable[[], str] | Callable[[], Awaitable[str]]
Credentials = Secret | KeySource | OAuth2ClientCredentials
"""The whole header of a key that does not change, or what gives one."""

ClientCertificate = str | tuple[str, str]
"""A PEM file with certificate and key, or one of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How connections are made.

    Attributes:
        proxy: Address of a proxy.
        ca_file: PEM file with the certificate authorities to trust, instead of the usual ones.
        client_cert: Certificate to show to the deployment (mutual TLS).
        trust_env: Whether ``HTTPS_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE`` and the like count.
    """

    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: str | None = None
    client_cert: ClientCertificate | None = None
    trust_env: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a client, checked."""

    credentials: Credentials
    base_url: str
    timeout_s: float
    deadline_s: float | None = None
    network: Network = Network()


def resolve(
    api_key: str | KeySource | OAuth2ClientCredentials | None = None,
    base_url: str | None = None,
    *,
    profile: str | None = None,
    timeout_s: float | None = None,
    deadline_s: float | None = None,
    network: Network | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Put arguments, environment and profile together.

    Raises:
        ConfigurationError: Something is missing or cannot work; the message says what to do.
        TypeError: A time is no number.
    """
    found = read_profile(profile, environ)
    url = _base_url(base_url, profile, found, environ)
    # The address of a profile that was asked for gets no key of the environment.
    keyless = bool(profile and not base_url and found.text("base_url"))
    network = network or Network()
    waits_s = _first(timeout_s, found.number("timeout_s"))
    config = Config(
        credentials=_credentials(api_key, environ, found, profile, keyless),
        base_url=checked_url(url),
        timeout_s=DEFAULT_TIMEOUT_S if waits_s is None else waits_s,
        deadline_s=_first(deadline_s, found.number("deadline_s")),
        network=Network(
            proxy=network.proxy or found.text("proxy"),
            ca_file=network.ca_file or found.text("ca_file"),
            client_cert=network.client_cert or found.text("client_cert"),
            trust_env=network.trust_env,
        ),
    )
    _check_time("timeout_s", config.timeout_s)
    if config.deadline_s is not None:
        _check_time("deadline_s", config.deadline_s)
    return config


def resolve_base_url(
    base_url: str | None = None,
    *,
    profile: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Return the address alone, which needs no key.

    Raises:
        ConfigurationError: It cannot work.
    """
    return checked_url(_base_url(base_url, profile, read_profile(profile, environ), environ))


def _base_url(
    given: str | None, name: str | None, profile: Profile, environ: Mapping[str, str]
) -> str:
    named = profile.text("base_url") if name else None
    found = given or named or environ.get(BASE_URL_VARIABLE) or profile.text("base_url")
    return found or DEFAULT_BASE_URL


def _credentials(
    given: object,
    environ: Mapping[str, str],
    profile: Profile,
    name: str | None,
    keyless: bool,
) -> Credentials:
    if isinstance(given, OAuth2ClientCredentials):
        return given
    if callable(given):
        return cast("KeySource", given)
    if given is not None and not isinstance(given, str):
        kind = type(given).__name__
        raise ConfigurationError(f"api_key is text or gives text; got {kind}.")
    if given is not None:
        return bearer(given) if given else _refuse(None)
    of_environment = environ.get(API_KEY_VARIABLE)
    if of_environment and not name:
        return bearer(of_environment)
    of_profile = _credentials_in(profile)
    if of_profile is not None:
        return of_profile
    if keyless:
        raise ConfigurationError(
            f"No API key in the profile '{name}', which has a base_url: write api_key, or "
            "client_id and client_secret, into it, or pass api_key=. A key of "
            f"{API_KEY_VARIABLE} is not sent there: it may be meant for another deployment."
        )
    return bearer(of_environment) if of_environment else _refuse(name)


def _credentials_in(profile: Profile) -> Credentials | None:
    key = profile.text("api_key")
    if key:
        return bearer(key)
    client_id, secret = profile.text("client_id"), profile.text("client_secret")
    if not (client_id and secret):
        return None
    return OAuth2ClientCredentials(
        client_id, secret, token_url=profile.text("token_url"), scope=profile.text("scope")
    )


def _refuse(profile: str | None) -> NoReturn:
    where = f" in the profile '{profile}'" if profile else ""
    raise ConfigurationError(
        f"No API key{where}: pass api_key= or set the environment variable {API_KEY_VARIABLE}, or "
        f"choose a profile (profile= or {PROFILE_VARIABLE}) that has api_key or, for OAuth 2.0, "
        "client_id and client_secret."
    )


def _first(given: float | None, found: float | None) -> float | None:
    return given if given is not None else found


def checked_url(url: str) -> str:
    """Return an address without a slash at its end, if it can work.

    Raises:
        ConfigurationError: It cannot.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ConfigurationError(f"The base URL cannot be read: {error}.") from None
    if parts.username is not None or parts.password is not None:
        # Not repeated here, because it holds a password.
        raise ConfigurationError("The base URL must not hold a user name or password.")
    if any(character.isspace() for character in url):
        raise ConfigurationError(f"The base URL must not hold white space; got {url!r}.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"The base URL must look like {DEFAULT_BASE_URL!r} or 'https://host'; got {url!r}. "
            f"Pass base_url= or set {BASE_URL_VARIABLE}."
        )
    if parts.query or parts.fragment:
        raise ConfigurationError(f"The base URL must end before '?' or '#'; got {url!r}.")
    url = url.rstrip("/")
    if url.endswith("/v1"):
        raise ConfigurationError(
            f"The base URL must end before '/v1', which the client adds: leave out '/v1'; "
            f"got {url!r}."
        )
    return url


def _check_time(name: str, value: float) -> None:
    try:
        check_time(name, value)
    except ValueError as error:
        raise ConfigurationError(f"{error}.") from None
