"""Which namespace a request claims, before it is admitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from starlette.types import Scope

from aiaas_mock.context import Principal
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.keys import NAMESPACE, namespace_of
from aiaas_mock.gateway.tenancy import settled
from aiaas_mock.gateway.tokens import PREFIX as TOKEN
from aiaas_mock.lab.loopback import is_local

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
        credible: Whether it may touch that one before it is admitted: meet its faults, and be in
            its journal though it is refused. A stranger from elsewhere may not, or anybody could
            use up the faults of a test.
    """

    named: str | None
    name: str
    credible: bool


class Claims:
    """Reads claims.

    Args:
        of_token: Returns the namespace of an access token, None when it is none.
        known: Returns whose key an ``Authorization`` header shows, None when it is nobody's.
        guests: Whether whoever is on this machine needs no key for that.
    """

    def __init__(
        self,
        of_token: Callable[[str], str | None],
        known: Callable[[str], Principal | None],
        *,
        guests: bool,
    ) -> None:
        self._of_token = of_token
        self._known = known
        self._guests = guests

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
        name = named or self._of_credential(credential)
        credible = (self._guests and is_local(scope)) or self._may_enter(credential, name)
        return Claim(named, name, credible)

    def _may_enter(self, authorization: str, name: str) -> bool:
        principal = self._known(authorization)
        # Whose key is good on this machine only is either here, or not where it is good.
        if principal is None or principal.reach == "local":
            return False
        try:
            settled(principal, name)
        except ApiError:
            return False
        return True

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
