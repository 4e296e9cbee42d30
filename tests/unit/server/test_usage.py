"""Usage is written in batches and never lost to a store that fails for a moment."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.gateway.usage import UsageCounter
from aiaas_mock.storage import Transaction, UsageCount
from aiaas_mock.storage.sql import SqlStore

ResultT = TypeVar("ResultT")


class FailingStore(SqlStore):
    """Fails while it is told to."""

    failing = False

    async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
        if self.failing:
            raise OSError("disk full")
        return await super().run(work)


@pytest.fixture
async def store() -> AsyncIterator[FailingStore]:
    store = FailingStore(now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    yield store
    await store.close()


def record(status: int) -> RequestRecord:
    return RequestRecord("req_1", "models.list", namespace="ours", key_id="key_1", status=status)


async def test_counts_are_written_together(store: FailingStore) -> None:
    usage = UsageCounter(store)
    for status in (200, 200, 404, 499, 500):
        usage(record(status))
    await usage.flush()
    await usage.flush()
    assert await store.run(lambda tx: tx.usage.read("ours")) == [
        UsageCount(operation="models.list", requests=2, failed_requests=3)
    ]


async def test_counts_outlive_a_store_that_fails(store: FailingStore) -> None:
    usage = UsageCounter(store)
    usage(record(200))
    store.failing = True
    with pytest.raises(OSError, match="disk full"):
        await usage.flush()
    store.failing = False
    usage(record(200))
    await usage.flush()
    (count,) = await store.run(lambda tx: tx.usage.read("ours"))
    assert count.requests == 2


async def test_a_durable_store_gets_the_counts_by_and_by_even_after_failing(tmp_path: Path) -> None:
    store = FailingStore(f"sqlite:///{tmp_path / 'db'}", now=lambda: datetime.now(UTC))
    usage = UsageCounter(store, flush_s=0.001)
    usage(record(200))
    store.failing = True
    usage.start()
    await anyio.sleep(0.01)
    store.failing = False
    with anyio.fail_after(5):
        while not await store.run(lambda tx: tx.usage.read("ours")):  # noqa: ASYNC110  # a database
            await anyio.sleep(0.001)
    await usage.close()
    await store.close()


async def test_a_store_in_memory_is_not_written_to_before_somebody_asks() -> None:
    store = FailingStore(now=lambda: datetime.now(UTC))
    store.failing = True
    usage = UsageCounter(store)
    usage.start()
    usage(record(200))
    await usage.close()
    await store.close()
