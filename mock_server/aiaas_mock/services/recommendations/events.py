"""Events: what users did, taken in and listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Final

from aiaas.contract.recommendations.events import (
    CreatedEvents,
    CreateEventsRequest,
    Event,
    EventPage,
    ListEventsRequest,
    NewEvent,
)
from aiaas_mock.context import IdMaker, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.blocks import item_error
from aiaas_mock.services.cursors import cut_page, decode_place
from aiaas_mock.services.recommendations.attribution import Attribution, RecommendationIds
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.items import unknown_item
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import StoredEvent

OnEvents = Callable[[str, Sequence[StoredEvent]], object]
"""Told a namespace and the events that are new in it."""

MOST_AHEAD: Final = timedelta(minutes=5)
"""Clocks differ: the time of an event may be so far ahead of ours."""


class EventService:
    """Answers ``recommendations.events.*``.

    Args:
        store: Where events are kept.
        demo: What namespaces without items show.
        recommendation_ids: Reads the ids that events bring back.
        on_events: Called with the new events when they were committed.
    """

    def __init__(
        self,
        store: Store,
        demo: DemoCatalogue,
        recommendation_ids: RecommendationIds,
        *,
        on_events: OnEvents,
    ) -> None:
        self._store = store
        self._demo = demo
        self._ids = recommendation_ids
        self._on_events = on_events

    async def create(self, request: CreateEventsRequest, context: RequestContext) -> CreatedEvents:
        """Answer ``recommendations.events.create``."""
        namespace = context.namespace
        reader = _Reader(namespace, self._ids, context.now(), context.new_id)
        read = [reader.read(index, event) for index, event in enumerate(request.events)]
        fresh: list[StoredEvent] = []

        def effect(transaction: Transaction) -> CreatedEvents:
            fresh.clear()  # a store may run it again
            wanted = {event.item for event in read if isinstance(event, StoredEvent)}
            known = self._known(transaction, namespace, wanted)
            judged = [_judged(index, event, known) for index, event in enumerate(read)]
            good = [event for event in judged if isinstance(event, StoredEvent)]
            are_new = transaction.events.add(namespace, good)
            fresh.extend(event for event, is_new in zip(good, are_new, strict=True) if is_new)
            return _answer(judged, created=len(fresh))

        answer = await commit_and_tell(context, effect, lambda: self._on_events(namespace, fresh))
        context.trace.inputs, context.trace.failed_inputs = len(read), len(answer.errors)
        return answer

    async def list(self, request: ListEventsRequest, context: RequestContext) -> EventPage:
        """Answer ``recommendations.events.list``."""
        before = None if request.cursor is None else decode_place(request.cursor)
        found = await self._store.run(
            lambda tx: tx.events.list(
                context.namespace,
                user=request.user,
                item=request.item,
                type=request.type,
                before=before,
                limit=request.limit + 1,
            )
        )
        page, next_cursor = cut_page(found, request.limit, itemgetter(0))
        return EventPage(
            data=tuple(_shown(event) for _, event in page),
            has_more=next_cursor is not None,
            next_cursor=next_cursor,
        )

    def _known(
        self, transaction: Transaction, namespace: str, item_ids: set[str]
    ) -> frozenset[str]:
        known = transaction.items.known(namespace, item_ids)
        if not known and self._demo.shown_in(transaction, namespace):
            return frozenset(item_ids & self._demo.items.keys())
        return known


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes of events what is kept of them, or says what is wrong, as far as they tell."""

    namespace: str
    ids: RecommendationIds
    now: datetime
    new_id: IdMaker

    def read(self, index: int, event: NewEvent) -> StoredEvent | ApiError:
        try:
            time = self._time(index, event.time)
            attribution = self._attribution(index, event.recommendation_id)
        except ApiError as error:
            return error
        return StoredEvent(
            id=event.id or self.new_id("evt"),
            type=event.type,
            user=event.user,
            item=event.item,
            value=event.value,
            time=time,
            recommendation_id=event.recommendation_id,
            model=None if attribution is None else attribution.model,
            group=None if attribution is None else attribution.group,
        )

    def _time(self, index: int, time: datetime | None) -> datetime:
        if time is None:
            return self.now
        param = f"/events/{index}/time"
        if time > self.now + MOST_AHEAD:
            ahead_s = round((time - self.now).total_seconds())
            raise ApiError(
                "event_in_future",
                f"The event's time is {ahead_s:,} s ahead of the server's clock; "
                f"{MOST_AHEAD.seconds} s are allowed.",
                param=param,
            )
        try:
            return time.astimezone(UTC)
        except OverflowError:  # the first hours of the year 1, with an offset
            raise ApiError(
                "invalid_request", "The event's time lies before the year 1.", param=param
            ) from None

    def _attribution(self, index: int, recommendation_id: str | None) -> Attribution | None:
        if recommendation_id is None:
            return None
        attribution = self.ids.read(self.namespace, recommendation_id)
        if attribution is None:
            raise ApiError(
                "unknown_recommendation",
                "The recommendation_id was not given here, to this namespace.",
                param=f"/events/{index}/recommendation_id",
            )
        return attribution


def _judged(
    index: int, event: StoredEvent | ApiError, known: frozenset[str]
) -> StoredEvent | ApiError:
    if isinstance(event, StoredEvent) and event.item not in known:
        return unknown_item(event.item, f"/events/{index}/item")
    return event


def _answer(judged: Sequence[StoredEvent | ApiError], *, created: int) -> CreatedEvents:
    errors = tuple(
        item_error(index, event)
        for index, event in enumerate(judged)
        if isinstance(event, ApiError)
    )
    return CreatedEvents(
        created=created, duplicates=len(judged) - len(errors) - created, errors=errors
    )


def _shown(event: StoredEvent) -> Event:
    return Event(
        id=event.id,
        type=event.type,
        user=event.user,
        item=event.item,
        value=event.value,
        time=event.time,
        recommendation_id=event.recommendation_id,
        model=event.model,
        group=event.group,
    )
