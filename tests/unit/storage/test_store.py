"""Transactions, usage, and what only a directory has: a lock, a restart, an upgrade."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiaas_mock.storage import Store, StoreError, Transaction, UsageCount
from aiaas_mock.storage.sql import SqlStore

At = Callable[[float], datetime]


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


async def test_an_exception_undoes_the_whole_transaction(store: Store, at: At) -> None:
    def work(tx: Transaction) -> None:
        tx.usage.add("ours", [UsageCount(operation="a", requests=1)])
        tx.files.begin("ours", "file_1", until=at(60))
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        await store.run(work)
    assert await store.run(lambda tx: tx.usage.read("ours")) == []
    await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))


async def test_usage_adds_up_by_namespace_and_operation(store: Store) -> None:
    count = UsageCount(operation="b", requests=1, failed_requests=2, inputs=3)
    await store.run(lambda tx: tx.usage.add("ours", [count, count]))
    await store.run(lambda tx: tx.usage.add("ours", [UsageCount(operation="a", requests=1)]))
    await store.run(lambda tx: tx.usage.add("theirs", [count]))
    await store.run(lambda tx: tx.usage.add("theirs", []))
    ours = await store.run(lambda tx: tx.usage.read("ours"))
    assert ours == [
        UsageCount(operation="a", requests=1),
        UsageCount(operation="b", requests=2, failed_requests=4, inputs=6),
    ]
    assert await store.run(lambda tx: tx.usage.read("theirs", "b")) == [count]
    assert await store.run(lambda tx: tx.usage.read("theirs", "a")) == []


async def test_usage_is_counted_since_the_store_was_made(store: Store, at: At) -> None:
    assert await store.run(lambda tx: tx.usage.since()) == at(0)


async def test_only_a_directory_is_durable(tmp_path: Path) -> None:
    memory, directory = SqlStore(now=now), SqlStore.in_directory(tmp_path, now=now)
    assert (memory.durable, directory.durable) == (False, True)
    assert (memory.shared, directory.shared) == (False, False)
    await memory.close()
    await directory.close()


async def test_a_directory_keeps_what_is_committed(tmp_path: Path) -> None:
    store = SqlStore.in_directory(tmp_path, now=now)
    await store.run(lambda tx: tx.usage.add("ours", [UsageCount(operation="a", requests=1)]))
    await store.close()
    again = SqlStore.in_directory(tmp_path, now=now)
    assert await again.run(lambda tx: tx.usage.read("ours")) == [
        UsageCount(operation="a", requests=1)
    ]
    await again.close()


async def test_what_was_in_progress_ends_with_the_process(tmp_path: Path, at: At) -> None:
    store = SqlStore.in_directory(tmp_path, now=now)
    await store.run(lambda tx: tx.answers.claim("ours", "k", owner="o", now=at(0), until=at(1000)))
    await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(1000)))
    await store.close()
    again = SqlStore.in_directory(tmp_path, now=now)
    claimed = await again.run(
        lambda tx: tx.answers.claim("ours", "k", owner="p", now=at(1), until=at(1000))
    )
    assert claimed is None
    await again.run(lambda tx: tx.files.sweep("ours", now=at(1)))
    await again.run(lambda tx: tx.files.begin("ours", "file_1", until=at(1000)))
    await again.close()


async def test_a_directory_has_one_server_at_a_time(tmp_path: Path) -> None:
    store = SqlStore.in_directory(tmp_path, now=now)
    with pytest.raises(StoreError, match="in use by another server"):
        SqlStore.in_directory(tmp_path, now=now)
    await store.close()
    await store.close()
    await SqlStore.in_directory(tmp_path, now=now).close()


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(StoreError, match="data directory"):
        SqlStore.in_directory(tmp_path / "file", now=now)


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = SqlStore.in_directory(tmp_path, now=now)
    await store.open()
    await store.close()
    with sqlite3.connect(tmp_path / "aiaas.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.close()
    newer = SqlStore.in_directory(tmp_path, now=now)
    with pytest.raises(StoreError, match="version 0099"):
        await newer.open()
    await newer.close()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aiaas.db").write_bytes(b"this is a text" * 100)
    store = SqlStore.in_directory(tmp_path, now=now)
    with pytest.raises(StoreError, match="cannot be opened"):
        await store.open()
    await store.close()


async def test_a_transaction_goes_on_when_its_caller_is_cancelled_in_the_queue(
    store: Store,
) -> None:
    begun, go = threading.Event(), threading.Event()

    def busy(tx: Transaction) -> None:
        begun.set()
        go.wait(5)

    first = asyncio.create_task(store.run(busy))
    while not begun.is_set():  # noqa: ASYNC110 - it is set by a thread
        await asyncio.sleep(0.001)
    count = UsageCount(operation="a", requests=1)
    second = asyncio.create_task(store.run(lambda tx: tx.usage.add("ours", [count])))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go.set()
    await first
    async with asyncio.timeout(5):
        # Where there are several threads, it is on another.
        while not (found := await store.run(lambda tx: tx.usage.read("ours"))):
            pass
    assert found == [count]
