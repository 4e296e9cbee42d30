"""A small application, that does what servers do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from aiaas import Client
from aiaas_mock.testing import AppThread, InProcessTransport, MockCloud, MockNamespace

BASE_URL = "http://mock.localhost"


class SmallApp:
    """An ASGI application with one path per behaviour; it notes what happened to it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.scopes: list[dict[str, Any]] = []
        self.sent_bytes = 0
        self.go_on = asyncio.Event()
        self.left = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self.scopes.append(scope)
        await getattr(self, scope["path"].strip("/"))(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            self.events.append(message["type"].removeprefix("lifespan."))
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def echo(self, scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        await start(send, (b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.body", "body": bytes(body)})

    async def pieces(self, scope: Any, receive: Any, send: Any) -> None:
        """Send a first piece, and the second when the client asks for it on another request."""
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    async def release(self, scope: Any, receive: Any, send: Any) -> None:
        self.go_on.set()
        await start(send)
        await send({"type": "http.response.body"})

    async def flood(self, scope: Any, receive: Any, send: Any) -> None:
        """Send without end, until nobody reads any more."""
        leaving = asyncio.ensure_future(self._leaving(receive))
        await start(send)
        while not leaving.done():
            self.sent_bytes += 16384
            await send({"type": "http.response.body", "body": bytes(16384), "more_body": True})
            await asyncio.sleep(0)

    async def _leaving(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.events.append("left")
        self.left.set()

    async def silent(self, scope: Any, receive: Any, send: Any) -> None:
        await self._leaving(receive)
        await send({"type": "http.response.start", "status": 200, "headers": []})  # to nobody

    async def forever(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.events.append("cancelled")

    async def fails_later(self, scope: Any, receive: Any, send: Any) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"all"})
        raise ZeroDivisionError("after the answer")

    async def fails(self, scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError("in the application")

    async def fails_midway(self, scope: Any, receive: Any, send: Any) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise ZeroDivisionError("in the application")

    async def nothing(self, scope: Any, receive: Any, send: Any) -> None:
        return

    async def stops(self, scope: Any, receive: Any, send: Any) -> None:
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})

    async def short(self, scope: Any, receive: Any, send: Any) -> None:
        await start(send, (b"content-length", b"10"))
        await send({"type": "http.response.body", "body": b"one"})

    async def refuses(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 413, "headers": []})
        await send({"type": "http.response.body", "body": b"too large"})

    async def deaf(self, scope: Any, receive: Any, send: Any) -> None:
        """Take nothing of the body until the client has gone."""
        await self.go_on.wait()

    async def breaks(self, scope: Any, receive: Any, send: Any) -> None:
        """Raise what a client over a socket would meet."""
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        raise RESET


RESET = httpx.ReadError("Connection reset by peer")


async def start(send: Any, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})


@pytest.fixture
def small_app() -> SmallApp:
    """The application."""
    return SmallApp()


@pytest.fixture
def running(small_app: SmallApp) -> Iterator[AppThread]:
    """The application in its thread."""
    with AppThread(small_app, grace_s=0.01) as thread:
        yield thread


@pytest.fixture
def http(running: AppThread) -> Iterator[httpx.Client]:
    """A client of the application."""
    with httpx.Client(transport=InProcessTransport(running), base_url=BASE_URL) as client:
        yield client


@pytest.fixture
def space(cloud: MockCloud) -> Iterator[MockNamespace]:
    """A namespace of its own."""
    with cloud.namespace("mine") as space:
        yield space


@pytest.fixture
def client(space: MockNamespace) -> Iterator[Client]:
    """A client in it."""
    with space.client() as client:
        yield client
