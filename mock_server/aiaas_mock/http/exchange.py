"""How every request ends: an answer or a problem is sent, and the record is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import aclosing
from typing import Any, Final, cast

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Send

from aiaas.contract.problems import Problem
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.http.answers import Answer, StreamedAnswer, WriteRefusal, as_problem
from aiaas_mock.http.hang_up import HangUpWatch

_CLIENT_LEFT: Final = 499  # never sent; nginx's number for it, in the log and the metrics
_DEFECTS: Final = frozenset({"internal_error", "model_unavailable"})
"""Refusals whose cause belongs in the log, since the operator must act."""


class Exchange:
    """One request and its answer.

    Args:
        record: What is known of the request.
        receive: The ASGI channel from the client.
        send: The ASGI channel to the client.
        head: Whether nobody wants the body.
        write_refusal: How this protocol says no.

    Attributes:
        headers: Headers that the answer carries, whatever it is.
    """

    __slots__ = ("_head", "_receive", "_record", "_send", "_write_refusal", "headers")

    def __init__(
        self,
        record: RequestRecord,
        receive: Receive,
        send: Send,
        *,
        head: bool = False,
        write_refusal: WriteRefusal = as_problem,
    ) -> None:
        self._record = record
        self._receive = receive
        self._send = send
        self._head = head
        self._write_refusal = write_refusal
        self.headers: dict[str, str] = {}

    async def run(self, answer: Awaitable[Answer | StreamedAnswer], recorder: Recorder) -> None:
        """Await an answer, turn whatever goes wrong into a problem, send it, close the record."""
        record = self._record
        try:
            settled = await self._settled(answer)
            record.status = settled.status
            if isinstance(settled, Answer):
                await self._send_start(settled, len(settled.body))
                await self._send({"type": "http.response.body", "body": settled.body})
            else:
                await self._stream(settled)
        except ClientDisconnect:
            record.status = _CLIENT_LEFT
        except asyncio.CancelledError:
            record.status = _CLIENT_LEFT
            raise
        except Exception as error:  # half-way in a stream: only a broken connection can tell
            record.fault = error
            raise
        finally:
            recorder.finish(record)

    async def _settled(self, answer: Awaitable[Answer | StreamedAnswer]) -> Answer | StreamedAnswer:
        """Await an answer or the problem that stands in its place."""
        try:
            return await answer
        except ClientDisconnect:
            raise
        except Exception as error:
            return self._write_refusal(self._refusal(error), self._record.request_id)

    def _refusal(self, error: Exception) -> ApiError:
        """Return what the client is told of a failure, and note for the log what it is not."""
        record = self._record
        if not isinstance(error, ApiError):  # a defect: the log gets the trace
            record.fault = error
            error = ApiError("internal_error", "The server failed to answer.")
        elif error.code in _DEFECTS:
            record.fault = error
        record.code = error.code
        return error

    async def _send_start(self, answer: Answer | StreamedAnswer, size_bytes: int | None) -> None:
        raw = self._head_of(answer, size_bytes)
        await self._send({"type": "http.response.start", "status": answer.status, "headers": raw})

    def _head_of(
        self, answer: Answer | StreamedAnswer, size_bytes: int | None
    ) -> list[tuple[bytes, bytes]]:
        if isinstance(answer, StreamedAnswer) and answer.head is not None:
            return list(answer.head)
        raw = [
            (b"content-type", answer.media_type.encode()),
            (b"x-request-id", self._record.request_id.encode()),
        ]
        if size_bytes is not None:
            raw.append((b"content-length", b"%d" % size_bytes))
        for headers in (self.headers, answer.headers):
            if headers:
                raw += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return raw

    async def _stream(self, answer: StreamedAnswer) -> None:
        if self._head:
            await self._send_start(answer, answer.size_bytes)
            await self._send({"type": "http.response.body", "body": b""})
            return
        # Servers drop silently what is sent to a client that has left: the watch stops us.
        with HangUpWatch(self._receive):
            async with aclosing(cast("Any", answer.pieces)) as pieces:
                await self._send_start(answer, answer.size_bytes)
                try:
                    async for piece in pieces:
                        await self._send_piece(piece)
                except Exception as error:
                    if answer.failure is None or isinstance(error, ClientDisconnect):
                        raise
                    await self._send_piece(answer.failure(self._failed(error)))
        await self._send({"type": "http.response.body", "body": b""})

    async def _send_piece(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    def _failed(self, error: Exception) -> Problem:
        """Tell of a failure half-way: the head was sent, but the record shows how it ended."""
        problem = self._refusal(error).as_problem(self._record.request_id)
        self._record.status = problem.status
        return problem
