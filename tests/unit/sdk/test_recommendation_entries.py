"""Items, users and events on their way in: chunks, ids, errors at their places."""

from __future__ import annotations

import itertools
import json
import math
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.contract.problems import problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

ITEM = {
    "id": "mug-1",
    "title": "White mug",
    "metadata": {"tags": ("a", "b")},
    "available": True,
    "updated_at": "2026-01-01T00:00:00Z",
}


def sent(request: httpx.Request) -> list[dict[str, Any]]:
    body: dict[str, list[dict[str, Any]]] = json.loads(request.content)
    (entries,) = body.values()
    return entries


def take(request: httpx.Request) -> httpx.Response:
    """Take all entries but those about `bad`, of which some are known already."""
    entries = sent(request)
    errors = [
        {
            "index": index,
            "error": problem(
                "item_not_found", f"There is no item {entry['item']!r}.", param=f"/events/{index}"
            ).model_dump(exclude_none=True),
        }
        for index, entry in enumerate(entries)
        if entry.get("item") == "bad"
    ]
    known = sum(str(entry.get("user", "")).startswith("known") for entry in entries)
    counts = {"created": len(entries) - len(errors) - known, "errors": errors}
    name = "duplicates" if request.url.path.endswith("/events") else "updated"
    return httpx.Response(200, json={**counts, name: known}, headers={"X-Request-Id": "req_1"})


def takes(cloud: Cloud, requests: int = 1) -> None:
    cloud.answers(*itertools.repeat(take, requests))


