"""What happens in the namespace, as it happens."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas_mock.lab.contract.requests import JournalEntry


class EventsRequest(RequestModel):
    """What to tell.

    Attributes:
        limit: End after so many entries; never when omitted.
    """

    limit: Annotated[Integer, Field(ge=1, le=10**6)] | None = None


class EventsOpen(ResponseModel):
    """From here on, nothing is missed.

    Attributes:
        namespace: Where.
        next_number: Number of the next entry of the journal.
    """

    namespace: str
    next_number: int


class EventsPing(ResponseModel):
    """Nothing happened, but the connection stands.

    Attributes:
        at: The time of the namespace.
    """

    at: AwareDatetime


class EventsDone(ResponseModel):
    """The last event.

    Attributes:
        count: How many entries were told.
    """

    count: int


STREAM: Final[Operation[EventsRequest, None]] = Operation(
    name="mock.events",
    method="GET",
    path="/_mock/events",
    summary="Tell entries of the journal as they come, without their bodies, as events.",
    request=EventsRequest,
    response=None,
    media_type="text/event-stream",
    scope=None,
    effect="read",
    events={
        "open": EventsOpen,
        "request": JournalEntry,
        "ping": EventsPing,
        "done": EventsDone,
    },
)

OPERATIONS: Final = (STREAM,)

EXAMPLES: Final[dict[str, Any]] = {}
