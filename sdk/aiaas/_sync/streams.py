# Generated from aiaas/_async/streams.py by `make sync`; edit that file instead.
"""Answers that come event by event."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from aiaas._core.errors import APIConnectionError, APITimeoutError
from aiaas._core.event_streams import (
    DONE,
    ERROR,
    FinalReader,
    Reader,
    StreamIdleError,
    StreamTruncatedError,
    check_media_type,
    failure_in,
)
from aiaas._core.responses import RawResponse, invalid
from aiaas._core.sse import Event, EventTooLargeError, SseDecoder

if TYPE_CHECKING:
    from typing import Self

    from aiaas.contract._operation import Operation

EventT = TypeVar("EventT")
FinalT = TypeVar("FinalT")


class ByteSource(Protocol):
    """An answer whose body has not been read; what a transport gives to a stream.

    Its chunks may be of any size. It raises `APIConnectionError` when the connection breaks, and
    `APITimeoutError` after its own time without a byte, which should be the stream's
    `idle_timeout_s`.
    """

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer."""
        ...

    @property
    def host(self) -> str:
        """Host and port it comes from, for errors."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Iterate over the body as it arrives."""
        ...

    def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        ...


class EventStream(Generic[EventT, FinalT]):
    """The events of one answer, each given out as soon as it is there.

    Iterate over it once. The connection is released at the end, after an error, when the
    iteration is left early, and at the end of an ``with`` block; use the block, so that it
    happens at once and not when the garbage collector comes by.

    Args:
        source: The answer.
        operation: The row of the operation table that was called.
        read: Makes what the caller gets of an event.
        read_final: Makes the whole answer of the event that ends the stream.
        idle_timeout_s: Seconds between two events, after which waiting ends; None for no limit.
            Comments, with which servers keep connections open, are no events.
        clock: Gives the time in seconds, from any start.
        check_time: Raises when the call's deadline has passed; asked as the answer comes.

    Raises:
        APIStatusError: The deployment failed midway; the events before are valid.
        ResponseValidationError: An event is not what the contract promises.
        StreamIdleError: No event came in time.
        StreamTruncatedError: The stream ended too early.

    Example:
        >>> with stream:
        ...     for event in stream:
        ...         print(event)
        ...     whole = stream.final()
    """

    def __init__(
        self,
        source: ByteSource,
        *,
        operation: Operation[Any, Any],
        read: Reader[EventT],
        read_final: FinalReader[FinalT],
        idle_timeout_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        check_time: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._operation = operation
        self._read = read
        self._read_final = read_final
        self._idle_timeout_s = idle_timeout_s
        self._clock = clock
        self._check_time = check_time
        self._head = RawResponse(source.status, source.headers, b"")
        self._decoder = SseDecoder()
        self._yielded = 0
        self._started = False
        self._done: Event | None = None
        self._coming = self._values()
        self._first: list[EventT] = []  # one that begin() took
        self._final: list[FinalT] = []  # one when the end has come; it may be anything

    @property
    def request_id(self) -> str | None:
        """The id that the deployment gave to the request."""
        return self._head.request_id

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer."""
        return self._head.headers

    @property
    def last_event_id(self) -> str:
        """The last ``id:`` that came; empty before the first."""
        return self._decoder.last_id

    @property
    def done(self) -> Event | None:
        """The event that ended the stream, or None until it came."""
        return self._done

    def begin(self) -> None:
        """Wait for the first event, which the iteration gives out then.

        What fails before it can be asked for again; what comes after it was seen by the caller.

        Raises:
            AiaasError: The stream ended too early, or never was one.
        """
        try:
            for value in self._coming:
                self._first.append(value)
                break
        except BaseException:
            self.close()
            raise

    def final(self) -> FinalT:
        """Return the whole answer, which is in the event that ends the stream.

        Events that were not read yet are read and left out.

        Raises:
            RuntimeError: The iteration was left before the end.
            AiaasError: What reading the stream raises.
        """
        if not self._started:
            for _ in self:
                pass
        if not self._final:
            raise RuntimeError("the stream was left before its end, where the whole answer is")
        return self._final[0]

    def __iter__(self) -> Iterator[EventT]:
        if self._started:
            raise RuntimeError("a stream of events that is open can be iterated over only once")
        self._started = True
        try:
            with closing(self._coming) as coming:
                for value in self._first:
                    self._yielded += 1
                    yield value
                for value in coming:
                    self._yielded += 1
                    yield value
        finally:
            self.close()

    def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        if not self._started:
            self._started = True
            self._coming.close()
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _values(self) -> Generator[EventT, None, None]:
        """Yield what the caller gets, and keep the whole answer."""
        check_media_type(self._operation, self._head)
        with closing(self._events()) as events:
            for event in events:
                if event.type == ERROR:
                    raise failure_in(self._operation, event, self._head)
                value = self._read(event, self._head)
                if value is not None:
                    yield value
        if self._done is not None:
            self._final.append(self._read_final(self._done, self._head))

    def _events(self) -> Generator[Event, None, None]:
        """Yield the events before ``done``."""
        waiting_since_s = self._clock()
        try:
            for chunk in self._source.chunks():
                if self._done is not None:
                    break  # the deployment should have ended the body
                for event in self._decode(chunk):
                    if event.type == DONE:
                        # Not the end of the loop: a connection can be used again only when the
                        # end of its body was read, which costs nothing as it is there already.
                        self._done = event
                        break
                    yield event
                    # What the caller does with an event is not the deployment's time.
                    waiting_since_s = self._clock()
                self._check_idle(waiting_since_s)
                if self._done is None:
                    self._check_time()
        except StreamIdleError:
            raise
        except APIConnectionError as error:
            if self._done is None:
                raise self._explained(error) from error
        if self._done is None:
            raise self._truncated()

    def _decode(self, chunk: bytes) -> list[Event]:
        try:
            return self._decoder.feed(chunk)
        except EventTooLargeError as error:
            raise invalid(self._operation, self._head, str(error)) from None

    def _check_idle(self, waiting_since_s: float) -> None:
        limit_s = self._idle_timeout_s
        waited_s = self._clock() - waiting_since_s
        if limit_s is not None and waited_s > limit_s and self._done is None:
            raise self._idle(limit_s)

    def _explained(self, error: APIConnectionError) -> APIConnectionError:
        if not isinstance(error, APITimeoutError):
            return self._truncated()
        self._check_time()
        return error if self._idle_timeout_s is None else self._idle(self._idle_timeout_s)

    def _truncated(self) -> StreamTruncatedError:
        return StreamTruncatedError(
            host=self._source.host, request_id=self.request_id, events=self._yielded
        )

    def _idle(self, limit_s: float) -> StreamIdleError:
        return StreamIdleError(
            host=self._source.host,
            request_id=self.request_id,
            events=self._yielded,
            idle_timeout_s=limit_s,
        )
