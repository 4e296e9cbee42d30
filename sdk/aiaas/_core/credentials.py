"""As whom a client speaks: a key, something that gives one, or OAuth 2.0 client credentials."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote, urlencode

from aiaas._core.errors import ConfigurationError
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing

_REFRESH_EARLY_S: Final = 60.0


class OAuth2ClientCredentials:
    """An id and a secret that are exchanged for short-lived tokens (RFC 6749, section 4.4).

    Pass it as ``api_key``. The token is fetched with the first call, kept, and renewed before it
    ends; callers that come at the same time wait for one request.

    Args:
        client_id: Public id of the client.
        client_secret: Its secret.
        token_url: Where tokens are given out; ``/oauth/token`` of the deployment when omitted.
        scope: Scopes to ask for, with spaces between; all that the client has when omitted.
        refresh_early_s: Seconds before its end at which a token is renewed, a quarter of its life
            at most.

    Raises:
        ConfigurationError: The id or the secret is empty.

    Example:
        >>> credentials = aiaas.OAuth2ClientCredentials("key_7f3a", secret, scope="images:read")
        >>> client = aiaas.Client(credentials)
    """

    __slots__ = ("_client_secret", "client_id", "refresh_early_s", "scope", "token_url")

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        token_url: str | None = None,
        scope: str | None = None,
        refresh_early_s: float = _REFRESH_EARLY_S,
    ) -> None:
        if not client_id or not client_secret:
            raise ConfigurationError("OAuth 2.0 needs a client_id and a client_secret.")
        self.client_id = client_id
        self.token_url = token_url
        self.scope = scope
        self.refresh_early_s = refresh_early_s
        self._client_secret = Secret(client_secret)

    def basic(self) -> Secret:
        """Return the header that proves who the client is (RFC 6749, section 2.3.1)."""
        pair = f"{quote(self.client_id, safe='')}:{quote(self._client_secret.reveal(), safe='')}"
        return Secret(f"Basic {base64.b64encode(pair.encode()).decode()}")

    def token_request(self) -> Outgoing:
        """Return the request for a token."""
        from aiaas.contract.oauth import TOKEN

        form = {"grant_type": "client_credentials"}
        if self.scope is not None:
            form["scope"] = self.scope
        return Outgoing(
            operation=TOKEN,
            path=TOKEN.path,
            url=self.token_url,
            content=urlencode(form).encode(),
            content_type="application/x-www-form-urlencoded",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.client_id!r}, scope={self.scope!r})"


class Token:
    """A token and how long it may be used; times are those of the client's clock."""

    __slots__ = ("authorization", "ends_at_s", "renew_at_s")

    def __init__(
        self, access_token: str, *, now_s: float, lifetime_s: float, refresh_early_s: float
    ) -> None:
        self.authorization = bearer(access_token)
        self.ends_at_s = now_s + lifetime_s
        # A token that lives shorter than that would otherwise be renewed with every call.
        self.renew_at_s = self.ends_at_s - min(refresh_early_s, lifetime_s / 4)


def bearer(key: str) -> Secret:
    """Return the header that carries a key.

    Raises:
        ConfigurationError: No header can carry it.
    """
    return Secret(f"Bearer {checked_key(key)}")


def checked_key(key: object) -> str:
    """Return `key` if a header can carry it.

    Raises:
        ConfigurationError: It cannot be a key.
    """
    if not isinstance(key, str) or not key:
        raise ConfigurationError(f"An API key is text and not empty; got {type(key).__name__}.")
    if not key.isascii() or not key.isprintable() or " " in key:
        # A stray newline from a file is the usual cause. The key itself is not repeated here.
        raise ConfigurationError(
            "The API key has white space or characters that no HTTP header can carry: "
            "check how it was read."
        )
    return key
