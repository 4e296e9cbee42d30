"""Authentication and scopes: from an ``Authorization`` header to a principal."""

from __future__ import annotations

from collections.abc import Sequence

from aiaas_mock.context import ANONYMOUS, Principal
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.keys import KeyRing

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="aiaas"'}


class Authenticator:
    """Decides who asks and whether they may.

    Args:
        rings: The keys of this deployment.
    """

    def __init__(self, rings: Sequence[KeyRing]) -> None:
        self._rings = tuple(rings)

    def authenticate(self, authorization: str | None, scope: str | None) -> Principal:
        """Return who asks, when they may use `scope`; None needs no key.

        Raises:
            ApiError: 401 without a valid key, 403 when the key lacks the scope.
        """
        if scope is None:
            return ANONYMOUS
        principal = self._principal(authorization)
        if not principal.may(scope):
            raise ApiError(
                "insufficient_scope", f"The key {principal.key_id} lacks the scope '{scope}'."
            )
        return principal

    def _principal(self, authorization: str | None) -> Principal:
        if not authorization:
            raise ApiError(
                "missing_api_key",
                "No Authorization header was sent. Send 'Authorization: Bearer <key>'.",
                headers=_CHALLENGE,
            )
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise ApiError(
                "missing_api_key",
                "The Authorization header holds no bearer key. Send 'Authorization: Bearer <key>'.",
                headers=_CHALLENGE,
            )
        for ring in self._rings:
            record = ring.find(key.strip())
            if record is None:
                continue
            if record.revoked:
                raise ApiError(
                    "revoked_api_key", f"The key {record.id} was revoked.", headers=_CHALLENGE
                )
            return record.principal
        raise ApiError(
            "invalid_api_key",
            "The API key is not known to this deployment.",
            headers=_CHALLENGE,
        )
