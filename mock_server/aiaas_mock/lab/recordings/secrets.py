"""What must be in no recording: keys of clients and of the deployment that is recorded."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from aiaas_mock.cassettes import Cassette, Exchange, Redaction
from aiaas_mock.cassettes.exchange import Headers

CLIENTS_KEY: Final = "api_key"
"""Stands where the key of a client was; the same word as in cassettes of ``aiaas-mock verify``."""

_SHORTEST: Final = 8  # what is shorter is no secret, and would be found in the middle of words


def redaction_of(headers: Headers, status: int, known: dict[str, str] | None = None) -> Redaction:
    """Return what takes the secrets out of an exchange.

    Args:
        headers: Headers of the request; its key is masked wherever it stands.
        status: Status of the answer. A key that was refused gets another name than one that was
            not, so that the two are told apart.
        known: Further secrets, by name.
    """
    name = "redacted" if status == HTTPStatus.UNAUTHORIZED else CLIENTS_KEY
    given = (value for header, value in headers if header.lower() == "authorization")
    key = next(given, "").partition(" ")[2].strip()
    secrets = {**(known or {}), name: key}
    return Redaction({name: one for name, one in secrets.items() if len(one) >= _SHORTEST})


def without_secrets(cassette: Cassette) -> Cassette:
    """Return a cassette that somebody brought, as if it had been recorded here."""
    return Cassette([_clean(exchange) for exchange in cassette.exchanges])


def _clean(found: Exchange) -> Exchange:
    redaction = redaction_of(found.request_headers, found.status)
    return replace(redaction.exchange(found), comment=redaction.text(found.comment))
