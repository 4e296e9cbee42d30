"""Writes cassettes as HAR 1.2, which other tools read too; chunks stand under ``_chunks``."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from aiaas_mock.cassettes.exchange import Cassette, Exchange, Headers

_CREATOR: Final = {"name": "aiaas-mock", "version": "1"}
_UNKNOWN: Final = -1  # HAR's own word for a size or time that is not known

_Json = dict[str, Any]


def write_har(cassette: Cassette) -> str:
    """Return a cassette as the text of a HAR file."""
    log = {
        "version": "1.2",
        "creator": _CREATOR,
        "entries": [_entry(exchange) for exchange in cassette.exchanges],
    }
    return json.dumps({"log": log}, ensure_ascii=False, indent=1) + "\n"


def _entry(exchange: Exchange) -> _Json:
    receive_ms = exchange.chunks[-1].at_ms if exchange.chunks else 0.0
    entry = {
        "startedDateTime": exchange.begun.isoformat(),
        "time": round(exchange.wait_ms + receive_ms, 3),
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": exchange.wait_ms, "receive": receive_ms},
        "_chunks": [
            {"size_bytes": chunk.size_bytes, "at_ms": chunk.at_ms} for chunk in exchange.chunks
        ],
    }
    return {**entry, "comment": exchange.comment} if exchange.comment else entry


def _request(exchange: Exchange) -> _Json:
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    described = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(exchange.request_headers),
        "queryString": _named(tuple(query)),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        media_type = _find(exchange.request_headers, "content-type")
        described["postData"] = {"mimeType": media_type, **_content(exchange.request_body)}
    return described


def _response(exchange: Exchange) -> _Json:
    known = exchange.status in HTTPStatus._value2member_map_
    return {
        "status": exchange.status,
        "statusText": HTTPStatus(exchange.status).phrase if known else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(exchange.response_headers),
        "content": {
            "size": len(exchange.response_body),
            "mimeType": _find(exchange.response_headers, "content-type"),
            **_content(exchange.response_body),
        },
        "redirectURL": _find(exchange.response_headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.response_body),
    }


def _content(body: bytes) -> _Json:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _named(pairs: Headers) -> list[_Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def _find(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
