"""One request and its response, as the application sees them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import MutableMapping
from typing import Any, Final

import httpx
from starlette.types import ASGIApp

from aiaas_mock.testing.messages import Broken, Deliver, End, Head, Taken

MOST_UNREAD_BYTES: Final = 64 * 1024
"""An application that sends waits while its client has so much to read, as with a socket."""
_TELL_BYTES: Final = 64 * 1024


class Exchange:
    """Gives the application a request, and takes its response to the client.

    Everything here runs in the event loop of the application.

    Args:
        scope: The request, as ASGI has it.
        deliver: Takes the response away.
    """

    def __init__(self, scope: MutableMapping[str, Any], deliver: Deliver) -> None:
        self._scope = scope
        self._deliver = deliver
        self._body: deque[bytes] = deque()
        self._body_ended = False
        self._gone = False
        self._unread_bytes = 0
        self._taken_bytes = 0
        self._over = False
        self._headed = False
        self._missing_bytes: int | None = None
        self._arrived = asyncio.Event()
        self._read = asyncio.Event()

    async def run(self, app: ASGIApp) -> None:
        """Have the application answer."""
        try:
            await app(self._scope, self.receive, self.send)
        except Exception as error:
            if self._over:  # the client has all it waits for: the event loop tells
                raise
            self._break_off(error)  # the test that asked is the one to hear of it
        except BaseException:
            self._break_off(httpx.RemoteProtocolError("the application was stopped"))
            raise
        else:
            if not self._over:
                self._break_off(self._hung_up())

    def feed(self, piece: bytes, more: bool) -> None:
        """Take a piece of the request's body."""
        self._body.append(piece)
        self._body_ended = not more
        self._arrived.set()

    def taken(self, size_bytes: int) -> None:
        """Learn that the client has read so much of the response."""
        self._unread_bytes -= size_bytes
        self._read.set()

    def leave(self) -> None:
        """Learn that the client has gone."""
        self._gone = self._over = True
        self._arrived.set()
        self._read.set()

    async def receive(self) -> dict[str, Any]:
        """Give the application the next piece of the body, or say that the client has gone."""
        while not self._body and not self._over:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._body or self._gone:
            return {"type": "http.disconnect"}
        piece = self._body.popleft()
        self._count_taken(len(piece))
        more = bool(self._body) or not self._body_ended
        return {"type": "http.request", "body": piece, "more_body": more}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take a message of the application to the client."""
        if self._over:  # as servers do: who speaks to nobody is not told
            return
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body":
            self._pass_on(message.get("body", b""), last=not message.get("more_body", False))
            while self._unread_bytes > MOST_UNREAD_BYTES and not self._gone:
                self._read.clear()
                await self._read.wait()

    def _break_off(self, error: BaseException) -> None:
        """End the exchange with what the client meets."""
        if not self._over:
            self._over = True
            self._deliver(Broken(error))
            self._arrived.set()

    def _hung_up(self) -> httpx.TransportError:
        """Return what a client meets when the connection closes now."""
        if not self._headed:
            return httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body"
        )

    def _count_taken(self, size_bytes: int) -> None:
        self._taken_bytes += size_bytes
        if not self._body_ended and (self._taken_bytes >= _TELL_BYTES or not self._body):
            self._deliver(Taken(self._taken_bytes))
            self._taken_bytes = 0

    def _begin(self, message: MutableMapping[str, Any]) -> None:
        headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
        for name, value in headers:
            if name.lower() == b"content-length":
                self._missing_bytes = int(value)
        self._headed = True
        self._deliver(Head(message["status"], headers))

    def _pass_on(self, body: bytes, *, last: bool) -> None:
        if self._scope["method"] == "HEAD":
            body, self._missing_bytes = b"", 0
        if body:
            self._unread_bytes += len(body)
            if self._missing_bytes is not None:
                self._missing_bytes -= len(body)
            self._deliver(body)
        if last and self._missing_bytes:
            self._break_off(self._hung_up())
        elif last:
            self._over = True
            self._deliver(End())
            self._arrived.set()
