"""Answers requests from a cassette, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

from aiaas_mock.cassettes.asking import Asked, asked
from aiaas_mock.cassettes.exchange import Cassette
from aiaas_mock.cassettes.redaction import Redaction
from aiaas_mock.cassettes.reel import Reel


class UnmatchedRequestError(Exception):
    """A request of which the cassette knows nothing; the message says how the nearest differs.

    It is none of httpx's errors, which clients take for a broken network and try again.
    """


class Player(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from a cassette.

    A request matches one that was recorded with the same method, address, key (in the sense of
    `Redaction`), content type and body. Equal requests get their answers in the order in which
    these came; the last one stays.

    Args:
        cassette: What was recorded.
        redaction: Takes out of requests what was taken out of the cassette.
    """

    def __init__(self, cassette: Cassette, *, redaction: Redaction) -> None:
        self._redaction = redaction
        self._reel = Reel((asked(one), one) for one in cassette.exchanges)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            UnmatchedRequestError: Nothing like it was recorded.
        """
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; raises like `handle_request`."""
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        wanted = Asked.of(request, self._redaction)
        found = self._reel.find(wanted)
        if found is None:
            raise UnmatchedRequestError(self._reel.nearest(wanted))
        return httpx.Response(
            found.status, headers=list(found.response_headers), stream=_Pieces(found.pieces())
        )


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in the pieces in which it came."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
