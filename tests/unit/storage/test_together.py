"""Transactions that wait for the one thread of SQLite: committed at once, undone one by one."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.unit.storage.conftest import START

from aiaas_mock.storage import StoredEvent, Transaction
from aiaas_mock.storage.sql import SqlStore
from aiaas_mock.storage.sql.together import Failed, Together


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore.in_directory(tmp_path, now=lambda: START)
    yield store
    await store.close()


def keeps(event_id: str) -> Callable[[Transaction], Sequence[bool]]:
    event = StoredEvent(id=event_id, type="view", user="ann", item="a", time=START)
    return lambda tx: tx.events.add("ours", [event])


def kept(tx: Transaction) -> list[str]:
    found = tx.events.list("ours", user=None, item=None, type=None, before=None, limit=1000)
    return [event.id for _, event in reversed(found)]


async def together(store: SqlStore, *works: Callable[[Transaction], Any]) -> list[Any]:
    """Have works wait for the thread, so that it takes them at once."""
    release = threading.Event()
    first = asyncio.create_task(store.run(lambda tx: release.wait(10)))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(store.run(work)) for work in works]
    await asyncio.sleep(0)
    release.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_works_that_wait_are_all_kept_and_each_gets_its_own_answer(store: SqlStore) -> None:
    ids = [f"e{number}" for number in range(200)]
    answers = await together(store, *map(keeps, ids), keeps("e0"))
    assert answers == [*([[True]] * 200), [False]]
    assert await store.run(kept) == ids


async def test_work_that_raises_is_undone_alone(store: SqlStore) -> None:
    def fails(tx: Transaction) -> None:
        keeps("half")(tx)
        raise KeyError("no such thing")

    first, wrong, last = await together(store, keeps("a"), fails, keeps("b"))
    assert (first, last) == ([True], [True])
    assert isinstance(wrong, KeyError)
    assert await store.run(kept) == ["a", "b"]


async def test_when_the_database_undoes_the_whole_nobody_is_told_it_was_kept(
    store: SqlStore,
) -> None:
    def undoes(tx: Any) -> None:
        tx.events._connection.exec_driver_sql("ROLLBACK")  # as SQLite does when the disk is full

    answers = await together(store, keeps("a"), undoes, keeps("b"))
    assert [type(answer) for answer in answers] == [OperationalError] * 3
    assert await store.run(kept) == []
    assert await store.run(keeps("c")) == [True]


async def test_what_one_did_is_seen_by_the_next(store: SqlStore) -> None:
    assert await together(store, keeps("a"), kept) == [[True], ["a"]]


async def test_a_caller_that_no_longer_waits_stops_neither_its_work_nor_that_of_others(
    store: SqlStore,
) -> None:
    release = threading.Event()
    first = asyncio.create_task(store.run(lambda tx: release.wait(10)))
    await asyncio.sleep(0)
    gone = asyncio.create_task(store.run(keeps("a")))
    stays = asyncio.create_task(store.run(keeps("b")))
    await asyncio.sleep(0)
    gone.cancel()
    release.set()
    await first
    assert await stays == [True]
    assert gone.cancelled()
    assert await store.run(kept) == ["a", "b"]


async def test_a_closed_store_refuses_everybody(store: SqlStore) -> None:
    await store.run(keeps("a"))
    await store.close()
    answers = await asyncio.gather(
        *[store.run(keeps(event_id)) for event_id in ("b", "c")], return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [RuntimeError] * 2


def test_no_more_are_run_at_once_than_the_first_can_wait_for() -> None:
    sizes: list[int] = []

    def run(works: Sequence[Any]) -> Sequence[object]:
        sizes.append(len(works))
        return works

    line = Together(run)
    added = [line.add(lambda tx: None) for _ in range(101)]
    assert [is_first for _, is_first in added] == [True, *([False] * 100)]
    added[7][0].cancel()
    line.settle()
    assert sizes == [64, 36]
    assert all(done.done() for done, _ in added)
    assert line.add(lambda tx: None)[1]  # nothing waits any longer


def test_everybody_hears_of_a_store_that_cannot_be_opened() -> None:
    def run(works: Sequence[Any]) -> Sequence[object]:
        raise SystemExit("the thread is over")

    line = Together(run)
    waiting = [line.add(lambda tx: None)[0] for _ in range(2)]
    line.settle()
    assert [str(one.exception()) for one in waiting] == ["the thread is over"] * 2


def test_an_outcome_that_failed_is_raised_where_it_is_awaited() -> None:
    line = Together(lambda works: [Failed(KeyError("a"))])
    waiting: Future[None] = line.add(lambda tx: None)[0]
    line.settle()
    with pytest.raises(KeyError):
        waiting.result()
