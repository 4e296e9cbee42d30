"""Answers requests from a cassette, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import httpx

from aiaas_mock.cassettes.asking import Asked, asked
from aiaas_mock.cassettes.exchange import Cassette, Exchange
from aiaas_mock.cassettes.nearest import nearest
from aiaas_mock.cassettes.redaction import Redaction


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
        self._recorded = [(asked(one), one) for one in cassette.exchanges]
        self._given: set[int] = set()

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
        found = self._find(Asked.of(request, self._redaction))
        return httpx.Response(
            found.status, headers=list(found.response_headers), stream=_Pieces(found.pieces())
        )

    def _find(self, wanted: Asked) -> Exchange:
        places = [at for at, (known, _) in enumerate(self._recorded) if known == wanted]
        if not places:
            known = [one for one, _ in self._recorded]
            raise UnmatchedRequestError(nearest(wanted, known))
        place = next((at for at in places if at not in self._given), places[-1])
        self._given.add(place)
        return self._recorded[place][1]


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in the pieces in which it came."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
