"""Cases of ``oauth.*``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiaas_mock.conformance.case import Case, Expectation, Form, Json, refusal
from aiaas_mock.conformance.matchers import ANY_TEXT, Between, Text

_GRANT: Final = {"grant_type": "client_credentials", "client_secret": "{api_key}"}


def _refused(code: str, status: int, error: str, param: str | None = None) -> Expectation:
    """Expect a problem that has the members of RFC 6749 too."""
    expected = refusal(code, status, param)
    return replace(expected, values={"/error": error, "/error_description": ANY_TEXT})


CASES: Final = (
    Case(
        operation="oauth.token",
        kind="happy",
        name="gives a token for a key",
        credential="none",
        body=Form(_GRANT),
        expect=Expectation(
            values={
                "/access_token": ANY_TEXT,
                "/token_type": "Bearer",
                "/expires_in": Between(1, 86_400),
                "/scope": ANY_TEXT,
            },
            headers={"Cache-Control": "no-store"},
        ),
    ),
    Case(
        operation="oauth.token",
        kind="happy",
        name="gives a token for some scopes",
        credential="none",
        body=Form({**_GRANT, "scope": "models:read files:read"}),
        expect=Expectation(values={"/scope": "files:read models:read"}),
    ),
    Case(
        operation="oauth.token",
        kind="auth",
        name="with an unknown secret is refused",
        credential="none",
        body=Form({**_GRANT, "client_secret": "nobody-ever-issued-this"}),
        expect=replace(
            _refused("invalid_client", 401, "invalid_client"),
            headers={"WWW-Authenticate": Text("Basic .*")},
        ),
    ),
    Case(
        operation="oauth.token",
        kind="auth",
        name="with the id of another key is refused",
        credential="none",
        body=Form({**_GRANT, "client_id": "key_of-nobody"}),
        expect=_refused("invalid_client", 401, "invalid_client"),
    ),
    Case(
        operation="oauth.token",
        kind="auth",
        name="without a secret is refused",
        credential="none",
        body=Form({"grant_type": "client_credentials", "client_id": "key_of-nobody"}),
        expect=_refused("invalid_client", 401, "invalid_client"),
    ),
    Case(
        operation="oauth.token",
        kind="bad_input",
        name="with another grant is refused",
        credential="none",
        body=Form({**_GRANT, "grant_type": "password"}),
        expect=_refused("invalid_request", 422, "unsupported_grant_type", "/grant_type"),
    ),
    Case(
        operation="oauth.token",
        kind="bad_input",
        name="without a grant is refused",
        credential="none",
        body=Form({"client_secret": "{api_key}"}),
        expect=_refused("invalid_request", 422, "invalid_request", "/grant_type"),
    ),
    Case(
        operation="oauth.token",
        kind="bad_input",
        name="as JSON is refused",
        credential="none",
        body=Json(_GRANT),
        expect=_refused("unsupported_media_type", 415, "invalid_request"),
    ),
)
