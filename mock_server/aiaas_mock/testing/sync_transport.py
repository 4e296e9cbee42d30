"""The transport of `httpx.Client` to an application in this process."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, SimpleQueue

import httpx

from aiaas_mock.testing.app_thread import AppThread
from aiaas_mock.testing.exchange import Exchange
from aiaas_mock.testing.messages import Head, Message, Taken
from aiaas_mock.testing.reception import Reception
from aiaas_mock.testing.requests import is_whole, response_of, scope_of, timed_out, timeout_s


class InProcessTransport(httpx.BaseTransport):
    """Sends requests to an application that runs in this process; from any thread.

    Bodies go piece by piece in both directions, time-outs are those of the client, and the
    application is told when a response is closed before its end. What the application raises is
    raised here.

    Args:
        running: The application; it is not stopped with the transport.

    Example:
        >>> with AppThread(app) as running:
        ...     client = httpx.Client(transport=InProcessTransport(running), base_url="http://x")
        ...     print(client.get("/").text)
    """

    def __init__(self, running: AppThread) -> None:
        self._running = running

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            httpx.TransportError: As from a network.
            RuntimeError: The application is not running.
        """
        call = _Call(self._running, request)
        try:
            return response_of(call.ask(), call)
        except BaseException:
            call.close()
            raise


class _Call(httpx.SyncByteStream):
    """A request under way, as its client sees it; to iterate is to read the response."""

    def __init__(self, running: AppThread, request: httpx.Request) -> None:
        self._running = running
        self._request = request
        self._inbox: SimpleQueue[Message] = SimpleQueue()
        self._reception = Reception(request)
        self._exchange: Exchange | None = None

    def ask(self) -> Head:
        """Send the request, and wait for the head of the response."""
        stream = self._request.stream
        if not isinstance(stream, httpx.SyncByteStream):
            raise RuntimeError("a synchronous client cannot send an asynchronous body")
        pieces = iter(stream)
        first = next(pieces, b"")
        if is_whole(self._request, first):
            for _ in pieces:  # there is none, but the body may want to know that it was sent
                pass
            self._begin(first, more=False)
        else:
            self._send_rest(self._begin(first, more=True), pieces)
        return self._reception.head(self._next("read"))

    def __iter__(self) -> Iterator[bytes]:
        """Yield the response piece by piece."""
        while (piece := self._reception.piece(self._next("read"))) is not None:
            yield piece
            told = self._reception.to_tell(len(piece))
            if told and self._exchange is not None:
                self._running.tell(self._exchange.taken, told)

    def close(self) -> None:
        """Hang up, if there was more to come."""
        if not self._reception.over and self._exchange is not None:
            self._reception.over = True
            self._running.tell(self._exchange.leave)

    def _begin(self, body: bytes, *, more: bool) -> Exchange:
        deliver = self._inbox.put
        self._exchange = self._running.begin(scope_of(self._request), deliver, body, more=more)
        self._reception.count_sent(len(body))
        return self._exchange

    def _send_rest(self, exchange: Exchange, pieces: Iterator[bytes]) -> None:
        """Send what is left of the body, no faster than it is taken."""
        for piece in pieces:
            self._running.call(exchange.feed, piece, True)
            self._reception.count_sent(len(piece))
            while self._reception.is_full or not self._inbox.empty():
                self._reception.keep(self._wait("write"))
                if self._reception.answered:  # early, as a refusal is
                    return
        self._running.call(exchange.feed, b"", False)

    def _next(self, step: str) -> Message:
        message = self._reception.kept() or self._wait(step)
        while isinstance(message, Taken):
            message = self._wait(step)
        return message

    def _wait(self, step: str) -> Message:
        try:
            return self._inbox.get(timeout=timeout_s(self._request, step))
        except Empty:
            raise timed_out(self._request, step) from None