def views(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {"type": "view", "user": f"u{number}", "item": "mug-1"}


# Many


def test_more_than_a_thousand_travel_in_chunks_and_are_summed_up(cloud: Cloud) -> None:
    takes(cloud, 3)
    done = cloud.run(lambda client: client.recommendations.events.create_many(views(2_500)))
    assert type(done) is aiaas.CreatedEvents
    assert (done.created, done.duplicates, done.failed, done.errors) == (2_500, 0, 0, ())
    sizes = sorted(len(sent(request)) for request in cloud.requests)
    assert sizes == [500, 1_000, 1_000]
    assert done.request_id is None  # there were several
    users = {event["user"] for request in cloud.requests for event in sent(request)}
    assert len(users) == 2_500


def test_nothing_is_sent_for_nothing(cloud: Cloud) -> None:
    assert cloud.run(lambda client: client.recommendations.events.create_many([])).created == 0
    assert cloud.run(lambda client: client.recommendations.items.upsert([])).created == 0
    assert cloud.requests == []


def test_errors_are_counted_over_all_and_stand_at_their_places(cloud: Cloud) -> None:
    events: list[Any] = list(views(1_500))
    events[3] = {**events[3], "value": math.nan}  # refused here
    events[5] = {**events[5], "item": "bad"}  # refused there, 4th of its request
    events[1_400] = {**events[1_400], "item": "bad"}
    events[7] = {**events[7], "user": "known-1"}
    takes(cloud, 2)
    done = cloud.run(lambda client: client.recommendations.events.create_many(events))
    assert (done.created, done.duplicates, done.failed) == (1_496, 1, 3)
    assert [(e.index, e.error.code, e.error.param) for e in done.errors] == [
        (3, "invalid_request", "/events/3/value"),
        (5, "item_not_found", "/events/5"),
        (1_400, "item_not_found", "/events/1400"),
    ]
    assert done.errors[0].error.detail == "value must be a finite number; got nan"


def test_only_some_errors_are_kept_but_all_are_counted(cloud: Cloud) -> None:
    events = [{**event, "item": "bad"} for event in views(1_200)] + [{"type": "view"}] * 5
    takes(cloud, 2)
    done = cloud.run(lambda client: client.recommendations.events.create_many(events, max_errors=2))
    assert (done.created, done.failed, len(done.errors)) == (0, 1_205, 2)
    with pytest.raises(ValueError, match="max_errors must be at least 0"):
        cloud.run(lambda client: client.recommendations.events.create_many(events, max_errors=-1))


@pytest.mark.parametrize("broken", [{"item": "bad"}, {"item": "not an id"}])
def test_the_first_error_is_raised_if_that_is_asked_for(
    cloud: Cloud, broken: dict[str, str]
) -> None:
    events = [*views(3), {**next(views(1)), **broken}]
    takes(cloud)
    with pytest.raises(aiaas.APIStatusError) as info:
        cloud.run(
            lambda client: client.recommendations.events.create_many(events, raise_on_error=True)
        )
    assert str(info.value.param).startswith("/events/3")


def test_a_failed_request_ends_it_all(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("invalid_api_key"))
    with pytest.raises(aiaas.AuthenticationError):
        cloud.run(
            lambda client: client.recommendations.events.create_many(views(5_000), concurrency=1)
        )
    assert len(cloud.requests) == 1


def test_progress_counts_what_is_done_and_what_is_refused(cloud: Cloud) -> None:
    told: list[tuple[int, int | None]] = []
    takes(cloud, 2)
    events = [*views(1_500), {"type": "view"}]
    cloud.run(
        lambda client: client.recommendations.events.create_many(
            events, concurrency=1, progress=lambda done, total: told.append((done, total))
        )
    )
    assert told == [(1_000, 1_501), (1_500, 1_501), (1_501, 1_501)]


def test_a_generator_is_read_only_as_fast_as_it_is_sent(sync_cloud: Cloud) -> None:
    read: list[int] = []

    def watched() -> Iterator[dict[str, str]]:
        for number, event in enumerate(views(6_000)):
            read.append(number)
            yield event

    seen: list[int] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(len(read))
        return take(request)

    sync_cloud.answers(*itertools.repeat(note, 6))
    sync_cloud.run(
        lambda client: client.recommendations.events.create_many(watched(), concurrency=1)
    )
    assert seen[0] <= 2_001  # one is under way, the next is being gathered
    assert len(read) == 6_000


def test_memory_does_not_grow_with_the_number_of_events(sync_cloud: Cloud) -> None:
    def take_all(request: httpx.Request) -> httpx.Response:
        sync_cloud.requests.clear()
        errors = [
            {"index": n, "error": problem("item_not_found", "x" * 100).model_dump()}
            for n in range(500)
        ]
        return httpx.Response(200, json={"created": 500, "duplicates": 0, "errors": errors})

    def peak_kib(events: int) -> float:
        sync_cloud.answers(*itertools.repeat(take_all, events // 1_000))
        tracemalloc.start()
        sync_cloud.run(
            lambda client: client.recommendations.events.create_many(
                views(events), concurrency=1, max_errors=20
            )
        )
        peak = tracemalloc.get_traced_memory()[1] / 1024
        tracemalloc.stop()
        return peak

    peak_kib(2_000)
    assert peak_kib(30_000) < peak_kib(5_000) * 1.2 + 256


# Ids and keys


def test_events_without_an_id_get_one_that_no_repetition_changes(cloud: Cloud) -> None:
    cloud.answers(httpx.ReadError("reset"), cloud.problem("overloaded"), take)
    own = {**next(views(1)), "id": "mine"}
    cloud.run(
        lambda client: client.recommendations.events.create_many(
            [own, *views(1), aiaas.NewEvent(type="view", user="a", item="b")]
        ),
        new_id=lambda: "made",
    )
    bodies = [request.content for request in cloud.requests]
    assert bodies[0] == bodies[1] == bodies[2]
    assert [event["id"] for event in sent(cloud.requests[0])] == ["mine", "made-1", "made-2"]
    assert len({request.headers["idempotency-key"] for request in cloud.requests}) == 1


def test_every_request_has_a_key_of_its_own(cloud: Cloud) -> None:
    takes(cloud, 4)
    cloud.run(lambda client: client.recommendations.events.create_many(views(2_000)))
    cloud.run(
        lambda client: client.recommendations.events.create_many(
            views(2_000), idempotency_key="import-7"
        )
    )
    keys = [request.headers["idempotency-key"] for request in cloud.requests]
    assert len(set(keys)) == 4
    assert sorted(keys[2:]) == ["import-7", "import-7-1000"]


# One


def test_one_event_is_told_by_keywords(cloud: Cloud) -> None:
    takes(cloud)
    done = cloud.run(
        lambda client: client.recommendations.events.create(
            type="purchase",
            user="ada",
            item="mug-1",
            value=4.5,
            time=datetime(2026, 1, 1, tzinfo=UTC),
            recommendation_id="rcm_1",
        ),
        new_id=lambda: "made",
    )
    assert (done.created, done.request_id) == (1, "req_1")
    assert sent(cloud.requests[0]) == [
        {
            "type": "purchase",
            "user": "ada",
            "item": "mug-1",
            "id": "made-0",
            "value": 4.5,
            "time": "2026-01-01T00:00:00Z",
            "recommendation_id": "rcm_1",
        }
    ]


def test_an_event_that_was_made_already_is_told(cloud: Cloud) -> None:
    takes(cloud)
    event = aiaas.NewEvent(type="click", user="known-1", item="mug-1", id="e-1")
    assert cloud.run(lambda client: client.recommendations.events.create(event)).duplicates == 1
    assert sent(cloud.requests[0])[0]["id"] == "e-1"


def test_the_error_of_one_event_is_raised(cloud: Cloud) -> None:
    takes(cloud)
    with pytest.raises(aiaas.NotFoundError, match="There is no item 'bad'"):
        cloud.run(
            lambda client: client.recommendations.events.create(type="view", user="a", item="bad")
        )


NAIVE = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"time": NAIVE}, "time must say its offset from UTC"),
        ({"value": math.nan}, "value must be a finite number; got nan"),
        ({"value": math.inf}, "value must be a finite number"),
        ({"user": None}, "user is required"),
        ({"type": "Click"}, "type must be 1 to 32 small letters"),
        ({"id": "x" * 65}, "id must be 1 to 64 letters, digits"),
    ],
)
def test_an_event_that_cannot_be_is_refused_before_it_is_sent(
    sync_cloud: Cloud, fields: dict[str, Any], message: str
) -> None:
    event: dict[str, Any] = {"type": "click", "user": "a", "item": "b", **fields}
    with pytest.raises(ValueError, match=message):
        sync_cloud.run(lambda client: client.recommendations.events.create(**event))
    assert sync_cloud.requests == []


