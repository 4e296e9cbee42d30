"""Access tokens: what a key may do, for a while, signed; nothing is kept of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from aiaas_mock.context import Principal

PREFIX: Final = "at_"


NamespaceClock = Callable[[str], datetime]
"""Gives the time in a namespace, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClaims:
    """What a token says.

    Attributes:
        principal: Who asks with it.
        expires_at: When it ends.
    """

    principal: Principal
    expires_at: datetime


class TokenMint:
    """Makes tokens and reads them.

    Args:
        secret: What they are signed with.
        lifetime_s: How long they are valid.
        now: Gives the time in a namespace.
    """

    def __init__(self, secret: bytes, *, lifetime_s: int, now: NamespaceClock) -> None:
        self._secret = secret
        self.lifetime_s: Final = lifetime_s
        self._now = now

    def issue(self, principal: Principal) -> str:
        """Make a token of a key for some of its scopes."""
        expires_at = self._now(principal.namespace) + timedelta(seconds=self.lifetime_s)
        claims = {
            "key": principal.key_id,
            "namespace": principal.namespace,
            "scopes": sorted(principal.scopes),
            "expires": expires_at.timestamp(),
        }
        payload = _encoded(json.dumps(claims, separators=(",", ":")).encode())
        return f"{PREFIX}{payload}.{self._signature(payload)}"

    def read(self, token: str) -> TokenClaims | None:
        """Return what a token says, expired ones included; None when we did not make it."""
        payload, _, signature = token.removeprefix(PREFIX).partition(".")
        if not token.startswith(PREFIX) or not signature.isascii() or not payload.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(payload)):
            return None
        claims = json.loads(_decoded(payload))  # our own: the signature says so
        principal = Principal(
            key_id=claims["key"],
            namespace=claims["namespace"],
            scopes=frozenset(claims["scopes"]),
        )
        return TokenClaims(
            principal=principal, expires_at=datetime.fromtimestamp(claims["expires"], UTC)
        )

    def is_over(self, claims: TokenClaims) -> bool:
        """Say whether a token has expired."""
        return claims.expires_at <= self._now(claims.principal.namespace)

    def _signature(self, payload: str) -> str:
        return _encoded(hmac.digest(self._secret, payload.encode(), hashlib.sha256))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return binascii.a2b_base64(text.translate(_STANDARD) + "=" * (-len(text) % 4))


_STANDARD: Final = str.maketrans("-_", "+/")
