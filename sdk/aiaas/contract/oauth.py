"""OAuth 2.0: short-lived tokens for clients that hold an id and a secret (RFC 6749, 4.4)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation


class TokenRequest(RequestModel):
    """The form of RFC 6749, section 4.4.2.

    The client's id and secret may travel in the form or, better, as HTTP Basic credentials.

    Attributes:
        grant_type: Always ``client_credentials``.
        client_id: Public id of an API key, ``key_...``.
        client_secret: The API key itself.
        scope: Scopes to ask for, with spaces between; all of the key's when omitted.
    """

    grant_type: Literal["client_credentials"]
    client_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    client_secret: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    scope: Annotated[str, Field(max_length=1024)] | None = None


class Token(ResponseModel):
    """The answer of RFC 6749, section 5.1.

    Attributes:
        access_token: Send it as ``Authorization: Bearer``.
        token_type: Always ``Bearer``.
        expires_in: Seconds that it is valid for.
        scope: What it may do, with spaces between.
    """

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the type's name)
    expires_in: int
    scope: str


TOKEN: Final[Operation[TokenRequest, Token]] = Operation(
    name="oauth.token",
    method="POST",
    path="/oauth/token",
    summary="Exchange a client's id and secret for a short-lived token.",
    request=TokenRequest,
    bodies=("form",),
    response=Token,
    scope=None,
    effect="pure",
)

OPERATIONS: Final = (TOKEN,)
