"""What every store does with events."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiaas_mock.storage import Act, Outcome, Store, StoredEvent

At = Callable[[float], datetime]

EVENT = StoredEvent(
    id="evt_1",
    type="purchase",
    user="ann",
    item="mug",
    value=2.5,
    time=datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC),
    recommendation_id="rec_1",
    model="ease@1",
    group="a",
)


def event(number: int, user: str = "ann", item: str = "mug", **changes: Any) -> StoredEvent:
    """Return a view that happened `number` seconds after the first."""
    return StoredEvent(
        **{
            "id": f"evt_{number}",
            "type": "view",
            "user": user,
            "item": item,
            "time": EVENT.time + timedelta(seconds=number),
            **changes,
        }
    )


async def add(store: Store, *events: StoredEvent, namespace: str = "ours") -> Sequence[bool]:
    return await store.run(lambda tx: tx.events.add(namespace, events))


async def listed(store: Store, *, namespace: str = "ours", **wanted: Any) -> list[str]:
    asked = {"user": None, "item": None, "type": None, "before": None, "limit": 10, **wanted}
    found = await store.run(lambda tx: tx.events.list(namespace, **asked))
    return [event.id for _, event in found]


async def counted(store: Store, *, namespace: str = "ours", **wanted: Any) -> dict[str, int]:
    asked = {"since": None, "until": None, "type": None, **wanted}
    return dict(await store.run(lambda tx: tx.events.users_by_item(namespace, **asked)))


async def test_events_are_found_as_they_were(store: Store) -> None:
    await add(store, EVENT, event(2))
    found = await store.run(lambda tx: tx.events.batches("ours", types=None, after=0, limit=10))
    assert [stored for _, stored in found] == [EVENT, event(2)]


async def test_an_id_that_is_there_already_is_told_and_changes_nothing(store: Store) -> None:
    assert await add(store, event(1), event(2)) == [True, True]
    assert await add(store, event(3), event(2, "bob"), event(4), event(4)) == [
        True,
        False,
        True,
        False,
    ]
    assert await listed(store, user="bob") == []
    assert await store.run(lambda tx: tx.events.count("ours")) == 4
    assert await add(store) == []


async def test_ten_thousand_events_are_told_one_by_one(store: Store) -> None:
    await add(store, *(event(number) for number in range(0, 2500, 2)))
    added = await add(store, *(event(number) for number in range(2500)))
    assert added == [number % 2 == 1 for number in range(2500)]


async def test_events_are_each_namespaces_own(store: Store) -> None:
    await add(store, EVENT)
    assert await add(store, EVENT, namespace="theirs") == [True]
    await store.run(lambda tx: tx.events.erase_user("theirs", "ann"))
    assert await listed(store, namespace="theirs") == []
    assert await listed(store) == ["evt_1"]
    assert await counted(store, namespace="theirs") == {}
    events = await store.run(lambda tx: tx.events.outcomes("theirs", since=None))
    assert events == []
    assert await store.run(lambda tx: tx.events.last_place("theirs")) == 0
    assert await store.run(lambda tx: tx.events.of_user("theirs", "ann", limit=9)) == []
    assert await store.run(lambda tx: tx.events.users_of("theirs", ["mug"], limit=9)) == []


async def test_events_are_listed_by_their_arrival_newest_first(store: Store) -> None:
    await add(store, event(3), event(1, "bob"), event(2, item="cup", type="click"))
    await add(store, event(0))
    assert await listed(store) == ["evt_0", "evt_2", "evt_1", "evt_3"]
    assert await listed(store, user="ann") == ["evt_0", "evt_2", "evt_3"]
    assert await listed(store, user="ann", item="mug") == ["evt_0", "evt_3"]
    assert await listed(store, type="click") == ["evt_2"]
    page = await store.run(
        lambda tx: tx.events.list("ours", user=None, item=None, type=None, before=None, limit=2)
    )
    assert await listed(store, before=page[-1][0]) == ["evt_1", "evt_3"]


async def test_batches_go_on_after_a_place_and_end_at_the_last(store: Store) -> None:
    await add(
        store, *(event(number, type="view" if number % 2 else "click") for number in range(6))
    )
    place, seen = 0, list[str]()
    while batch := await store.run(
        lambda tx, after=place: tx.events.batches("ours", types=["view"], after=after, limit=2)  # type: ignore[misc]
    ):
        place = batch[-1][0]
        seen += [stored.id for _, stored in batch]
    assert seen == ["evt_1", "evt_3", "evt_5"]
    assert place == await store.run(lambda tx: tx.events.last_place("ours"))


async def test_a_place_is_never_given_twice(store: Store) -> None:
    await add(store, event(1), event(2))
    last = await store.run(lambda tx: tx.events.last_place("ours"))
    await store.run(lambda tx: tx.events.erase_user("ours", "ann"))
    await add(store, event(3))
    assert await store.run(lambda tx: tx.events.last_place("ours")) > last


async def test_acts_of_a_user_are_newest_first_by_their_time(store: Store) -> None:
    await add(
        store, event(1), event(3, item="cup", value=2.0), event(2, item="pot"), event(9, "bob")
    )
    acts = await store.run(lambda tx: tx.events.of_user("ours", "ann", limit=2))
    assert acts == [
        Act(item="cup", type="view", value=2.0, time=event(3).time),
        Act(item="pot", type="view", value=None, time=event(2).time),
    ]


async def test_a_user_counts_once_per_item(store: Store) -> None:
    await add(store, *(event(number) for number in range(50)))
    await add(store, event(100, "bob"), event(101, "bob", "cup", type="click"))
    assert await counted(store) == {"mug": 2, "cup": 1}
    assert await counted(store, type="click") == {"cup": 1}


async def test_a_window_begins_with_its_first_moment_and_ends_before_its_last(
    store: Store,
) -> None:
    await add(store, event(0, "ann"), event(10, "bob"), event(20, "cid"))
    assert await counted(store, since=event(10).time) == {"mug": 2}
    assert await counted(store, until=event(10).time) == {"mug": 1}
    assert await counted(store, since=event(10).time, until=event(20).time) == {"mug": 1}


async def test_pairs_of_user_and_item_are_different_and_newest_first(store: Store) -> None:
    await add(
        store, event(1), event(2, "bob"), event(3), event(4, item="cup"), event(5, item="pot")
    )
    pairs = await store.run(lambda tx: tx.events.users_of("ours", ["mug", "cup"], limit=10))
    assert pairs == [("ann", "cup"), ("ann", "mug"), ("bob", "mug")]
    first = await store.run(lambda tx: tx.events.users_of("ours", ["mug", "cup"], limit=1))
    assert first == [("ann", "cup")]
    assert await store.run(lambda tx: tx.events.users_of("ours", [], limit=1)) == []


async def test_an_erased_user_has_no_events(store: Store) -> None:
    await add(store, event(1), event(2), event(3, "bob"))
    assert await store.run(lambda tx: tx.events.erase_user("ours", "ann")) == 2
    assert await store.run(lambda tx: tx.events.erase_user("ours", "ann")) == 0
    assert await listed(store) == ["evt_3"]


async def test_outcomes_count_answers_once_and_add_values(store: Store) -> None:
    click = {"type": "click", "model": "ease@1"}
    await add(
        store,
        EVENT,
        replace(EVENT, id="evt_2", value=1.0),
        replace(EVENT, id="evt_3", value=None, recommendation_id="rec_2"),
        event(4, recommendation_id="rec_3", **click),
        event(5, recommendation_id="rec_3", **click),
        event(6, **click),
        event(7),
    )
    found = await store.run(lambda tx: tx.events.outcomes("ours", since=None))
    bought = Outcome(model="ease@1", group="a", type="purchase", answers=2, value=3.5)
    clicked = Outcome(model="ease@1", group=None, type="click", answers=1, value=0.0)
    assert found == [clicked, bought]
    recent = await store.run(lambda tx: tx.events.outcomes("ours", since=event(1).time))
    assert recent == [clicked]
