"""The transport of `httpx.AsyncClient` to an application in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx

from aiaas_mock.testing.app_thread import AppThread
from aiaas_mock.testing.exchange import Exchange
from aiaas_mock.testing.messages import Head, Message, Taken
from aiaas_mock.testing.reception import Reception
from aiaas_mock.testing.requests import is_whole, response_of, scope_of, timed_out, timeout_s


class AsyncInProcessTransport(httpx.AsyncBaseTransport):
    """As `InProcessTransport`, for asyncio: from any event loop, also from several.

    The application stays in the event loop of its thread, so that a client may be used in loops
    that come and go.

    Args:
        running: The application; it is not stopped with the transport.
    """

    def __init__(self, running: AppThread) -> None:
        self._running = running

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            httpx.TransportError: As from a network.
            RuntimeError: The application is not running.
        """
        call = _Call(self._running, request)
        try:
            return response_of(await call.ask(), call)
        except BaseException:
            await call.aclose()
            raise


class _Call(httpx.AsyncByteStream):
    """A request under way, as its client sees it; to iterate is to read the response."""

    def __init__(self, running: AppThread, request: httpx.Request) -> None:
        self._running = running
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._reception = Reception(request)
        self._exchange: Exchange | None = None

    async def ask(self) -> Head:
        """Send the request, and wait for the head of the response."""
        stream = self._request.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise RuntimeError("an asynchronous client cannot send a synchronous body")
        pieces = aiter(stream)
        first = await anext(pieces, b"")
        if is_whole(self._request, first):
            async for _ in pieces:  # there is none, but the body may want to know it was sent
                pass
            self._begin(first, more=False)
        else:
            await self._send_rest(self._begin(first, more=True), pieces)
        return self._reception.head(await self._next("read"))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the response piece by piece."""
        while (piece := self._reception.piece(await self._next("read"))) is not None:
            yield piece
            told = self._reception.to_tell(len(piece))
            if told and self._exchange is not None:
                self._running.tell(self._exchange.taken, told)

    async def aclose(self) -> None:
        """Hang up, if there was more to come."""
        if not self._reception.over and self._exchange is not None:
            self._reception.over = True
            self._running.tell(self._exchange.leave)

    def _begin(self, body: bytes, *, more: bool) -> Exchange:
        scope = scope_of(self._request)
        self._exchange = self._running.begin(scope, self._deliver, body, more=more)
        self._reception.count_sent(len(body))
        return self._exchange

    def _deliver(self, message: Message) -> None:
        try:
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, message)
        except RuntimeError:  # the client's loop was closed: nobody waits any more
            return

    async def _send_rest(self, exchange: Exchange, pieces: AsyncIterator[bytes]) -> None:
        """Send what is left of the body, no faster than it is taken."""
        async for piece in pieces:
            self._running.call(exchange.feed, piece, True)
            self._reception.count_sent(len(piece))
            while self._reception.is_full or not self._inbox.empty():
                self._reception.keep(await self._wait("write"))
                if self._reception.answered:  # early, as a refusal is
                    return
        self._running.call(exchange.feed, b"", False)

    async def _next(self, step: str) -> Message:
        message = self._reception.kept() or await self._wait(step)
        while isinstance(message, Taken):
            message = await self._wait(step)
        return message

    async def _wait(self, step: str) -> Message:
        try:
            async with asyncio.timeout(timeout_s(self._request, step)):
                return await self._inbox.get()
        except TimeoutError:
            raise timed_out(self._request, step) from None
