"""What is asked: the parts of a request that a recorded one must share with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from aiaas_mock.cassettes.exchange import Exchange, Headers
from aiaas_mock.cassettes.redaction import Redaction

if TYPE_CHECKING:
    import httpx

_BOUNDARY: Final = b"boundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as far as it decides the answer.

    The host is no part of it, as a cassette may be played under any address. Nor are ids that
    clients make anew for every call, like idempotency keys and the boundaries of forms.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    authorization: str
    content_type: str
    body: bytes

    @classmethod
    def of(cls, request: httpx.Request, redaction: Redaction) -> Asked:
        """Read a request that httpx sends."""
        headers = tuple(request.headers.multi_items())
        return asked_now(request.method, str(request.url), headers, request.content, redaction)


def asked_now(method: str, url: str, headers: Headers, body: bytes, redaction: Redaction) -> Asked:
    """Read a request that is asked now, without what recordings leave out."""
    content_type = next((v for name, v in headers if name.lower() == "content-type"), "")
    return _asked(
        method,
        redaction.text(url),
        redaction.headers(headers),
        redaction.body(body, content_type),
    )


def asked(exchange: Exchange) -> Asked:
    """Read a request that was recorded."""
    return _asked(exchange.method, exchange.url, exchange.request_headers, exchange.request_body)


def _asked(method: str, url: str, headers: Headers, body: bytes) -> Asked:
    named = {name.lower(): value for name, value in headers}
    media_type, _, rest = named.get("content-type", "").partition(";")
    boundary = rest.partition("boundary=")[2].partition(";")[0].strip('" ')
    parts = urlsplit(url)
    return Asked(
        method=method,
        path=parts.path or "/",
        query=tuple(sorted(parse_qsl(parts.query, keep_blank_values=True))),
        authorization=named.get("authorization", ""),
        content_type=media_type.strip().lower(),
        body=body.replace(boundary.encode(), _BOUNDARY) if boundary else body,
    )
