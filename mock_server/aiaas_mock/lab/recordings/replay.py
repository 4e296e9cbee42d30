"""Answers requests from a recording, in the pieces in which the answers came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, Literal, NoReturn

from starlette.types import Scope

from aiaas.contract._operation import Operation
from aiaas_mock.cassettes.asking import Asked, asked, asked_now
from aiaas_mock.cassettes.exchange import Exchange, Headers
from aiaas_mock.cassettes.reel import Reel
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.http.answers import StreamedAnswer
from aiaas_mock.http.body import BodyReader
from aiaas_mock.lab.recordings.messages import address_of, end_to_end, headers_of, relayed
from aiaas_mock.lab.recordings.secrets import redaction_of
from aiaas_mock.lab.recordings.session import Recording

HEADER: Final = "X-Mock-Recording"
"""Answer: the id of the recording that it is from."""

Pace = Literal["at_once", "recorded"]
Sleep = Callable[[float], Awaitable[None]]

_LENGTH: Final = "content-length"
# The server of now dates what it sends; and recordings have no compression.
_REMADE: Final = frozenset({"content-encoding", _LENGTH, "date"})


class Replay:
    """A recording that answers in the place of its namespace, a `Detour`.

    Keys have been looked at before: what was recorded of refused ones is not played, and for the
    rest any key stands for any other.

    Args:
        recording: What answers.
        pace: Whether its answers come at once, or as slowly as they came.
        given: How far it is.
        sleep: Waits, so many seconds.

    Attributes:
        recording: The same.
    """

    admits: Final = True

    def __init__(
        self,
        recording: Recording,
        pace: Pace,
        given: Mapping[Asked, int] | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.recording = recording
        self._pace = pace
        self._sleep = sleep
        self._reel = Reel(
            (_keyless(asked(one)), one)
            for one in recording.exchanges
            if one.status != HTTPStatus.UNAUTHORIZED
        )
        self._reel.restore(given or {})

    def copy(self) -> tuple[str, Pace, Mapping[Asked, int]]:
        """Return what is played, how, and how far it is."""
        return self.recording.id, self._pace, self._reel.copy()

    def takes(self, operation: Operation[Any, Any]) -> bool:
        """Take all that wants a key; what needs none is about this server."""
        return operation.scope is not None

    async def answer(self, scope: Scope, body: BodyReader, record: RequestRecord) -> StreamedAnswer:
        """Answer a request.

        Raises:
            ApiError: Nothing like it was recorded.
        """
        headers, content = headers_of(scope), await body.read()
        redaction = redaction_of(headers, HTTPStatus.OK)
        wanted = _keyless(
            asked_now(scope["method"], address_of(scope), headers, content, redaction)
        )
        found = self._reel.find(wanted) or await self._refuse(wanted)
        await self._wait(found.wait_ms)
        return relayed(found.status, self._head(found), self._pieces(found), record)

    async def _refuse(self, wanted: Asked) -> NoReturn:
        told = await asyncio.to_thread(self._reel.nearest, wanted)  # it may look at much
        detail = f"{self.recording.id}: {told}"
        raise ApiError("not_found", detail, headers={HEADER: self.recording.id})

    def _head(self, found: Exchange) -> Headers:
        headers = end_to_end(found.response_headers)
        length = tuple(pair for pair in headers if pair[0] == _LENGTH)
        if length and found.method != "HEAD":
            length = ((_LENGTH, str(len(found.response_body))),)
        kept = tuple(pair for pair in headers if pair[0] not in _REMADE)
        return (*kept, *length, (HEADER.lower(), self.recording.id))

    async def _pieces(self, found: Exchange) -> AsyncIterator[bytes]:
        before_ms = 0.0
        for piece, chunk in zip(found.pieces(), found.chunks, strict=True):
            await self._wait(chunk.at_ms - before_ms)
            before_ms = chunk.at_ms
            yield piece

    async def _wait(self, wait_ms: float) -> None:
        if self._pace == "recorded" and wait_ms > 0:
            await self._sleep(wait_ms / 1e3)


def _keyless(found: Asked) -> Asked:
    return replace(found, authorization="")
