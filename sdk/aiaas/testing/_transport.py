"""The fake's own end of the wire: the only module of the kit that knows httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from aiaas.testing._calls import Arrived

if TYPE_CHECKING:
    from aiaas.testing._fake import FakeCloud
    from aiaas.testing._stub import Breakdown

_ERRORS: Final[dict[Breakdown, tuple[type[httpx.TransportError], str]]] = {
    "refused": (httpx.ConnectError, "connection refused (by the fake)"),
    "dropped": (httpx.RemoteProtocolError, "connection closed without an answer (by the fake)"),
    "timed_out": (httpx.ReadTimeout, "no answer in time (by the fake)"),
}


def sync_http(fake: FakeCloud) -> httpx.Client:
    """Return an HTTP client whose every request goes to `fake`."""

    def handle(request: httpx.Request) -> httpx.Response:
        return _answer(fake, request)

    return httpx.Client(transport=httpx.MockTransport(handle), trust_env=False)


def async_http(fake: FakeCloud) -> httpx.AsyncClient:
    """Return an asynchronous HTTP client whose every request goes to `fake`."""

    async def handle(request: httpx.Request) -> httpx.Response:
        return _answer(fake, request)

    return httpx.AsyncClient(transport=httpx.MockTransport(handle), trust_env=False)


def arrived(request: httpx.Request) -> Arrived:
    """Return a request that httpx was to send."""
    return Arrived(
        method=request.method,
        url=str(request.url),
        headers=dict(request.headers),
        body=request.content,
    )


def _answer(fake: FakeCloud, request: httpx.Request) -> httpx.Response:
    timeout_s = request.extensions.get("timeout", {}).get("read")
    outcome = fake.receive(arrived(request), timeout_s=timeout_s)
    if isinstance(outcome, str):
        kind, reason = _ERRORS[outcome]
        raise kind(reason, request=request)
    return httpx.Response(
        outcome.status,
        headers={"Content-Type": outcome.media_type, **outcome.headers},
        content=outcome.body,
    )
