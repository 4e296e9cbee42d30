"""Two servers on one PostgreSQL database, and what becomes of lost connections."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from aiaas_mock.storage import (
    Store,
    StoredEvent,
    StoredItem,
    StoredJob,
    StoreError,
    Transaction,
    UsageCount,
)
from aiaas_mock.storage.sql import SqlStore

At = Callable[[float], datetime]
Pair = tuple[SqlStore, SqlStore]

ONE = UsageCount(operation="a", requests=1)


@pytest.fixture
async def stores(postgres_tables: str, at: At) -> AsyncIterator[Pair]:
    """Two stores of one database."""
    async with opened(postgres_tables, at) as first, opened(postgres_tables, at) as second:
        yield first, second


@asynccontextmanager
async def opened(url: str, at: At) -> AsyncIterator[SqlStore]:
    store = SqlStore(url, now=lambda: at(0))
    try:
        yield store
    finally:
        await store.close()


async def on_both(stores: Pair, work: Callable[[Transaction, int], Any], times: int) -> list[Any]:
    """Do something `times` times, now on this store and now on that."""
    return await asyncio.gather(
        *(stores[n % 2].run(lambda tx, n=n: work(tx, n)) for n in range(times))  # type: ignore[misc]
    )


def sever(url: str) -> None:
    """Break all connections to a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_a_database_by_url_is_durable_and_shared(stores: Pair) -> None:
    assert (stores[0].durable, stores[0].shared) == (True, True)


async def test_two_that_open_an_empty_database_at_once_make_it_once(
    postgres_url: str, at: At
) -> None:
    async with AsyncExitStack() as stack:
        many = [await stack.enter_async_context(opened(postgres_url, at)) for _ in range(3)]
        await asyncio.gather(*(store.open() for store in many))
        assert await many[0].run(lambda tx: tx.usage.since()) == at(0)


async def test_a_second_server_leaves_what_the_first_has_in_progress(
    postgres_tables: str, at: At
) -> None:
    async with opened(postgres_tables, at) as first, opened(postgres_tables, at) as second:
        await first.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
        await second.run(lambda tx: tx.files.sweep("ours", now=at(1)))
        await first.run(lambda tx: tx.files.append("ours", "file_1", 0, b"abc"))


async def test_every_job_is_begun_by_one(stores: Pair, at: At) -> None:
    for number in range(20):
        job = StoredJob(id=f"job_{number}", namespace="n", kind="k", payload="", created_at=at(0))
        await stores[0].run(lambda tx, job=job: tx.jobs.add(job))  # type: ignore[misc]
    claimed = await on_both(
        stores, lambda tx, n: tx.jobs.claim(owner=f"w{n}", now=at(0), until=at(9)), 25
    )
    begun = [job.id for job in claimed if job is not None]
    assert sorted(begun) == sorted(f"job_{number}" for number in range(20))


async def test_what_happened_is_numbered_without_gaps(stores: Pair, at: At) -> None:
    job = StoredJob(id="job_1", namespace="n", kind="k", payload="", created_at=at(0))
    await stores[0].run(lambda tx: tx.jobs.add(job))
    await on_both(
        stores,
        lambda tx, n: tx.jobs.add_event("job_1", kind="k", now=at(n), progress=0, message=""),
        20,
    )
    events = await stores[1].run(lambda tx: tx.jobs.events("job_1", after=0))
    assert [event.number for event in events] == list(range(1, 21))


async def test_revisions_are_each_given_once(stores: Pair, at: At) -> None:
    def put(tx: Transaction, n: int) -> int:
        batch = [StoredItem(id=f"i{(n + k) % 7}", updated_at=at(n)) for k in (3, 1, 2)]
        new = tx.items.upsert("ours", batch)
        tx.items.declare("ours", {"b": "text", "a": "number"})
        return new

    new = await on_both(stores, put, 20)
    assert sum(new) == 7
    assert await stores[0].run(lambda tx: tx.items.revision("ours")) == 60
    changes = await stores[1].run(lambda tx: list(tx.items.changes("ours", since=0)))
    assert len(changes) == 7


async def test_an_item_is_deleted_by_one(stores: Pair, at: At) -> None:
    item = StoredItem(id="mug", updated_at=at(0))
    for _ in range(5):
        await stores[0].run(lambda tx: tx.items.upsert("ours", [item]))
        deleted = await on_both(stores, lambda tx, n: tx.items.delete("ours", "mug"), 8)
        assert sum(deleted) == 1


async def test_an_event_that_two_servers_get_is_new_to_one(stores: Pair, at: At) -> None:
    def add(tx: Transaction, n: int) -> Any:
        batch = [
            StoredEvent(id=f"e{(n // 2) * 3 + k}", type="t", user="u", item="i", time=at(0))
            for k in range(6)
        ]
        return tx.events.add("ours", batch if n % 2 else batch[::-1])

    added = await on_both(stores, add, 20)
    assert sum(map(sum, added)) == await stores[0].run(lambda tx: tx.events.count("ours")) == 33


