"""Events: each is kept once or refused alone."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aiaas.contract.recommendations.events import (
    CreateEventsRequest,
    ListEventsRequest,
    NewEvent,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.services.recommendations.attribution import RecommendationIds
from aiaas_mock.services.recommendations.events import EventService
from aiaas_mock.storage.recommendations import StoredItem
from aiaas_mock.storage.sql import SqlStore

ANN = {"type": "view", "user": "ann", "item": "d1"}


def sent(*events: dict[str, Any]) -> CreateEventsRequest:
    return CreateEventsRequest(events=tuple(NewEvent(**event) for event in events))


async def test_a_known_id_is_a_duplicate_in_one_request_and_in_the_next(
    events: EventService, context: RequestContext, told: Any
) -> None:
    first = await events.create(sent({**ANN, "id": "e"}, {**ANN, "id": "e"}, ANN), context)
    assert (first.created, first.duplicates) == (2, 1)
    again = await events.create(sent({**ANN, "id": "e", "user": "ben"}), context)
    assert (again.created, again.duplicates) == (0, 1)
    page = await events.list(ListEventsRequest(), context)
    assert [event.user for event in page.data] == ["ann", "ann"]
    heard = [(namespace, [event.id for event in new]) for namespace, new in told.events]
    assert heard == [("ours", ["e", page.data[0].id]), ("ours", [])]


async def test_an_event_without_id_and_time_gets_both(
    events: EventService, context: RequestContext, now: datetime
) -> None:
    await events.create(sent(ANN), context)
    (event,) = (await events.list(ListEventsRequest(), context)).data
    assert event.id.startswith("evt_")
    assert event.time == now


@pytest.mark.parametrize(
    ("ahead", "codes"),
    [
        (timedelta(minutes=5), []),
        (timedelta(minutes=5, milliseconds=1), ["event_in_future"]),
        (timedelta(days=-3000), []),
    ],
)
async def test_an_event_may_be_a_little_ahead_of_the_clock(
    events: EventService,
    context: RequestContext,
    now: datetime,
    ahead: timedelta,
    codes: list[str],
) -> None:
    abroad = timezone(timedelta(hours=9))
    answer = await events.create(sent({**ANN, "time": (now + ahead).astimezone(abroad)}), context)
    assert [error.error.code for error in answer.errors] == codes
    for event in (await events.list(ListEventsRequest(), context)).data:
        assert event.time == now + ahead
        assert event.time.tzinfo == UTC


async def test_times_at_the_ends_of_the_calendar_are_refused_or_kept(
    events: EventService, context: RequestContext
) -> None:
    east, west = timezone(timedelta(hours=14)), timezone(-timedelta(hours=14))
    answer = await events.create(
        sent(
            {**ANN, "time": datetime.min.replace(tzinfo=east)},
            {**ANN, "time": datetime.max.replace(tzinfo=west)},
            {**ANN, "time": datetime.min.replace(tzinfo=UTC)},
        ),
        context,
    )
    assert answer.created == 1
    found = [(error.index, error.error.code, error.error.param) for error in answer.errors]
    assert found == [
        (0, "invalid_request", "/events/0/time"),
        (1, "event_in_future", "/events/1/time"),
    ]


async def test_events_need_an_item_of_their_own_namespace(
    events: EventService, store: SqlStore, context_of: Any, now: datetime
) -> None:
    item = StoredItem(id="a", updated_at=now)
    await store.run(lambda tx: tx.items.upsert("ours", [item]))
    ours = await events.create(sent({**ANN, "item": "a"}, ANN), context_of("ours"))
    assert (ours.created, [error.index for error in ours.errors]) == (1, [1])
    theirs = await events.create(sent({**ANN, "item": "a"}, ANN), context_of("theirs"))
    assert [error.error.param for error in theirs.errors] == ["/events/0/item"]


async def test_an_event_is_credited_to_the_answer_it_names(
    events: EventService, ids: RecommendationIds, context_of: Any, now: datetime
) -> None:
    given = ids.make("ours", model="trained@2", group="b", now=now)
    answer = await events.create(sent({**ANN, "recommendation_id": given}), context_of())
    assert answer.created == 1
    (event,) = (await events.list(ListEventsRequest(), context_of())).data
    assert (event.recommendation_id, event.model, event.group) == (given, "trained@2", "b")
    stolen = await events.create(sent({**ANN, "recommendation_id": given}), context_of("theirs"))
    assert [error.error.code for error in stolen.errors] == ["unknown_recommendation"]


async def test_all_that_is_wrong_is_told_in_the_order_of_the_request(
    events: EventService, context: RequestContext, now: datetime
) -> None:
    answer = await events.create(
        sent(
            {**ANN, "item": "nothing"},
            ANN,
            {**ANN, "time": now + timedelta(days=1)},
            {**ANN, "recommendation_id": "rec_x"},
        ),
        context,
    )
    assert [(error.index, error.error.code) for error in answer.errors] == [
        (0, "item_not_found"),
        (2, "event_in_future"),
        (3, "unknown_recommendation"),
    ]
    assert (context.trace.inputs, context.trace.failed_inputs) == (4, 3)


async def test_events_are_listed_by_user_item_and_type_page_by_page(
    events: EventService, context: RequestContext
) -> None:
    told = [
        {"type": kind, "user": user, "item": item, "id": f"{kind}-{user}-{item}"}
        for kind in ("view", "click")
        for user in ("ann", "ben")
        for item in ("d1", "d2")
    ]
    await events.create(sent(*told), context)
    first = await events.list(ListEventsRequest(user="ann", limit=3), context)
    assert [event.id for event in first.data] == ["click-ann-d2", "click-ann-d1", "view-ann-d2"]
    rest = await events.list(
        ListEventsRequest(user="ann", limit=3, cursor=first.next_cursor), context
    )
    assert [event.id for event in rest.data] == ["view-ann-d1"]
    assert rest.next_cursor is None
    one = await events.list(ListEventsRequest(user="ben", item="d1", type="view"), context)
    assert [event.id for event in one.data] == ["view-ben-d1"]
