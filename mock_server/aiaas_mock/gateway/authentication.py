"""Authentication and scopes: from an ``Authorization`` header to a principal."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace

from aiaas_mock.context import ANONYMOUS, Principal, Reach
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.keys import KeyRecord, KnownKeys
from aiaas_mock.gateway.tokens import TokenMint

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="aiaas"'}
_BASIC_CHALLENGE = {"WWW-Authenticate": 'Basic realm="aiaas"'}


class Authenticator:
    """Decides who asks and whether they may.

    Args:
        rings: The keys of this deployment.
        mint: Makes and reads its access tokens.
    """

    def __init__(self, rings: Sequence[KnownKeys], mint: TokenMint) -> None:
        self._rings = tuple(rings)
        self._mint = mint

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Public ids of the keys that are not revoked."""
        return tuple(key_id for ring in self._rings for key_id in ring.ids())

    def authenticate(self, authorization: str | None, scope: str | None) -> Principal:
        """Return who asks, when they may use `scope`; None needs no key.

        Raises:
            ApiError: 401 without a valid key or token, 403 when it lacks the scope.
        """
        if scope is None:
            return ANONYMOUS
        principal = self._principal(_bearer(authorization))
        if not principal.may(scope):
            raise ApiError(
                "insufficient_scope", f"The key {principal.key_id} lacks the scope '{scope}'."
            )
        return principal

    def known(self, authorization: str | None) -> Principal | None:
        """Return whose key a header shows, whatever it may be used for; None when nobody's."""
        try:
            return self._principal(_bearer(authorization))
        except ApiError:
            return None

    def client(self, client_id: str | None, secret: str) -> Principal:
        """Return who a client of OAuth 2.0 is.

        Args:
            client_id: Public id of the key; None leaves it to the key to say.
            secret: The key.

        Raises:
            ApiError: They are not known, not of one key, or the key was revoked.
        """
        record = self._find(secret)
        if record is not None and not record.revoked:
            given = record.id if client_id is None else client_id
            if hmac.compare_digest(given.encode(), record.id.encode()):
                return record.principal
        raise ApiError(
            "invalid_client",
            "The client's id and secret are not known to this deployment.",
            headers=_BASIC_CHALLENGE,
        )

    def _principal(self, credential: str) -> Principal:
        record = self._find(credential)
        if record is not None:
            return _valid(record).principal
        claims = self._mint.read(credential)
        record = None if claims is None else self._get(claims.principal.key_id)
        if claims is None or record is None:
            raise ApiError(
                "invalid_api_key",
                "The API key is not known to this deployment.",
                headers=_CHALLENGE,
            )
        if self._mint.is_over(claims):
            raise ApiError("expired_token", "The access token has expired.", headers=_CHALLENGE)
        # What the key may do now counts, not what it could when the token was made.
        principal = _valid(record).principal
        scopes = frozenset(scope for scope in claims.principal.scopes if principal.may(scope))
        return replace(
            principal, namespace=claims.principal.namespace, scopes=scopes, reach=_reach(record)
        )

    def _find(self, key: str) -> KeyRecord | None:
        return next((found for ring in self._rings if (found := ring.find(key))), None)

    def _get(self, key_id: str | None) -> KeyRecord | None:
        if key_id is None:
            return None
        return next((found for ring in self._rings if (found := ring.get(key_id))), None)


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise ApiError(
            "missing_api_key",
            "No Authorization header was sent. Send 'Authorization: Bearer <key>'.",
            headers=_CHALLENGE,
        )
    scheme, _, credential = authorization.partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        raise ApiError(
            "missing_api_key",
            "The Authorization header holds no bearer key. Send 'Authorization: Bearer <key>'.",
            headers=_CHALLENGE,
        )
    return credential


def _reach(record: KeyRecord) -> Reach:
    """Return where a token of a key enters: it was made for one namespace."""
    return "bound" if record.reach == "free" else record.reach


def _valid(record: KeyRecord) -> KeyRecord:
    if record.revoked:
        raise ApiError("revoked_api_key", f"The key {record.id} was revoked.", headers=_CHALLENGE)
    return record
