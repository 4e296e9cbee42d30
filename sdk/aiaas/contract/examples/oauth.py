"""Examples of ``oauth.*``."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

EXAMPLES: Final = {
    "oauth.token": Example(
        request={
            "grant_type": "client_credentials",
            "client_id": "key_3f9c1e0b7a52",
            "client_secret": "the-api-key-itself",
            "scope": "files:read images:infer",
        },
        response={
            "access_token": "at_eyJrZXkiOiJrZXlfM2Y5YzFlMGI3YTUyIn0.c2lnbmF0dXJl",
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "files:read images:infer",
        },
    ),
}