def test_naive_times_among_many_are_errors_at_their_places(sync_cloud: Cloud) -> None:
    takes(sync_cloud)
    events = [{**event, "time": time} for event, time in zip(
        views(4), (NAIVE, "2026-01-01T00:00:00", "2026-01-01T00:00:00+02:00", "yesterday"),
        strict=True,
    )]  # fmt: skip
    done = sync_cloud.run(lambda client: client.recommendations.events.create_many(events))
    assert [error.index for error in done.errors] == [0, 1, 3]
    assert done.errors[0].error.param == "/events/0/time"
    assert "must say its offset from UTC" in done.errors[1].error.detail
    assert sent(sync_cloud.requests[0])[0]["time"] == "2026-01-01T00:00:00+02:00"


def test_an_event_and_its_fields_are_too_much(cloud: Cloud) -> None:
    event = aiaas.NewEvent(type="click", user="a", item="b")
    with pytest.raises(TypeError, match="not both"):
        cloud.run(lambda client: client.recommendations.events.create(event, user="c"))


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (aiaas.NewEvent(type="click", user="a", item="b"), "takes several events"),
        ({"type": "click"}, "takes several events"),
        ("click", "pass a mapping of its fields, or a list of such mappings; got str"),
        (3, "pass a mapping of its fields, or a list of such mappings; got int"),
        ([("a", "b")], "pass NewEvent or a mapping of its fields; got tuple"),
    ],
)
def test_what_are_no_events_is_refused(cloud: Cloud, events: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        cloud.run(lambda client: client.recommendations.events.create_many(events))
    assert cloud.requests == []


# Items and users


def test_items_of_every_kind_are_added(cloud: Cloud) -> None:
    takes(cloud)
    listed = aiaas.Item.model_validate_json(json.dumps(ITEM))
    done = cloud.run(
        lambda client: client.recommendations.items.upsert(
            [
                listed,
                aiaas.NewItem(id="a", metadata={"price": 4}),
                {"id": "b", "title": "B", "metadata": {"price": "4", "new": True}},
            ]
        )
    )
    assert (type(done), done.created, done.request_id) == (aiaas.UpsertedItems, 3, "req_1")
    again, small, mapped = sent(cloud.requests[0])
    assert again == {name: value for name, value in json.loads(json.dumps(ITEM)).items()
                     if name != "updated_at"}  # fmt: skip
    assert small == {"id": "a", "metadata": {"price": 4}, "available": True}
    assert mapped["metadata"] == {"price": "4", "new": True}


@pytest.mark.parametrize("item", [{"id": "a"}, aiaas.NewItem(id="a")])
def test_an_item_alone_is_added(cloud: Cloud, item: Any) -> None:
    takes(cloud)
    assert cloud.run(lambda client: client.recommendations.items.upsert(item)).created == 1
    assert sent(cloud.requests[0]) == [{"id": "a", "metadata": {}, "available": True}]


def test_the_error_of_an_item_alone_is_raised(cloud: Cloud) -> None:
    with pytest.raises(aiaas.InvalidRequestError, match="id must be 1 to 128 letters, digits"):
        cloud.run(lambda client: client.recommendations.items.upsert({"id": "a b"}))
    error = problem("metadata_too_large", "20,000 bytes.", param="/items/0/metadata")
    errors = [{"index": 0, "error": error.model_dump(exclude_none=True)}]
    cloud.answers(cloud.json({"created": 0, "updated": 0, "errors": errors}))
    with pytest.raises(aiaas.InvalidInputError, match="20,000 bytes"):
        cloud.run(lambda client: client.recommendations.items.upsert({"id": "a"}))


@pytest.mark.parametrize(
    ("metadata", "detail"),
    [
        ({"price": math.nan}, "metadata.price must be true or false, a finite number"),
        ({"price": None}, "metadata.price must be"),
        ({"price": {"a": 1}}, "metadata.price must be"),
        ({"Price": 1}, "metadata.Price must have a name of 1 to 64 small letters"),
    ],
)
def test_metadata_that_cannot_be_are_said_in_words(
    sync_cloud: Cloud, metadata: dict[str, Any], detail: str
) -> None:
    done = sync_cloud.run(
        lambda client: client.recommendations.items.upsert([{"id": "a", "metadata": metadata}])
    )
    (error,) = done.errors
    assert error.error.detail.startswith(detail)
    assert str(error.error.param).lower() == "/items/0/metadata/price"


def test_users_are_told_of(cloud: Cloud) -> None:
    takes(cloud, 2)
    done = cloud.run(
        lambda client: client.recommendations.users.upsert(
            [aiaas.NewUser(id="ada", metadata={"age": 36}), {"id": "bob"}]
        )
    )
    assert (type(done), done.created) == (aiaas.UpsertedUsers, 2)
    assert cloud.run(lambda client: client.recommendations.users.upsert({"id": "c"})).created == 1


def test_an_answer_about_what_was_not_sent_is_not_believed(sync_cloud: Cloud) -> None:
    errors = [{"index": 7, "error": problem("item_not_found", "x").model_dump()}]
    sync_cloud.answers(sync_cloud.json({"created": 0, "duplicates": 0, "errors": errors}))
    with pytest.raises(aiaas.ResponseValidationError, match="index 7 of 1 events"):
        sync_cloud.run(lambda client: client.recommendations.events.create_many(views(1)))
