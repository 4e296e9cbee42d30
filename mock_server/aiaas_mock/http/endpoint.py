"""One endpoint per operation: every request walks the same way from bytes to bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, cast

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from aiaas.contract._operation import Operation
from aiaas.contract.headers import (
    CLIENT_VERSION,
    DEADLINE_MS,
    IDEMPOTENCY_KEY,
    IDEMPOTENT_REPLAY,
    VERSION_WARNING,
)
from aiaas_mock.context import Commit, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.idempotency import (
    Call,
    Fingerprint,
    Idempotency,
    checked_key,
    request_digest,
)
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.gateway.tenancy import Stay, Tenancy
from aiaas_mock.gateway.versions import ClientVersions
from aiaas_mock.http.answers import Answer, StreamedAnswer, WriteRefusal, as_problem, encode
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.decode import Decode, Incoming, decoder
from aiaas_mock.http.detour import Detour, detour_of
from aiaas_mock.http.exchange import Exchange
from aiaas_mock.http.hang_up import HangUpWatch
from aiaas_mock.http.oauth import oauth_refusal
from aiaas_mock.http.sse import open_stream
from aiaas_mock.services.events import Events
from aiaas_mock.services.uploads import Upload
from aiaas_mock.storage import StoredAnswer

Handler = Callable[[Any, RequestContext], Awaitable[Any]]
"""A service's method: the operation's request and the context in, an answer out."""

_MOST_DIGITS: Final = 15  # 30,000 years in milliseconds; a longer number may not fit a float
_FORM_BYTES: Final = 64 * 1024
"""Room in an upload for what is not the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What all endpoints share.

    Attributes:
        authenticator: Decides who asks and whether they may.
        versions: Decides whether the client's version is served.
        tenancy: Knows the namespace of a request: its clock, its ids, its limits.
        idempotency: Runs requests that have an idempotency key.
        commit: Runs the effects of those that have none.
        recorder: Takes the record of every request.
        max_body_bytes: The largest body that is read.
        max_file_bytes: The largest file that is taken.
        timeout_s: The most time that a request is given.
        upload_timeout_s: The most time that an upload is given.
    """

    authenticator: Authenticator
    versions: ClientVersions
    tenancy: Tenancy
    idempotency: Idempotency
    commit: Commit
    recorder: Recorder
    max_body_bytes: int
    max_file_bytes: int
    timeout_s: float
    upload_timeout_s: float


class Endpoint:
    """The ASGI application of one operation.

    Args:
        operation: A row of the contract's table.
        handler: What answers it.
        gateway: What every request passes.
        decode: Makes the handler's request; as the contract says when omitted.
        write_refusal: How the answer says no; as the contract does when omitted.
    """

    def __init__(
        self,
        operation: Operation[Any, Any],
        handler: Handler,
        gateway: Gateway,
        *,
        decode: Decode | None = None,
        write_refusal: WriteRefusal = as_problem,
    ) -> None:
        self._operation = operation
        self._write_refusal = write_refusal
        self._handler = handler
        self._gateway = gateway
        self._writes = operation.effect == "write"
        self._most_s = gateway.upload_timeout_s if operation.upload else gateway.timeout_s
        self._decode = decode or decoder(operation, max_file_bytes=gateway.max_file_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see `Exchange` for how it ends."""
        stay = self._gateway.tenancy.enter(scope)
        record = stay.begin(self._operation.name)
        head = scope["method"] == "HEAD"
        exchange = Exchange(record, receive, send, head=head, write_refusal=self._write_refusal)
        answer = self._respond(scope, receive, stay, record, exchange)
        await exchange.run(answer, self._gateway.recorder)

    async def _respond(
        self, scope: Scope, receive: Receive, stay: Stay, record: RequestRecord, exchange: Exchange
    ) -> Answer | StreamedAnswer:
        headers = Headers(scope=scope)
        try:
            if stay.faults is not None:
                await stay.faults.before(self._operation.name, headers)
            deadline = asyncio.get_running_loop().time() + _time_allowed(headers, self._most_s)
            body, detour = self._body(headers, receive), detour_of(scope, self._operation)
            if detour is None or detour.admits:
                context = await self._admit(headers, stay, record, exchange, deadline)
            try:
                async with asyncio.timeout_at(deadline):
                    if detour is not None:
                        return await _elsewhere(detour, scope, body, stay, record)
                    incoming = Incoming(scope["path_params"], scope["query_string"], headers, body)
                    request = await self._decode(incoming)
                    # Effects are not stopped half-way for a client that left: it may ask again.
                    with nullcontext() if self._writes else HangUpWatch(receive):
                        answer = await self._run(request, context, headers)
                        if isinstance(answer, Events):
                            head = scope["method"] == "HEAD"
                            answer = await open_stream(answer, deadline, head=head)
                        if stay.faults is not None:
                            await _unless_refused(answer, stay.faults.after(record.trace.model))
            except TimeoutError as error:
                raise ApiError(
                    "deadline_exceeded", "The request could not be answered in the time allowed."
                ) from error
        except ApiError as error:
            # Forms are OAuth's, whose clients look for its own error codes.
            if "form" in self._operation.bodies:
                raise oauth_refusal(error) from error
            raise
        if isinstance(answer, StoredAnswer):
            exchange.headers[IDEMPOTENT_REPLAY] = "true"
        return encode(self._operation, answer)

    async def _admit(
        self,
        headers: Headers,
        stay: Stay,
        record: RequestRecord,
        exchange: Exchange,
        deadline: float,
    ) -> RequestContext:
        """Find out who asks, and whether they may, now."""
        gateway, scope = self._gateway, self._operation.scope
        if scope is not None:
            warning = gateway.versions.check(headers.get(CLIENT_VERSION))
            if warning is not None:
                exchange.headers[VERSION_WARNING] = warning
            if stay.limits is not None:
                exchange.headers.update(stay.limits.policy)
        principal = gateway.authenticator.authenticate(headers.get("authorization"), scope)
        principal = await stay.admit(principal)
        record.namespace, record.key_id = principal.namespace, principal.key_id
        if principal.key_id is not None and stay.limits is not None:
            exchange.headers.update(stay.limits.policy)
            await stay.limits.admit(principal.key_id, exchange.headers)
        return RequestContext(
            request_id=record.request_id,
            namespace=principal.namespace,
            principal=principal,
            deadline=deadline,
            commit=gateway.commit,
            trace=record.trace,
            now=stay.now,
            new_id=stay.new_id,
            random_bits=stay.random_bits,
        )

    def _body(self, headers: Headers, receive: Receive) -> BodyReader:
        gateway, length = self._gateway, _content_length(headers)
        if self._operation.upload:
            most_bytes = gateway.max_file_bytes + _FORM_BYTES
            return BodyReader(receive, length, most_bytes, code="file_too_large")
        return BodyReader(receive, length, gateway.max_body_bytes)

    async def _run(self, request: Any, context: RequestContext, headers: Headers) -> Any:
        """Have the service answer, once per idempotency key."""
        key = headers.get(IDEMPOTENCY_KEY) if self._writes else None
        if key is None:
            return await self._handler(request, context)
        call = Call(
            key=checked_key(key),
            operation=self._operation.name,
            context=context,
            fingerprint=_fingerprint(request),
        )
        return await self._gateway.idempotency.run(
            call, lambda with_commit: self._handler(request, with_commit)
        )


