"""The way of every request: who asks, then attempts through middleware and transport."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from aiaas._async import _runtime
from aiaas._async.authentication import AsyncAuthenticator
from aiaas._async.middleware import AsyncMiddleware, chain
from aiaas._async.transport import AsyncStreamedResponse, AsyncTransport
from aiaas._core import forks
from aiaas._core.budget import BudgetBucket
from aiaas._core.calls import Call
from aiaas._core.config import Config
from aiaas._core.errors import AiaasError, ClientClosedError
from aiaas._core.options import NO_HEADERS, CallOptions, ClientOptions, Settings
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse, is_success
from aiaas._core.tries import Tries

if TYPE_CHECKING:
    from aiaas._async.streams import AsyncEventStream
    from aiaas._core.event_streams import EventCall

EventT = TypeVar("EventT")
FinalT = TypeVar("FinalT")

AsyncBegin = Callable[[RawResponse, Tries], Awaitable[None]]
"""Begins to read a streamed answer; what it raises is a failure of the attempt."""

_log = logging.getLogger("aiaas")
_NO_OPTIONS = CallOptions()


class AsyncEngine:
    """What a client and its copies share: connections, credentials, retry budget, middleware."""

    def __init__(
        self,
        config: Config,
        settings: Settings,
        transport: AsyncTransport,
        *,
        middleware: tuple[AsyncMiddleware, ...],
        sleep: _runtime.Sleep,
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self.new_id = new_id
        self._told_of_version = False
        self._base_url = config.base_url
        self._settings = settings
        self._transport = transport
        self._middleware = middleware
        self._proceed = chain(middleware, transport.send)
        self.sleep = sleep
        self.clock = clock
        self._auth = AsyncAuthenticator(config.credentials, self._fetch_token, clock)
        budget = settings.retry.budget
        self._bucket = None if budget is None else BudgetBucket(budget)
        self._closed = False
        forks.watch(self)

    async def run(
        self,
        outgoing: Outgoing,
        settings: Settings,
        *,
        stream: bool,
        begin: AsyncBegin | None = None,
    ) -> RawResponse:
        """Make a call in the client's own name.

        Raises:
            AiaasError: It failed.
        """
        self._check_open()
        tries = Tries(settings, self._bucket, self.clock)
        authorization = self._auth.fixed
        may_renew = authorization is None
        if authorization is None:
            authorization = await self._auth.authorization(tries.remaining_s)
        while True:
            call = self._call(outgoing, settings, tries, authorization, stream)
            renewed: Secret | None = None
            try:
                response = await self._attempt(call, tries)
                if begin is not None:
                    await begin(response, tries)
                return response
            except AiaasError as failure:
                if may_renew and failure.status == 401 and outgoing.resendable:
                    renewed = await self._auth.renewed(authorization, tries.remaining_s)
                delay_s = 0.0 if renewed else tries.delay_after(failure, outgoing)
                if delay_s is None:
                    raise
            # Outside of the handler, so that a later failure does not drag this one along.
            if renewed is None:
                _log.debug("%s: again in %.2f s", outgoing.operation.name, delay_s)
                await self.sleep(delay_s)
            else:
                # Once, and not counted: the deployment refused without looking at the request.
                may_renew = False
                authorization = renewed

    async def close(self) -> None:
        """Close the connections, and what middleware keeps between calls."""
        self._closed = True
        await self._transport.close()
        for close in self._of_middleware("close"):
            await _runtime.resolved(close())

    def after_fork(self) -> None:
        """Begin anew in a child process."""
        self._transport.after_fork()
        self._auth.after_fork()
        if self._bucket is not None:
            self._bucket.after_fork()
        for after_fork in self._of_middleware("after_fork"):
            after_fork()

    async def _fetch_token(
        self, outgoing: Outgoing, authorization: Secret, remaining_s: float | None
    ) -> RawResponse:
        settings = replace(self._settings, deadline_s=remaining_s)
        if outgoing.url is not None and not _same_origin(outgoing.url, self._base_url):
            # They are for the deployment; one may be the key of a gateway before it.
            settings = replace(settings, headers=NO_HEADERS)
        tries = Tries(settings, self._bucket, self.clock)
        while True:
            call = self._call(outgoing, settings, tries, authorization, False)
            try:
                return await self._attempt(call, tries)
            except AiaasError as failure:
                delay_s = tries.delay_after(failure, outgoing)
                if delay_s is None:
                    raise
            await self.sleep(delay_s)

    def _call(
        self,
        outgoing: Outgoing,
        settings: Settings,
        tries: Tries,
        authorization: Secret,
        stream: bool,
    ) -> Call:
        tries.remaining_s()  # raises when there is no time left
        return Call(
            outgoing=outgoing,
            settings=settings,
            base_url=self._base_url,
            attempt=tries.attempt,
            ends_at_s=tries.ends_at_s,
            clock=self.clock,
            stream=stream,
            authorization=authorization,
        )

    async def _attempt(self, call: Call, tries: Tries) -> RawResponse:
        self._check_open()  # it may have been closed during a wait
        started_s = time.perf_counter()
        try:
            response = await self._proceed(call)
        except AiaasError as failure:
            _log_attempt(call, started_s, type(failure).__name__, None)
            raise
        response.elapsed_s = time.perf_counter() - started_s
        response.attempts = call.attempt
        _log_attempt(call, started_s, response.status, response)
        self._tell_of_version(response)
        if is_success(call.operation, response):
            tries.succeeded()
            return response
        # Imported on the first failure, as it brings the whole table of problems.
        from aiaas._core.failures import failure_from

        raise failure_from(response, now=call.settings.retry.clock())

    def _tell_of_version(self, response: RawResponse) -> None:
        """Pass on, once, what a deployment of another version says of that."""
        warning = None if self._told_of_version else response.headers.get("Aiaas-Version-Warning")
        if warning is not None:
            self._told_of_version = True
            _log.warning("%s", warning)

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosedError("This client was closed: make a new one, or close it later.")

    def _of_middleware(self, name: str) -> list[Callable[[], Any]]:
        methods = (getattr(layer, name, None) for layer in self._middleware)
        return [method for method in methods if callable(method)]


class AsyncPipeline:
    """Makes calls with the options of one client or of one of its copies."""

    __slots__ = ("_engine", "_settings")

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    def clock(self) -> float:
        """Return the seconds of the client's clock."""
        return self._engine.clock()

    async def sleep(self, delay_s: float) -> None:
        """Wait as the client does between attempts."""
        await self._engine.sleep(delay_s)

    async def send(self, outgoing: Outgoing, options: CallOptions = _NO_OPTIONS) -> RawResponse:
        """Send a request, repeat it if that helps, and return the successful answer.

        Raises:
            AiaasError: It failed.
        """
        return await self._engine.run(outgoing, self._settings_for(outgoing, options), stream=False)

    async def open(
        self, outgoing: Outgoing, options: CallOptions = _NO_OPTIONS
    ) -> AsyncStreamedResponse:
        """Do the same, but leave the body of the answer to be read piece by piece.

        Raises:
            AiaasError: It failed.
        """
        settings = self._settings_for(outgoing, options)
        response = await self._engine.run(outgoing, settings, stream=True)
        return cast("AsyncStreamedResponse", response)

    async def events(
        self,
        outgoing: Outgoing,
        call: EventCall[EventT, FinalT],
        options: CallOptions = _NO_OPTIONS,
    ) -> AsyncEventStream[EventT, FinalT]:
        """Do the same for an answer that comes event by event, and wait for the first.

        Until then a failure is repeated like any other; later it is raised by the stream.

        Raises:
            AiaasError: It failed.
        """
        # Imported here, as most clients never open a stream.
        from aiaas._async.streams import AsyncEventStream

        settings = self._settings_for(outgoing, options)
        opened: list[AsyncEventStream[EventT, FinalT]] = []

        async def begin(response: RawResponse, tries: Tries) -> None:
            stream = AsyncEventStream(
                cast("AsyncStreamedResponse", response),
                operation=call.operation,
                read=call.read,
                read_final=call.read_final,
                idle_timeout_s=settings.timeout_s,
                clock=self._engine.clock,
                check_time=tries.check_time,
            )
            await stream.begin()
            opened.append(stream)

        await self._engine.run(outgoing, settings, stream=True, begin=begin)
        return opened[0]

    def new_id(self) -> str:
        """Return a name that nobody else makes up."""
        return self._engine.new_id()

    def with_options(self, options: ClientOptions) -> AsyncPipeline:
        """Return a pipeline with other options over the same connections."""
        return AsyncPipeline(self._engine, self._settings.of_copy(options))

    async def close(self) -> None:
        """Close the connections, for all copies."""
        await self._engine.close()

    def _settings_for(self, outgoing: Outgoing, options: CallOptions) -> Settings:
        settings = self._settings.merged(options) if options else self._settings
        if outgoing.operation.effect != "write":
            return settings if settings.idempotency_key is None else _without_key(settings)
        if settings.idempotency_key is None:
            return replace(settings, idempotency_key=self._engine.new_id())
        return settings


def _same_origin(url: str, base_url: str) -> bool:
    one, other = urlsplit(url), urlsplit(base_url)
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _without_key(settings: Settings) -> Settings:
    return replace(settings, idempotency_key=None)


def _log_attempt(
    call: Call, started_s: float, outcome: int | str, response: RawResponse | None
) -> None:
    # Neither query nor body: both may hold what the caller would not want in a log.
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug(
            "%s: attempt %d, %s %s -> %s in %.1f ms, request %s",
            call.operation.name,
            call.attempt,
            call.method,
            call.path,
            outcome,
            (time.perf_counter() - started_s) * 1000,
            (response.request_id if response else None) or "unknown",
        )