async def test_whoever_follows_the_places_passes_no_event_by(stores: Pair, at: At) -> None:
    written = asyncio.create_task(
        on_both(
            stores,
            lambda tx, n: tx.events.add(
                "ours", [StoredEvent(id=f"e{n}", type="t", user="u", item="i", time=at(0))]
            ),
            200,
        )
    )
    place, seen = 0, list[str]()
    while True:
        complete = written.done()
        batch = await stores[1].run(
            lambda tx, after=place: tx.events.batches("ours", types=None, after=after, limit=50)  # type: ignore[misc]
        )
        if complete and not batch:
            break
        place = batch[-1][0] if batch else place
        seen += [event.id for _, event in batch]
    assert sorted(seen) == sorted(f"e{n}" for n in range(200))


async def test_counts_of_both_add_up(stores: Pair) -> None:
    await on_both(stores, lambda tx, n: tx.usage.add("ours", [ONE]), 30)
    [count] = await stores[0].run(lambda tx: tx.usage.read("ours"))
    assert count.requests == 30


async def test_one_of_many_gets_an_idempotency_key(stores: Pair, at: At) -> None:
    claimed = await on_both(
        stores,
        lambda tx, n: tx.answers.claim("ours", "k", owner=f"o{n}", now=at(0), until=at(9)),
        10,
    )
    assert sum(claim is None for claim in claimed) == 1


async def test_of_two_that_block_each_other_both_come_through(stores: Pair) -> None:
    both = threading.Barrier(2)
    runs = []

    def add(tx: Transaction, first: str, second: str) -> None:
        runs.append(first)
        tx.usage.add("ours", [UsageCount(operation=first, requests=1)])
        if len(runs) <= 2:
            both.wait(5)
        tx.usage.add("ours", [UsageCount(operation=second, requests=1)])

    await asyncio.gather(
        stores[0].run(lambda tx: add(tx, "a", "b")), stores[1].run(lambda tx: add(tx, "b", "a"))
    )
    counts = await stores[0].run(lambda tx: tx.usage.read("ours"))
    assert [count.requests for count in counts] == [2, 2]
    assert len(runs) == 3  # one was undone, and run again


async def test_a_connection_that_broke_is_made_anew(postgres_tables: str, at: At) -> None:
    async with opened(postgres_tables, at) as store:
        await store.run(lambda tx: tx.usage.add("ours", [ONE]))
        sever(postgres_tables)
        await store.run(lambda tx: tx.usage.add("ours", [ONE]))
        [count] = await store.run(lambda tx: tx.usage.read("ours"))
    assert count.requests == 2


async def test_work_is_run_again_when_its_connection_breaks_half_way(
    postgres_tables: str, at: At
) -> None:
    runs = []

    def work(tx: Transaction) -> None:
        tx.usage.add("ours", [ONE])
        runs.append(1)
        if len(runs) == 1:
            sever(postgres_tables)
        tx.usage.add("ours", [ONE])

    async with opened(postgres_tables, at) as store:
        await store.run(work)
        [count] = await store.run(lambda tx: tx.usage.read("ours"))
    assert (len(runs), count.requests) == (2, 2)


async def test_work_whose_commit_may_have_been_heard_is_not_run_again(
    postgres_tables: str, at: At
) -> None:
    runs = []

    def work(tx: Transaction) -> None:
        runs.append(1)
        tx.usage.add("ours", [ONE])
        sever(postgres_tables)

    async with opened(postgres_tables, at) as store:
        with pytest.raises(DBAPIError):
            await store.run(work)
    assert len(runs) == 1


async def test_a_database_that_keeps_breaking_is_given_up(postgres_tables: str, at: At) -> None:
    runs = []

    def work(tx: Transaction) -> None:
        runs.append(1)
        sever(postgres_tables)
        tx.usage.add("ours", [ONE])

    async with opened(postgres_tables, at) as store:
        with pytest.raises(DBAPIError):
            await store.run(work)
    assert len(runs) == 5


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:s3cret@127.0.0.1:1/x", "cannot be opened.*refused"),
        ("postgresql://u:s3cret@host:port/x", "cannot be read; write it like"),
        ("postgresql://u:s3cret@127.0.0.1/x?nonsense=1", "cannot be opened.*nonsense"),
    ],
)
async def test_why_a_database_cannot_be_reached_is_told_without_the_password(
    url: str, told: str, at: At
) -> None:
    async with opened(url, at) as store:
        with pytest.raises(StoreError, match=told) as raised:
            await store.open()
    assert "s3cret" not in str(raised.value)


async def test_a_missing_driver_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, at: At
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    async with opened("postgresql://host/name", at) as store:
        with pytest.raises(StoreError, match=r"pip install 'aiaas\[server,postgres\]'"):
            await store.open()


async def test_an_error_names_no_values(store: Store, at: At) -> None:
    job = StoredJob(id="job_1", namespace="n", kind="k", payload="very private", created_at=at(0))
    await store.run(lambda tx: tx.jobs.add(job))
    with pytest.raises(DBAPIError) as raised:
        await store.run(lambda tx: tx.jobs.add(job))
    assert "very private" not in str(raised.value)