async def _elsewhere(
    detour: Detour, scope: Scope, body: BodyReader, stay: Stay, record: RequestRecord
) -> StreamedAnswer:
    """Have something else than the service answer."""
    answer = await detour.answer(scope, body, record)
    if stay.faults is not None:
        await _unless_refused(answer, stay.faults.after(None))
    return answer


async def _unless_refused(answer: Any, after: Awaitable[None]) -> None:
    """Await what may refuse an answer that is there, which then ends unsent."""
    try:
        await after
    except BaseException:
        if isinstance(answer, StreamedAnswer):
            await cast("Any", answer.pieces).aclose()
        raise


def _fingerprint(request: Any) -> Fingerprint:
    if isinstance(request, Upload):
        return request.fingerprint

    async def digest() -> bytes:
        return request_digest(request)

    return digest


def _content_length(headers: Headers) -> int | None:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() else None


def _time_allowed(headers: Headers, most_s: float) -> float:
    """Return the seconds that the client gives, at most what the server does."""
    value = headers.get(DEADLINE_MS)
    if value is None:
        return most_s
    if not value.isdecimal() or len(value) > _MOST_DIGITS:
        raise ApiError("invalid_request", f"The header {DEADLINE_MS} must be whole milliseconds.")
    return min(int(value) / 1e3, most_s)
