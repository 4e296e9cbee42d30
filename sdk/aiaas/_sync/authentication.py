# Generated from aiaas/_async/authentication.py by `make sync`; edit that file instead.
"""As whom requests are sent: gets keys and tokens, keeps them and renews them."""

from __future__ import annotations

from collections.abc import Callable

from aiaas._core.config import Credentials
from aiaas._core.credentials import OAuth2ClientCredentials, Token, bearer
from aiaas._core.errors import AiaasError
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse, parse
from aiaas._sync import _runtime

FetchToken = Callable[[Outgoing, Secret, float | None], RawResponse]
"""Sends a request for a token with a header and within so many seconds."""


class Authenticator:
    """Gives the header ``Authorization`` of every call.

    Attributes:
        fixed: The header, if it never changes.
    """

    def __init__(
        self, credentials: Credentials, fetch: FetchToken, clock: Callable[[], float]
    ) -> None:
        self.fixed = credentials if isinstance(credentials, Secret) else None
        self._credentials = credentials
        self._fetch = fetch
        self._clock = clock
        self._token: Token | None = None
        self._lock = _runtime.Lock()

    def authorization(self, remaining_s: float | None) -> Secret:
        """Return the header for a call that has so many seconds left.

        Raises:
            AiaasError: No token could be got.
        """
        credentials = self._credentials
        if isinstance(credentials, Secret):
            return credentials
        if isinstance(credentials, OAuth2ClientCredentials):
            return self._from_token(credentials, remaining_s)
        return bearer(_runtime.resolved(credentials()))

    def renewed(self, refused: Secret, remaining_s: float | None) -> Secret | None:
        """Return another header after a deployment refused one with 401; None if there is none."""
        if self.fixed is not None:
            return None
        token = self._token
        # Another call may have renewed it meanwhile.
        if token is not None and token.authorization.reveal() == refused.reveal():
            self._token = None
        new = self.authorization(remaining_s)
        return None if new.reveal() == refused.reveal() else new

    def after_fork(self) -> None:
        """Take a new lock: another thread may have held this one when the process was copied."""
        self._lock = _runtime.Lock()

    def _from_token(
        self, credentials: OAuth2ClientCredentials, remaining_s: float | None
    ) -> Secret:
        token = self._token
        now_s = self._clock()
        if token is not None and now_s < token.renew_at_s:
            return token.authorization
        if token is not None and now_s < token.ends_at_s and self._lock.locked():
            return token.authorization  # somebody renews it; it is good until then
        with self._lock:
            if self._token is not None and self._token is not token:
                return self._token.authorization
            new = self._renew(credentials, token, remaining_s)
            self._token = new
            return new.authorization

    def _renew(
        self, credentials: OAuth2ClientCredentials, token: Token | None, remaining_s: float | None
    ) -> Token:
        from aiaas.contract import oauth

        asked_at_s = self._clock()
        try:
            response = self._fetch(credentials.token_request(), credentials.basic(), remaining_s)
        except AiaasError:
            # Renewing begins early so that this may fail for a while.
            if token is not None and self._clock() < token.ends_at_s:
                return token
            raise
        answer = parse(oauth.TOKEN, response, oauth.Token)
        return Token(
            answer.access_token,
            now_s=asked_at_s,
            lifetime_s=answer.expires_in,
            refresh_early_s=credentials.refresh_early_s,
        )
