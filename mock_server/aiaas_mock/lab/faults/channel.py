"""The way to the client, as faults use it: send, hold up, break."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Send

from aiaas_mock.lab.faults.bodies import RawHeaders, Whole
from aiaas_mock.lab.faults.rules import FaultRules
from aiaas_mock.lab.faults.wire import Break, Wire, equal_of

_LOOK_UP_S: Final = 0.05  # how long a client that has left, or a rule that is gone, goes unseen


class Channel:
    """The way to one client.

    Args:
        rules: Where rules are taken away while they hold a request up.
        receive: The ASGI channel from the client.
        send: The ASGI channel to the client.

    Attributes:
        wire: The connection; None in one process.
    """

    def __init__(self, rules: FaultRules, receive: Receive, send: Send) -> None:
        self._rules = rules
        self._receive = receive
        self._send = send
        self._broken: Break | None = None
        self.wire = Wire.of(receive, send)

    async def pass_on(self, message: Message) -> None:
        """Send a message of ASGI as it is."""
        await self._send(message)

    async def start(self, status: int, headers: RawHeaders, *more: tuple[bytes, bytes]) -> None:
        """Send the head of an answer."""
        all_headers = [*headers, *more]
        await self._send({"type": "http.response.start", "status": status, "headers": all_headers})

    async def body(self, data: bytes, *, more: bool = False) -> None:
        """Send a piece of a body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def whole(self, whole: Whole) -> None:
        """Send an answer as it should be sent."""
        await self.start(whole.status, whole.headers, length(len(whole.body)))
        await self.body(whole.body)

    async def pieces(self, whole: Whole, pieces: Sequence[bytes], pause_s: float) -> None:
        """Send an answer piece by piece, with pauses between."""
        await self.start(whole.status, whole.headers, length(len(whole.body)))
        for place, piece in enumerate(pieces):
            if place:
                await self.pause(pause_s)
            await self.body(piece, more=True)
        await self.body(b"")

    async def raw(self, whole: Whole, wire: Wire, rest: bytes, *more: tuple[bytes, bytes]) -> None:
        """Write an answer to the connection past the server, whose framing nobody wants."""
        phrase = HTTPStatus(whole.status).phrase
        lines = [f"HTTP/1.1 {whole.status} {phrase}".encode()]
        lines += [b"%b: %b" % header for header in (*whole.headers, *more)]
        wire.write(b"\r\n".join(lines) + b"\r\n\r\n" + rest)

    async def pause(self, seconds: float) -> None:
        """Wait, unless the rules change.

        Raises:
            ClientDisconnect: The client left.
        """
        loop = asyncio.get_running_loop()
        until, epoch = loop.time() + seconds, self._rules.epoch
        while (left_s := until - loop.time()) > 0 and self._rules.epoch == epoch:
            await asyncio.sleep(min(left_s, _LOOK_UP_S))
            if self.wire is not None and self.wire.gone:
                raise ClientDisconnect

    async def hold(self) -> None:
        """Wait until the client gives up, or the rules change."""
        if self.wire is None:  # nothing gives up in one process
            self.break_off("silence")
        await self.pause(float("inf"))

    async def drain(self) -> None:
        """Read the request: a connection that is closed on unread bytes is reset."""
        while (await self._receive()).get("more_body", False):
            pass

    def break_off(self, broken: Break) -> None:
        """End the connection as soon as the request has been given up.

        Raises:
            ClientDisconnect: Always; it stops whatever is done for the request.
        """
        self._broken = broken
        raise ClientDisconnect

    async def finish(self) -> None:
        """End the connection, if it was broken off.

        Raises:
            httpx.TransportError: In one process, what a client over a socket would see.
        """
        if self._broken is None:
            return
        if self.wire is None:
            raise equal_of(self._broken)
        if self._broken == "reset":
            await self.wire.reset()
        else:
            await self.wire.close()


def length(size_bytes: int) -> tuple[bytes, bytes]:
    """Return a header with the length of a body."""
    return (b"content-length", b"%d" % size_bytes)
