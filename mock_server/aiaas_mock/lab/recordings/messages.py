"""Requests and answers between ASGI and what recordings have of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Final
from urllib.parse import quote

from starlette.types import Scope

from aiaas_mock.cassettes.exchange import Headers
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.http.answers import StreamedAnswer

SERVER: Final = "X-Mock-Server"
"""Answer of a control plane: which run of which server it is of."""

_OURS: Final = "x-mock-"  # headers that begin so steer this server, and nobody else

_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def path_of(scope: Scope) -> str:
    """Return path and query of a request, as they were sent."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return (raw + b"?" + query if query else raw).decode("latin-1")


def address_of(scope: Scope) -> str:
    """Return the whole address of a request."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost")
    return f"{scope['scheme']}://{host.decode('latin-1')}{path_of(scope)}"


def headers_of(scope: Scope) -> Headers:
    """Return the headers of a request that are for whoever answers it, the host left out."""
    return tuple(pair for pair in decoded(scope["headers"]) if pair[0] != "host")


def decoded(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return headers of one message as text, those left out that `end_to_end` leaves out."""
    return end_to_end((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def end_to_end(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return headers without those that are about one connection, or about this server."""
    pairs = tuple((name.lower(), value) for name, value in headers)
    named = {
        word.strip().lower()
        for name, value in pairs
        if name == "connection"
        for word in value.split(",")
    }
    dropped = _HOP_BY_HOP | named
    return tuple(pair for pair in pairs if pair[0] not in dropped and not pair[0].startswith(_OURS))


def relayed(
    status: int, headers: Headers, pieces: AsyncIterator[bytes], record: RequestRecord
) -> StreamedAnswer:
    """Return an answer that was made elsewhere; the request has the id that it has there."""
    for name, value in headers:
        if name == "x-request-id":
            record.request_id = value
    head = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return StreamedAnswer(pieces=pieces, size_bytes=None, media_type="", status=status, head=head)
