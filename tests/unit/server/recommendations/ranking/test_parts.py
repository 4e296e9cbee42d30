"""The parts that have states of their own: what is in memory, and what is counted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from tests.unit.server.recommendations.ranking.conftest import START, Shop, item

from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.histories import history
from aiaas_mock.services.recommendations.popularity import ALL_TIME, Popularity, Window
from aiaas_mock.services.recommendations.profiles import Profiles
from aiaas_mock.services.recommendations.served import ServedCounter
from aiaas_mock.services.recommendations.views import NamespaceViews
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import (
    Act,
    CatalogueChange,
    StoredEvent,
)
from aiaas_mock.storage.sql import SqlStore

ResultT = TypeVar("ResultT")


def event(number: int, user: str, item_id: str) -> StoredEvent:
    time = START + timedelta(seconds=number)
    return StoredEvent(id=f"e{number}", type="view", user=user, item=item_id, time=time)


@pytest.fixture
async def store() -> AsyncIterator[SqlStore]:
    store = SqlStore(now=lambda: START)
    yield store
    await store.close()


class Watched:
    """A store that counts its transactions, and may be one that others use too."""

    def __init__(self, store: Store, *, shared: bool = False, durable: bool = False) -> None:
        self._store = store
        self.shared = shared
        self.durable = durable
        self.untouched = False
        self.runs = 0
        self.fails = False
        self.ran = asyncio.Event()
        self.before: Callable[[], None] = lambda: None

    async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
        self.runs += 1
        self.ran.set()
        if self.fails:
            raise OSError("the disk is full")
        found = await self._store.run(work)
        self.before()
        return found

    async def close(self) -> None:
        await self._store.close()


def test_a_position_belongs_to_one_item_for_ever() -> None:
    view = CatalogueView.of([item("a"), item("b")], {})
    view.apply(CatalogueChange(item_id="a", item=None))
    view.remove("a")
    view.remove("never-there")
    assert (view.find("a"), view.find("b"), view.live, len(view)) == (None, 1, 1, 2)
    assert view.places(["a", "b", "c"]).tolist() == [0, 1, -1]
    view.apply(CatalogueChange(item_id="a", item=item("a", available=False)))
    assert view.find("a") == 0
    assert view.available.tolist() == [False, True]
    assert view.present.tolist() == [True, True]


def test_a_catalogue_grows_and_tells_what_changed() -> None:
    view = CatalogueView.of([item(f"i{number}") for number in range(100)], {})
    before = view.last_change
    view.put(item("i70", title="NEW"))
    view.put(item("late"))
    assert view.changed_since(before).tolist() == [70, 100]


def test_a_vector_of_another_length_is_none() -> None:
    view = CatalogueView.of(
        [item("a", vector=b"\0\0\x80?" * 2), item("b", vector=b"\0\0\x80?")], {}
    )
    assert view.vectors.tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_an_item_counts_once_by_the_strongest_deed_and_the_time_of_the_last() -> None:
    acts = [
        Act(item="a", type="view", value=None, time=START + timedelta(hours=2)),
        Act(item="b", type="stare", value=None, time=START + timedelta(hours=1)),
        Act(item="a", type="purchase", value=None, time=START),
        Act(item="a", type="click", value=None, time=START),
    ]
    first, second = history(acts)
    assert (first.item, first.type, first.strength) == ("a", "purchase", 1.0)
    assert first.time == START + timedelta(hours=2)
    assert (second.item, second.strength) == ("b", 0.6)


async def test_a_user_who_was_here_needs_no_store(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.call("for_user", user="ann")
    await shop.store.close()
    assert await shop.ids("for_user", user="ann") == ["a", "b"]


async def test_what_others_did_is_seen_half_a_second_later(store: SqlStore) -> None:
    time = 0.0
    watched = Watched(store, shared=True)
    profiles = Profiles(watched, clock=lambda: time, most=1)
    view = CatalogueView.of([item("a")], {})
    assert len((await profiles.of("ours", "ann", view)).past) == 0
    await store.run(lambda tx: tx.events.add("ours", [event(1, "ann", "a")]))
    time = 0.4
    assert len((await profiles.of("ours", "ann", view)).past) == 0
    time = 0.6
    assert len((await profiles.of("ours", "ann", view)).past) == 1
    await profiles.of("ours", "bob", view)  # and ann is forgotten, as one is remembered
    runs = watched.runs
    await profiles.of("ours", "ann", view)
    assert watched.runs == runs + 1


async def test_an_event_that_comes_while_a_user_is_read_is_not_missed(store: SqlStore) -> None:
    watched = Watched(store)
    profiles = Profiles(watched, clock=lambda: 0.0)
    view = CatalogueView.of([item("a")], {})
    await store.run(lambda tx: tx.events.add("ours", [event(1, "ann", "a")]))
    watched.before = lambda: profiles.forget("ours", ["ann"])
    await profiles.of("ours", "ann", view)
    assert watched.runs == 3  # it gives up to remember, and answers with what it read last
    watched.before = lambda: None
    assert len((await profiles.of("ours", "ann", view)).past) == 1
    assert watched.runs == 4


async def test_counting_that_takes_long_is_not_done_for_each_event(store: SqlStore) -> None:
    time = 0.0
    watched = Watched(store)
    popularity = Popularity(watched, "ours", clock=lambda: time)
    view = CatalogueView.of([item("a")], {})

    def takes_a_second() -> None:
        nonlocal time
        time += 1.0

    watched.before = takes_a_second
    popularity.touch()  # nobody asked yet
    assert (await popularity.all_time(view, fresh=True)).users.tolist() == [0]
    many = [event(number, "ann", "a") for number in range(10_001)]
    await store.run(lambda tx: tx.events.add("ours", many))
    time += 25.0
    popularity.touch()
    popularity.touch()
    await popularity.settle()
    assert (await popularity.all_time(view, fresh=False)).users.tolist() == [1]
    await store.run(lambda tx: tx.events.add("ours", [event(10_001, "bob", "a")]))
    assert (await popularity.within(ALL_TIME, view, now=START)).tolist() == [1]
    popularity.touch()
    await popularity.close()
    runs = watched.runs
    time += 25.0
    assert (await popularity.within(ALL_TIME, view, now=START)).tolist() == [2]
    assert watched.runs == runs + 1


async def test_few_events_are_counted_at_once_even_on_a_machine_that_is_busy(
    store: SqlStore,
) -> None:
    time = 0.0
    watched = Watched(store)
    popularity = Popularity(watched, "ours", clock=lambda: time)
    view = CatalogueView.of([item("a")], {})

    def takes_a_second() -> None:
        nonlocal time
        time += 1.0

    watched.before = takes_a_second
    assert (await popularity.within(ALL_TIME, view, now=START)).tolist() == [0]
    await store.run(lambda tx: tx.events.add("ours", [event(1, "ann", "a")]))
    popularity.touch()
    assert (await popularity.within(ALL_TIME, view, now=START)).tolist() == [1]
    await popularity.close()


async def test_a_count_that_fails_is_tried_again_with_the_next_event(store: SqlStore) -> None:
    watched = Watched(store)
    popularity = Popularity(watched, "ours", clock=lambda: 0.0)
    view = CatalogueView.of([item("a")], {})
    await popularity.all_time(view, fresh=True)
    await store.run(lambda tx: tx.events.add("ours", [event(1, "ann", "a")]))
    watched.fails = True
    popularity.touch()
    await popularity.settle()
    watched.fails = False
    popularity.touch()
    await popularity.settle()
    assert (await popularity.all_time(view, fresh=False)).users.tolist() == [1]


async def test_only_some_windows_are_remembered(store: SqlStore) -> None:
    watched = Watched(store)
    popularity = Popularity(watched, "ours", clock=lambda: 0.0)
    view = CatalogueView.of([item("a")], {})
    for length in range(1, 70):
        await popularity.within(Window(window_s=length), view, now=START)
    runs = watched.runs
    await popularity.within(Window(window_s=69), view, now=START)
    assert watched.runs == runs
    await popularity.within(Window(window_s=1), view, now=START)
    assert watched.runs == runs + 1


async def test_items_that_came_after_a_count_have_no_users(store: SqlStore) -> None:
    popularity = Popularity(Watched(store), "ours", clock=lambda: 0.0)
    view = CatalogueView.of([item("a")], {})
    await popularity.all_time(view, fresh=False)
    view.put(item("b"))
    assert (await popularity.all_time(view, fresh=False)).users.tolist() == [0, 0]


async def test_answers_are_counted_and_written_in_the_background(store: SqlStore) -> None:
    watched = Watched(store, durable=True)
    counter = ServedCounter(watched, flush_s=0.001)
    counter.start()
    watched.fails = True
    counter.count("ours", "m@1", None, now=START)
    for _ in range(2):  # it is tried again
        watched.ran.clear()
        await watched.ran.wait()
    with pytest.raises(OSError, match="full"):
        await counter.flush()
    watched.fails = False
    counter.count("ours", "m@1", "a", now=START)
    await counter.close()
    served = await store.run(lambda tx: tx.recommenders.served("ours", since_day=None))
    assert [(count.model, count.group, count.answers) for count in served] == [
        ("m@1", None, 1),
        ("m@1", "a", 1),
    ]


async def test_namespaces_unused_for_longest_are_forgotten(store: SqlStore, shop: Shop) -> None:
    watched = Watched(store)
    views = NamespaceViews(
        watched,
        DemoCatalogue.none(),
        shop.recommending._titles,
        Profiles(watched, clock=lambda: 0.0),
        clock=lambda: 0.0,
        most=1,
    )
    await views.of(shop.context("a"))
    await views.of(shop.context("b"))
    runs = watched.runs
    await asyncio.gather(*[views.of(shop.context("a")) for _ in range(3)])
    assert watched.runs == runs + 1
    await views.close()


async def test_it_is_told_when_a_catalogue_came_to_stay_in_memory(
    store: SqlStore, shop: Shop, demo_shop: Shop
) -> None:
    told: list[None] = []
    views = NamespaceViews(
        store,
        DemoCatalogue.none(),
        shop.recommending._titles,
        Profiles(store, clock=lambda: 0.0),
        clock=lambda: 0.0,
        on_catalogue=lambda: told.append(None),
    )
    await views.of(shop.context())
    assert not told  # there is nothing yet
    await store.run(lambda tx: tx.items.upsert("ours", [item("a")]))
    views.on_items("ours")
    await views.of(shop.context())
    await views.of(shop.context())
    assert len(told) == 1
    await store.run(lambda tx: tx.items.upsert("ours", [item("b")]))
    views.on_items("ours")
    await views.of(shop.context())
    assert len(told) == 1  # one item more is no other catalogue
    demo = NamespaceViews(
        store,
        demo_shop.recommending._demo,
        demo_shop.recommending._titles,
        Profiles(store, clock=lambda: 0.0),
        clock=lambda: 0.0,
        on_catalogue=lambda: told.append(None),
    )
    await demo.of(shop.context("empty"))
    await demo.of(shop.context("empty-too"))
    assert len(told) == 2


async def test_a_view_that_cannot_be_read_is_not_kept(store: SqlStore, shop: Shop) -> None:
    watched = Watched(store)
    views = NamespaceViews(
        watched,
        DemoCatalogue.none(),
        shop.recommending._titles,
        Profiles(watched, clock=lambda: 0.0),
        clock=lambda: 0.0,
    )
    watched.fails = True
    with pytest.raises(OSError, match="full"):
        await views.of(shop.context())
    watched.fails = False
    assert len((await views.of(shop.context())).catalogue) == 0


async def test_a_catalogue_that_others_change_is_read_again(store: SqlStore, shop: Shop) -> None:
    time = 0.0
    watched = Watched(store, shared=True)
    views = NamespaceViews(
        watched,
        DemoCatalogue.none(),
        shop.recommending._titles,
        Profiles(watched, clock=lambda: time),
        clock=lambda: time,
    )
    many = [item(f"i{number}") for number in range(1200)]
    await store.run(lambda tx: tx.items.upsert("ours", many[:1]))
    first = await views.of(shop.context())
    await store.run(lambda tx: tx.items.upsert("ours", many))
    await store.run(lambda tx: tx.events.add("ours", [event(1, "ann", "i0")]))
    assert len((await views.of(shop.context())).catalogue) == 1
    time = 0.6
    second = await views.of(shop.context())
    assert (len(second.catalogue), second.last_event > first.last_event) == (1200, True)
    assert second.catalogue is first.catalogue
