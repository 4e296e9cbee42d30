"""``/oauth/token``, and errors as clients of OAuth 2.0 expect them."""

from __future__ import annotations

import binascii
from typing import Final
from urllib.parse import unquote_plus

from aiaas.contract.oauth import Token, TokenRequest
from aiaas_mock.context import DEFAULT_NAMESPACE, Principal, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.keys import known_scopes
from aiaas_mock.gateway.tenancy import settled
from aiaas_mock.gateway.tokens import TokenMint
from aiaas_mock.http.answers import Answer

_ERRORS: Final = {"/grant_type": "unsupported_grant_type", "/scope": "invalid_scope"}

_KNOWN: Final = frozenset(known_scopes())


class TokenService:
    """Answers ``oauth.token``.

    Args:
        authenticator: Knows the clients.
        mint: Makes the tokens.
    """

    def __init__(self, authenticator: Authenticator, mint: TokenMint) -> None:
        self._authenticator = authenticator
        self._mint = mint

    async def token(self, request: TokenRequest, context: RequestContext) -> Answer:
        """Give a token to a client, for the scopes it asks for."""
        if request.client_secret is None:
            raise ApiError(
                "invalid_client",
                "No client authentication was sent. Use HTTP Basic, or client_id and "
                "client_secret in the form.",
                headers={"WWW-Authenticate": 'Basic realm="aiaas"'},
            )
        client = self._authenticator.client(request.client_id, request.client_secret)
        principal = settled(client, _named(context))
        scopes = _granted(principal, request.scope)
        token = Token(
            access_token=self._mint.issue(
                Principal(key_id=principal.key_id, namespace=principal.namespace, scopes=scopes)
            ),
            expires_in=self._mint.lifetime_s,
            scope=" ".join(sorted(scopes)),
        )
        return Answer(
            token.model_dump_json().encode(),
            headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
        )


def _named(context: RequestContext) -> str | None:
    """Return the namespace that was named: without a key, none is known but the default."""
    return None if context.namespace == DEFAULT_NAMESPACE else context.namespace


def _granted(principal: Principal, asked: str | None) -> frozenset[str]:
    scopes = frozenset((asked or "").split())
    if not scopes:
        return principal.scopes
    # A key that may do everything may not therefore do what there is not.
    if scopes <= _KNOWN and all(principal.may(scope) for scope in scopes):
        return scopes
    raise ApiError(
        "invalid_request",
        "The key may not give one of these scopes, or there is no such scope.",
        param="/scope",
    )


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """Read a client's id and secret from HTTP Basic credentials (RFC 6749, section 2.3.1).

    Raises:
        ApiError: They are Basic credentials, but malformed.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = binascii.a2b_base64(encoded.strip(), strict_mode=True).decode()
    except ValueError:
        pair = ""
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise ApiError("invalid_request", "The Basic credentials cannot be read.")
    return unquote_plus(client_id), unquote_plus(secret)


def oauth_refusal(error: ApiError) -> ApiError:
    """Add the members that RFC 6749, section 5.2, wants in an error."""
    name = "invalid_client" if error.code == "invalid_client" else "invalid_request"
    if error.code == "invalid_request" and error.param in _ERRORS and not _is_missing(error):
        name = _ERRORS[error.param]
    return ApiError(
        error.code,
        error.detail,
        param=error.param,
        errors=error.errors,
        headers=error.headers,
        members={"error": name, "error_description": error.detail},
    )


def _is_missing(error: ApiError) -> bool:
    return (
        bool(error.errors) and error.errors is not None and error.errors[0].code == "missing_field"
    )
