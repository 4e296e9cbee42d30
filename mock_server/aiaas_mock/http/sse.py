"""Server-sent events on their way out, as the WHATWG HTML standard has them (section 9.2)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from pydantic import BaseModel

from aiaas.contract.problems import Problem
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import StreamedAnswer
from aiaas_mock.services.events import Events

MEDIA_TYPE: Final = "text/event-stream"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    # Without it, proxies such as nginx hold events back until their buffer is full.
    "X-Accel-Buffering": "no",
}


async def open_stream(events: Events, deadline: float, *, head: bool = False) -> StreamedAnswer:
    """Wait for the first event, then answer with all of them as they come.

    A request that fails before its first event is refused with its status, as any other is.

    Args:
        events: What the service tells.
        deadline: Time of the event loop's clock at which the stream ends with a problem.
        head: Whether nobody wants the events: then none is waited for.

    Raises:
        ApiError: The service refused before its first event.
    """
    pieces = _Pieces(events, deadline)
    await (pieces.aclose() if head else pieces.begin())
    return StreamedAnswer(
        pieces=pieces,
        size_bytes=None,
        media_type=MEDIA_TYPE,
        headers=_HEADERS,
        failure=_failure,
    )


class _Pieces:
    """Events as bytes.

    A class, as a generator that was never begun would not close what it stands before.
    """

    def __init__(self, events: Events, deadline: float) -> None:
        self._source: Any = events.source
        self._deadline = deadline
        self._first: bytes | None = None

    async def begin(self) -> None:
        """Wait for the first event."""
        try:
            self._first = await self._next()
        except BaseException:
            await self.aclose()
            raise

    def __aiter__(self) -> _Pieces:
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next event."""
        if self._first is None:
            return await self._next()
        first, self._first = self._first, None
        return first

    async def aclose(self) -> None:
        """Stop the service's work."""
        await self._source.aclose()

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._deadline):
                kind, data = await anext(self._source)
        except TimeoutError as error:
            raise ApiError(
                "deadline_exceeded", "The answer was not complete in the time allowed."
            ) from error
        return _encoded(kind, data)


def _failure(problem: Problem) -> bytes:
    return _encoded("error", problem)


def _encoded(kind: str, data: BaseModel) -> bytes:
    # JSON has no line breaks outside of strings, where they are escaped: one line holds it all.
    content = data.__pydantic_serializer__.to_json(data)
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), content)
