"""Writes down what passes through an httpx client."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from aiaas_mock.cassettes.exchange import Cassette, Chunk, Exchange
from aiaas_mock.cassettes.redaction import Redaction


class Recorder(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that passes requests on to another, and keeps each exchange once it is over.

    Args:
        inner: What sends the requests: a transport for the client that this is given to.
        redaction: Takes the secrets out.
        clock: Gives the time.
        monotonic: Gives seconds that only go up.

    Attributes:
        cassette: What was recorded. An answer that nobody read to its end is not in it.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | httpx.AsyncBaseTransport,
        *,
        redaction: Redaction,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner: Any = inner
        self._redaction = redaction
        self._clock = clock
        self._monotonic = monotonic
        self.cassette = Cassette()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        request.read()
        tape = _Tape(self, request)
        response: httpx.Response = self._inner.handle_request(request)
        return tape.beside(response, _Pieces(response, tape))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        await request.aread()
        tape = _Tape(self, request)
        response: httpx.Response = await self._inner.handle_async_request(request)
        return tape.beside(response, _AsyncPieces(response, tape))

    def close(self) -> None:
        """Close the transport behind."""
        self._inner.close()

    async def aclose(self) -> None:
        """Close the transport behind."""
        await self._inner.aclose()


class _Tape:
    """The exchange that is under way."""

    def __init__(self, recorder: Recorder, request: httpx.Request) -> None:
        self._recorder = recorder
        self._request = request
        self._pieces: list[tuple[bytes, float]] = []
        self._begun = recorder._clock()
        self._sent_s = self._head_s = recorder._monotonic()

    def beside(
        self, response: httpx.Response, stream: httpx.SyncByteStream | httpx.AsyncByteStream
    ) -> httpx.Response:
        """Return the answer with a stream that is listened to."""
        self._head_s = self._recorder._monotonic()
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=stream,
            extensions=response.extensions,
        )

    def take(self, piece: bytes) -> bytes:
        """Note a piece of the answer."""
        if piece:
            self._pieces.append((piece, self._recorder._monotonic()))
        return piece

    def end(self, response: httpx.Response) -> None:
        """Keep the exchange: its answer is complete."""
        self._recorder.cassette.add([self._exchange(response)])

    def _exchange(self, response: httpx.Response) -> Exchange:
        redaction, request = self._recorder._redaction, self._request
        sent, came = request.headers, _uncompressed(response.headers)
        raw = b"".join(piece for piece, _ in self._pieces)
        body = _decoded(response, raw)
        kept = redaction.body(body, came.get("content-type", ""))
        return Exchange(
            method=request.method,
            url=redaction.text(str(request.url)),
            request_headers=redaction.headers(tuple(sent.multi_items())),
            request_body=redaction.body(request.content, sent.get("content-type", "")),
            status=response.status_code,
            response_headers=redaction.headers(_with_length(came, kept)),
            response_body=kept,
            chunks=self._chunks(kept, is_as_sent=kept == raw),
            begun=self._begun,
            wait_ms=round((self._head_s - self._sent_s) * 1e3, 3),
        )

    def _chunks(self, kept: bytes, *, is_as_sent: bool) -> tuple[Chunk, ...]:
        """Return where the body was cut; one piece where its length is not what was sent."""
        if is_as_sent:
            return tuple(
                Chunk(size_bytes=len(piece), at_ms=round((at_s - self._head_s) * 1e3, 3))
                for piece, at_s in self._pieces
            )
        return (Chunk(size_bytes=len(kept), at_ms=0.0),) if kept else ()


class _Pieces(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, tape: _Tape) -> None:
        self._response = response
        self._stream = cast("httpx.SyncByteStream", response.stream)
        self._tape = tape

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            yield self._tape.take(piece)
        self._tape.end(self._response)

    def close(self) -> None:
        self._stream.close()


class _AsyncPieces(httpx.AsyncByteStream):
    def __init__(self, response: httpx.Response, tape: _Tape) -> None:
        self._response = response
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._tape = tape

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield self._tape.take(piece)
        self._tape.end(self._response)

    async def aclose(self) -> None:
        await self._stream.aclose()


def _decoded(response: httpx.Response, raw: bytes) -> bytes:
    """Return a body without its compression."""
    named = {"content-encoding": response.headers.get("content-encoding", "identity")}
    return httpx.Response(response.status_code, headers=named, content=raw).content


def _uncompressed(headers: httpx.Headers) -> httpx.Headers:
    kept = headers.copy()
    for name in ("content-encoding", "transfer-encoding"):
        kept.pop(name, None)
    return kept


def _with_length(headers: httpx.Headers, body: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(len(body)) if name == "content-length" else value)
        for name, value in headers.multi_items()
    )
