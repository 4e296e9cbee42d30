"""Where a client sends its requests and as whom: arguments first, then the environment."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiaas._core.errors import ConfigurationError
from aiaas._core.redaction import Secret

API_KEY_VARIABLE: Final = "AIAAS_API_KEY"
BASE_URL_VARIABLE: Final = "AIAAS_BASE_URL"

DEFAULT_BASE_URL: Final = "http://127.0.0.1:8080"
"""Where the reference cloud listens when it is started without options."""

DEFAULT_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a client, checked."""

    api_key: Secret
    base_url: str
    timeout_s: float


def resolve(
    api_key: str | None,
    base_url: str | None,
    timeout_s: float,
    *,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Put arguments and environment together.

    Raises:
        ConfigurationError: Something is missing or cannot work; the message says what to do.
    """
    return Config(
        api_key=_checked_key(api_key if api_key is not None else environ.get(API_KEY_VARIABLE)),
        base_url=_checked_url(base_url or environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL),
        timeout_s=_checked_timeout(timeout_s),
    )


def _checked_key(key: str | None) -> Secret:
    if not key:
        raise ConfigurationError(
            f"No API key: pass api_key= or set the environment variable {API_KEY_VARIABLE}."
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        # A stray newline from a file is the usual cause. The key itself is not repeated here.
        raise ConfigurationError(
            "The API key has white space or characters that no HTTP header can carry: "
            "check how it was read."
        )
    return Secret(key)


def _checked_url(url: str) -> str:
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
    return url.rstrip("/")


def _checked_timeout(timeout_s: float) -> float:
    if not (math.isfinite(timeout_s) and timeout_s > 0):
        raise ConfigurationError(
            f"timeout_s must be a positive number of seconds; got {timeout_s}."
        )
    return timeout_s
