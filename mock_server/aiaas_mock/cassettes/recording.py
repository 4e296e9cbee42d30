"""Writes down what passes through an httpx client."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from aiaas_mock.cassettes.exchange import Cassette
from aiaas_mock.cassettes.redaction import Redaction
from aiaas_mock.cassettes.take import Take


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
        take = self._begun(request)
        response: httpx.Response = self._inner.handle_request(request)
        return _beside(response, take, _Pieces(self, response, take))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        await request.aread()
        take = self._begun(request)
        response: httpx.Response = await self._inner.handle_async_request(request)
        return _beside(response, take, _AsyncPieces(self, response, take))

    def close(self) -> None:
        """Close the transport behind."""
        self._inner.close()

    async def aclose(self) -> None:
        """Close the transport behind."""
        await self._inner.aclose()

    def _begun(self, request: httpx.Request) -> Take:
        take = Take(
            request.method,
            str(request.url),
            tuple(request.headers.multi_items()),
            begun=self._clock(),
            monotonic=self._monotonic,
        )
        take.ask(request.content)
        return take

    def _keep(self, take: Take) -> None:
        self.cassette.add([take.exchange(self._redaction)])


def _beside(
    response: httpx.Response, take: Take, stream: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    """Return an answer with a stream that is listened to."""
    take.head(response.status_code, response.headers.multi_items())
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )


class _Pieces(httpx.SyncByteStream):
    def __init__(self, recorder: Recorder, response: httpx.Response, take: Take) -> None:
        self._recorder = recorder
        self._stream = cast("httpx.SyncByteStream", response.stream)
        self._take = take

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            yield self._take.take(piece)
        self._recorder._keep(self._take)

    def close(self) -> None:
        self._stream.close()


class _AsyncPieces(httpx.AsyncByteStream):
    def __init__(self, recorder: Recorder, response: httpx.Response, take: Take) -> None:
        self._recorder = recorder
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._take = take

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield self._take.take(piece)
        self._recorder._keep(self._take)

    async def aclose(self) -> None:
        await self._stream.aclose()
