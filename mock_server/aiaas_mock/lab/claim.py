"""Which namespace a request claims, before anybody knows whether it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from starlette.types import Scope

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.keys import NAMESPACE, namespace_of
from aiaas_mock.gateway.tokens import PREFIX as TOKEN

HEADER: Final = "X-Mock-Namespace"
"""Request: the namespace it runs in."""
PREFIX: Final = "/ns/"
"""Begins the path of a base URL that names a namespace: ``/ns/<namespace>/v1/...``."""

_HEADER: Final = HEADER.lower().encode()


class Claim(NamedTuple):
    """What a request says of its namespace.

    Attributes:
        named: The one that header or address name; None leaves it to the key.
        name: The one it will run in, if it may.
    """

    named: str | None
    name: str


class Claims:
    """Reads claims.

    Args:
        of_token: Returns the namespace of an access token, None when it is none.
    """

    def __init__(self, of_token: Callable[[str], str | None]) -> None:
        self._of_token = of_token

    def of(self, scope: Scope, prefixed: str | None) -> Claim:
        """Return what a request claims: the header's, else the address's, else the key's.

        Raises:
            ApiError: The header names no namespace.
        """
        named, credential = prefixed, ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                credential = value.decode("latin-1")
            elif name == _HEADER:
                named = checked_name(value.decode("latin-1"))
        return Claim(named, named or self._of_credential(credential))

    def _of_credential(self, authorization: str) -> str:
        key = authorization.partition(" ")[2].strip()
        return (key.startswith(TOKEN) and self._of_token(key)) or namespace_of(key)


def unprefixed(scope: Scope) -> tuple[str | None, Scope]:
    """Take the namespace out of an address.

    Raises:
        ApiError: There is none after ``/ns/``.
    """
    path: Any = scope["path"]
    if not path.startswith(PREFIX):
        return None, scope
    name, slash, rest = path[len(PREFIX) :].partition("/")
    checked_name(name)
    raw = scope.get("raw_path")
    if raw is not None:
        raw = raw[len(PREFIX) + len(name) :] or b"/"
    return name, {**scope, "path": slash + rest or "/", "raw_path": raw}


def checked_name(name: str) -> str:
    """Return the name of a namespace that is one.

    Raises:
        ApiError: It is not.
    """
    if not NAMESPACE.fullmatch(name):
        raise ApiError(
            "invalid_request",
            "A namespace is named with 1 to 32 of a-z, 0-9 and '-', not '-' first.",
            param="/namespace",
        )
    return name
