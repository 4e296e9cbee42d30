"""As whom requests are sent: gets keys and tokens, keeps them and renews them."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, cast

from aiaas._async import _runtime
from aiaas._core.config import Credentials
from aiaas._core.credentials import OAuth2ClientCredentials, Token, bearer
from aiaas._core.errors import AiaasError, CallDeadlineError
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse, parse

if TYPE_CHECKING:
    from aiaas._core.config import KeySource

_AGAIN_AFTER_S: Final = 5.0
"""How long a good token is used after it could not be renewed, before that is tried again."""

RemainingS = Callable[[], float | None]
"""Gives the seconds that a call has left, or raises `CallDeadlineError`."""

FetchToken = Callable[[Outgoing, Secret, float | None], Awaitable[RawResponse]]
"""Sends a request for a token with a header and within so many seconds."""


class AsyncAuthenticator:
    """Gives the header ``Authorization`` of every call.

    Attributes:
        fixed: The header, if it never changes.
    """

    def __init__(
        self, credentials: Credentials, fetch: FetchToken, clock: Callable[[], float]
    ) -> None:
        self.fixed = credentials if isinstance(credentials, Secret) else None
        # Nobody asks for more when there is a fixed one.
        self._source = cast("KeySource | OAuth2ClientCredentials", credentials)
        self._fetch = fetch
        self._clock = clock
        self._token: Token | None = None
        self._flight = _runtime.Flight[Token]()

    async def authorization(self, remaining_s: RemainingS) -> Secret:
        """Return the header for a call, if there is no fixed one.

        Raises:
            AiaasError: No token could be got.
        """
        source = self._source
        if isinstance(source, OAuth2ClientCredentials):
            return await self._from_token(source, remaining_s)
        return bearer(await _runtime.resolved(source()))

    async def renewed(self, refused: Secret, remaining_s: RemainingS) -> Secret | None:
        """Return another header after a deployment refused one with 401; None if there is none."""
        token = self._token
        # Another call may have renewed it meanwhile.
        if token is not None and token.authorization.reveal() == refused.reveal():
            self._token = None
        new = await self.authorization(remaining_s)
        return None if new.reveal() == refused.reveal() else new

    def after_fork(self) -> None:
        """Wait for nobody: who asks for a token does so in the parent."""
        self._flight = _runtime.Flight[Token]()

    async def _from_token(
        self, credentials: OAuth2ClientCredentials, remaining_s: RemainingS
    ) -> Secret:
        while True:
            token, now_s = self._token, self._clock()
            if token is not None:
                if now_s < token.renew_at_s:
                    return token.authorization
                if now_s < token.ends_at_s and self._flight.under_way:
                    return token.authorization  # somebody renews it; it is good until then

            async def renew(token: Token | None = token) -> Token:
                return await self._renew(credentials, token, remaining_s)

            outcome = await self._flight.share(
                renew, timeout_s=remaining_s(), everybodys=_is_everybodys
            )
            if isinstance(outcome, Token):
                return outcome.authorization
            if outcome is not None:
                raise copy.copy(outcome) from outcome  # one's traceback is not another's
            # Who asked gave up, or the time is over: then the next `remaining_s` says so.

    async def _renew(
        self,
        credentials: OAuth2ClientCredentials,
        token: Token | None,
        remaining_s: RemainingS,
    ) -> Token:
        from aiaas.contract import oauth

        current = self._token
        if current is not None and current is not token:
            return current  # somebody else was quicker
        asked_at_s = self._clock()
        try:
            response = await self._fetch(
                credentials.token_request(), credentials.basic(), remaining_s()
            )
        except AiaasError:
            # Renewing begins early so that this may fail for a while.
            now_s = self._clock()
            if token is not None and self._token is token and now_s < token.ends_at_s:
                token.renew_at_s = min(token.ends_at_s, now_s + _AGAIN_AFTER_S)
                return token
            raise
        answer = parse(oauth.TOKEN, response, oauth.Token)
        self._token = Token(
            answer.access_token,
            now_s=asked_at_s,
            lifetime_s=answer.expires_in,
            refresh_early_s=credentials.refresh_early_s,
        )
        return self._token


def _is_everybodys(failure: Exception) -> bool:
    """Say whether those who wait for the same token failed, too; a deadline is a call's own."""
    return isinstance(failure, AiaasError) and not isinstance(failure, CallDeadlineError)
