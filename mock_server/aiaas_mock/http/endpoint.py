"""One endpoint per operation: every request walks the same way from bytes to bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from aiaas.contract import problems
from aiaas.contract._operation import Operation
from aiaas_mock.context import RequestContext, random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.decode import Incoming, decoder
from aiaas_mock.http.hang_up import HangUpWatch

Handler = Callable[[Any, RequestContext], Awaitable["BaseModel | Answer"]]
"""A service's method: the operation's request and the context in, an answer out."""

_CLIENT_LEFT: Final = 499  # never sent; nginx's number for it, in the log and the metrics
_MOST_DIGITS: Final = 15  # 30,000 years in milliseconds; a longer number may not fit a float
_DEFECTS: Final = frozenset({"internal_error", "model_unavailable"})
"""Refusals whose cause belongs in the log, since the operator must act."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A ready answer, for what is not a JSON model or has a status of its own."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What all endpoints share.

    Attributes:
        authenticator: Decides who asks and whether they may.
        recorder: Takes the record of every request.
        max_body_bytes: The largest body that is read.
        timeout_s: The most time that a request is given.
    """

    authenticator: Authenticator
    recorder: Recorder
    max_body_bytes: int
    timeout_s: float


class Endpoint:
    """The ASGI application of one operation.

    Args:
        operation: A row of the contract's table.
        handler: What answers it.
        gateway: What every request passes.
    """

    def __init__(self, operation: Operation[Any, Any], handler: Handler, gateway: Gateway) -> None:
        self._operation = operation
        self._handler = handler
        self._gateway = gateway
        self._decode = decoder(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see `exchange` for how it ends."""
        record = RequestRecord(random_id("req"), self._operation.name)
        await exchange(self._respond(scope, receive, record), record, self._gateway.recorder, send)

    async def _respond(self, scope: Scope, receive: Receive, record: RequestRecord) -> Answer:
        headers = Headers(scope=scope)
        gateway = self._gateway
        deadline = asyncio.get_running_loop().time() + _time_allowed(headers, gateway.timeout_s)
        principal = gateway.authenticator.authenticate(
            headers.get("authorization"), self._operation.scope
        )
        record.namespace, record.key_id = principal.namespace, principal.key_id
        context = RequestContext(
            request_id=record.request_id,
            namespace=principal.namespace,
            principal=principal,
            deadline=deadline,
            trace=record.trace,
        )
        body = BodyReader(receive, _content_length(headers), gateway.max_body_bytes)
        incoming = Incoming(scope["path_params"], scope["query_string"], headers, body)
        try:
            async with asyncio.timeout_at(deadline):
                request = await self._decode(incoming)
                with HangUpWatch(receive):
                    answer = await self._handler(request, context)
        except TimeoutError as error:
            raise ApiError(
                "deadline_exceeded", "The request could not be answered in the time allowed."
            ) from error
        if isinstance(answer, Answer):
            return answer
        return Answer(answer.__pydantic_serializer__.to_json(answer))


async def exchange(
    answer: Awaitable[Answer], record: RequestRecord, recorder: Recorder, send: Send
) -> None:
    """Await an answer, turn whatever goes wrong into a problem, send it and close the record."""
    try:
        result, headers = await _settled(answer, record)
        record.status = result.status
        await _send(send, result, record.request_id, headers)
    except ClientDisconnect:
        record.status = _CLIENT_LEFT
    except asyncio.CancelledError:
        record.status = _CLIENT_LEFT
        raise
    finally:
        recorder.finish(record)


async def _settled(
    answer: Awaitable[Answer], record: RequestRecord
) -> tuple[Answer, dict[str, str]]:
    """Await an answer or the problem that stands in its place."""
    try:
        return await answer, {}
    except ApiError as error:
        if error.code in _DEFECTS:
            record.fault = error
        return _refusal(error, record), error.headers
    except ClientDisconnect:
        raise
    except Exception as error:  # a defect: the log gets the trace, the client only the id
        record.fault = error
        return _refusal(ApiError("internal_error", "The server failed to answer."), record), {}


def _refusal(error: ApiError, record: RequestRecord) -> Answer:
    record.code = error.code
    body = error.as_problem(record.request_id)
    return Answer(body.model_dump_json().encode(), body.status, problems.MEDIA_TYPE)


async def _send(send: Send, answer: Answer, request_id: str, headers: dict[str, str]) -> None:
    raw = [
        (b"content-type", answer.media_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-request-id", request_id.encode()),
        *((name.lower().encode(), value.encode()) for name, value in headers.items()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


def _content_length(headers: Headers) -> int | None:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() else None


def _time_allowed(headers: Headers, most_s: float) -> float:
    """Return the seconds that the client gives, at most what the server does."""
    value = headers.get("aiaas-deadline-ms")
    if value is None:
        return most_s
    if not value.isdecimal() or len(value) > _MOST_DIGITS:
        raise ApiError(
            "invalid_request", "The header Aiaas-Deadline-Ms must be whole milliseconds."
        )
    return min(int(value) / 1e3, most_s)
