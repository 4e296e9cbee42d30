"""Events: what users did with items. Recommendations are made from nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import ItemError, Page
from aiaas.contract.recommendations._common import (
    MAX_BATCH,
    READ,
    WRITE,
    Cursor,
    EventType,
    ItemId,
    PageLimit,
    UserId,
)

EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@+=~-]{1,64}$")]
Value = Annotated[float, Field(ge=-1e9, le=1e9)]
RecommendationId = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class NewEvent(RequestModel):
    """Something that a user did with an item.

    Attributes:
        type: What was done: ``view``, ``click``, ``add-to-cart``, ``purchase`` or a word of your
            own. ``click`` and ``purchase`` are what the metrics count as click and conversion.
        user: Who did it. The user need not be known.
        item: With which item of the catalogue.
        id: Your id of the event; a second event with a known id is counted as a duplicate and
            changes nothing. Made by the deployment when omitted.
        value: How much or how well: a rating, a quantity, a price; at most a billion either way,
            so that sums stay numbers.
        time: When, with an offset from UTC; the time of arrival when omitted.
        recommendation_id: The answer that the user saw the item in.
    """

    type: EventType
    user: UserId
    item: ItemId
    id: EventId | None = None
    value: Value | None = None
    time: AwareDatetime | None = None
    recommendation_id: RecommendationId | None = None


class CreateEventsRequest(RequestModel):
    """1 to 1,000 events."""

    events: Annotated[tuple[NewEvent, ...], Field(min_length=1, max_length=MAX_BATCH, strict=False)]


class CreatedEvents(ResponseModel):
    """What became of the events.

    Attributes:
        created: Number of events that are new; they count from now on.
        duplicates: Number of events that were there already, by their ids.
        errors: One entry for every event that was refused; all others were kept.
    """

    object: Literal["recommendation.events.created"] = "recommendation.events.created"
    created: int
    duplicates: int
    errors: tuple[ItemError, ...] = ()


class ListEventsRequest(RequestModel):
    """Which events to list, the last that arrived first.

    Attributes:
        user: Only events of this user.
        item: Only events with this item.
        type: Only events of this type.
        limit: Most events on a page.
        cursor: ``next_cursor`` of the page before.
    """

    user: UserId | None = None
    item: ItemId | None = None
    type: EventType | None = None
    limit: PageLimit = 100
    cursor: Cursor | None = None


class Event(ResponseModel):
    """An event as it is kept.

    Attributes:
        id: Its id.
        type: What was done.
        user: Who did it.
        item: With which item.
        value: How much or how well.
        time: When (RFC 3339, UTC).
        recommendation_id: The answer that the user saw the item in.
        model: The model that made that answer.
        group: The group of the experiment that the user was in then.
    """

    id: str
    object: Literal["recommendation.event"] = "recommendation.event"
    type: str
    user: str
    item: str
    value: float | None = None
    time: datetime
    recommendation_id: str | None = None
    model: str | None = None
    group: str | None = None


class EventPage(Page[Event]):
    """One page of events, the last that arrived first."""


CREATE: Final[Operation[CreateEventsRequest, CreatedEvents]] = Operation(
    name="recommendations.events.create",
    method="POST",
    path="/v1/recommendations/events",
    summary="Tell what users did; the next recommendation knows.",
    request=CreateEventsRequest,
    bodies=("json",),
    response=CreatedEvents,
    scope=WRITE,
    effect="write",
)

LIST: Final[Operation[ListEventsRequest, EventPage]] = Operation(
    name="recommendations.events.list",
    method="GET",
    path="/v1/recommendations/events",
    summary="List events, the last that arrived first.",
    request=ListEventsRequest,
    response=EventPage,
    scope=READ,
    effect="read",
    paginated=True,
)

OPERATIONS: Final = (CREATE, LIST)
