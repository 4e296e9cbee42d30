"""The contract's convention over server-sent events: what each event of a stream means.

``event: done`` ends a stream, ``event: error`` carries a problem, and a stream that ends in any
other way was cut off. Without that rule a client cannot tell half an answer from a whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from aiaas._core.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ResponseValidationError,
)
from aiaas._core.redaction import redact_headers
from aiaas._core.responses import RawResponse, invalid, parse
from aiaas._core.results import Origin, attach
from aiaas._core.sse import MEDIA_TYPE, Event

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aiaas.contract._operation import Operation

DONE: Final = "done"
ERROR: Final = "error"

EventT = TypeVar("EventT")
ModelT = TypeVar("ModelT", bound="BaseModel")

Reader = Callable[[Event, RawResponse], EventT | None]
"""Turns an event into what the caller gets; None leaves it out."""

FinalT = TypeVar("FinalT")

FinalReader = Callable[[Event, RawResponse], FinalT]
"""Turns the event that ends a stream into the whole answer."""


class StreamTruncatedError(APIConnectionError):
    """A stream of events ended before it said that it was done.

    What came until then was yielded; it is not the whole answer.

    Attributes:
        request_id: Quote it when asking for help.
        events: How many events had been yielded.
    """

    def __init__(self, *, host: str, request_id: str | None, events: int) -> None:
        super().__init__(_so_far("ended without 'done'", events), host=host, phase="read")
        self.request_id = request_id
        self.events = events


class StreamIdleError(APITimeoutError):
    """No event came for as long as the caller allowed.

    Attributes:
        request_id: Quote it when asking for help.
        events: How many events had been yielded.
        idle_timeout_s: How long was waited, in seconds.
    """

    def __init__(
        self, *, host: str, request_id: str | None, events: int, idle_timeout_s: float
    ) -> None:
        reason = _so_far(f"gave no event for {idle_timeout_s:g} s", events)
        super().__init__(reason, host=host, phase="read")
        self.request_id = request_id
        self.events = events
        self.idle_timeout_s = idle_timeout_s


for _kind in (StreamTruncatedError, StreamIdleError):
    _kind.__module__ = "aiaas"  # tracebacks name the place that callers import it from


def typed_reader(
    operation: Operation[Any, Any], types: Mapping[str, type[BaseModel]]
) -> Reader[Any]:
    """Return a reader that validates each event's data as the model of its type.

    Types of events that are not in `types` are left out: a newer deployment may have more.
    """

    def read(event: Event, head: RawResponse) -> BaseModel | None:
        model = types.get(event.type)
        if model is None:
            return None
        return parse(operation, _holding(event, head), model)

    return read


def final_reader(
    operation: Operation[Any, Any], final: type[ModelT]
) -> Callable[[Event, RawResponse], ModelT]:
    """Return a reader that validates the data of ``done``, and notes where it came from."""

    def read(event: Event, head: RawResponse) -> ModelT:
        answer = parse(operation, _holding(event, head), final)
        attach(answer, Origin(head.headers))
        return answer

    return read


@dataclass(frozen=True, slots=True)
class EventCall(Generic[EventT, FinalT]):
    """An operation that can answer event by event, and the SDK's types for it.

    Attributes:
        operation: The row of the operation table; its ``events`` names the types of events.
        events: The model of each type of event but ``done``.
        final: The model of the whole answer, the data of ``done``.
    """

    operation: Operation[Any, Any]
    events: Mapping[str, type[EventT]]
    final: type[FinalT]

    @property
    def read(self) -> Reader[EventT]:
        """What turns an event into what the caller gets."""
        return typed_reader(self.operation, cast("Mapping[str, type[BaseModel]]", self.events))

    @property
    def read_final(self) -> FinalReader[FinalT]:
        """What turns the last event into the whole answer."""
        read = final_reader(self.operation, cast("type[BaseModel]", self.final))
        return cast("FinalReader[FinalT]", read)


def check_media_type(operation: Operation[Any, Any], head: RawResponse) -> None:
    """Refuse an answer that is no stream of events.

    Raises:
        ResponseValidationError: It is something else, for instance a proxy's page.
    """
    media_type = head.content_type.partition(";")[0].strip()
    if media_type != MEDIA_TYPE:
        raise invalid(operation, head, f"no stream of events ({media_type or 'without a type'})")


def failure_in(
    operation: Operation[Any, Any], event: Event, head: RawResponse
) -> APIStatusError | ResponseValidationError:
    """Return the exception for an ``event: error``."""
    # Imported on the first failure, as it brings the whole table of problems.
    from aiaas._core.failures import failure_of
    from aiaas.contract.problems import Problem

    try:
        problem = Problem.model_validate_json(event.data)
    except ValueError:
        return invalid(operation, _holding(event, head), "an error event without a problem")
    headers = redact_headers(head.headers)
    return failure_of(problem, request_id=head.request_id, headers=headers)


def _holding(event: Event, head: RawResponse) -> RawResponse:
    return RawResponse(head.status, head.headers, event.data.encode())


def _so_far(reason: str, events: int) -> str:
    return f"the stream {reason} after {events} event{'' if events == 1 else 's'}"
