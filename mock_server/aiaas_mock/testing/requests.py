"""What of a request of httpx reaches the application."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final

import httpx

from aiaas_mock.testing.messages import Broken, Head, Message

_CLIENT: Final = ("127.0.0.1", 0)


def scope_of(request: httpx.Request) -> MutableMapping[str, Any]:
    """Return a request as ASGI has it."""
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "server": (url.host, url.port),
        "client": _CLIENT,
        "root_path": "",
        "state": {},
    }


def timeout_s(request: httpx.Request, step: str) -> float | None:
    """Return the seconds that a step which begins now may take."""
    limit: float | None = request.extensions.get("timeout", {}).get(step)
    return limit


def is_whole(request: httpx.Request, piece: bytes) -> bool:
    """Say whether a first piece is all of the request's body."""
    length = request.headers.get("content-length")
    if length is None:
        return "transfer-encoding" not in request.headers
    return len(piece) == int(length)


def error_of(message: Message, request: httpx.Request) -> BaseException:
    """Return what ended an exchange."""
    if not isinstance(message, Broken):
        return httpx.RemoteProtocolError("the application answered out of turn", request=request)
    if isinstance(message.error, httpx.RequestError):
        # A new one: those that faults raise are raised for many requests.
        return type(message.error)(str(message.error), request=request)
    return message.error


def response_of(head: Head, stream: Any) -> httpx.Response:
    """Return a response whose body is to be read."""
    return httpx.Response(
        head.status,
        headers=list(head.headers),
        stream=stream,
        extensions={"http_version": b"HTTP/1.1"},
    )


def timed_out(request: httpx.Request, step: str) -> httpx.TimeoutException:
    """Return what a client meets that waited too long."""
    if step == "write":
        return httpx.WriteTimeout("the application takes no more of the body", request=request)
    return httpx.ReadTimeout("the application does not answer", request=request)
