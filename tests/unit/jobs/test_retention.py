"""Jobs that ended long ago are dropped, and no others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from tests.unit.jobs.conftest import NAMESPACE, PATIENCE_S, START, Clock, Does, Serve, nothing

from aiaas_mock.jobs.retention import Retention
from aiaas_mock.storage import StoredJob, Transaction
from aiaas_mock.storage.sql import SqlStore

DAY_S = 24 * 3600


async def left(store: SqlStore) -> list[str]:
    found = await store.run(
        lambda tx: tx.jobs.list(NAMESPACE, kind=None, status=None, before=None, limit=1000)
    )
    return [job.id for _, job in found]


async def put(store: SqlStore, number: int, *, after_s: float = 0) -> None:
    ended = StoredJob(
        id="job_0",
        namespace=NAMESPACE,
        kind="test.work",
        payload="{}",
        status="cancelled",
        created_at=START,
        finished_at=START + timedelta(seconds=after_s),
    )

    def add(transaction: Transaction) -> None:
        for one in range(number):
            transaction.jobs.add(replace(ended, id=f"job_{one}"))

    await store.run(add)


async def test_the_worker_drops_a_job_whose_time_is_up(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    server = serve(store, Does(nothing), kept_s=DAY_S)
    await server.submit("job_1")
    await server.end("job_1")
    clock.advance(DAY_S)
    await server.submit("job_2")
    await server.end("job_2")
    assert await left(store) == ["job_2", "job_1"]
    clock.advance(3600)
    async with asyncio.timeout(PATIENCE_S):
        while await left(store) != ["job_2"]:  # noqa: ASYNC110  # it is in the store
            await asyncio.sleep(0.005)
    assert await store.run(lambda tx: tx.jobs.events("job_1", after=0)) == []
    assert server.log.errors() == []


async def test_many_are_dropped_a_hundred_at_a_time(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    await put(store, 201)
    clock.advance(DAY_S)
    retention = Retention(store, kept_s=60, time_in=lambda _: clock())
    assert [await retention.sweep(clock()) for _ in range(3)] == [True, True, False]
    assert await left(store) == []


async def test_the_worker_goes_on_until_all_are_dropped(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    await put(store, 201)
    clock.advance(DAY_S)
    server = serve(store, Does(nothing), kept_s=60)
    server.worker.wake("job_1")
    async with asyncio.timeout(PATIENCE_S):
        while await left(store):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_after_all_were_dropped_it_looks_again_only_when_more_can_be_over(
    store: SqlStore, clock: Clock
) -> None:
    retention = Retention(store, kept_s=60, time_in=lambda _: clock())
    assert await retention.sweep(clock()) is False
    await put(store, 1, after_s=-61)
    clock.advance(59)
    await retention.sweep(clock())
    assert await left(store) == ["job_0"]
    clock.advance(1)
    await retention.sweep(clock())
    assert await left(store) == []


async def test_a_clock_that_was_set_ahead_takes_no_jobs_away(store: SqlStore, clock: Clock) -> None:
    await put(store, 1)
    clock.advance(59)
    ahead = Retention(store, kept_s=60, time_in=lambda _: clock() + timedelta(days=365))
    assert await ahead.sweep(clock()) is False
    assert await left(store) == ["job_0"]


async def test_a_clock_that_stands_still_in_the_past_keeps_what_was_called_off_in_it(
    store: SqlStore, clock: Clock
) -> None:
    past = START - timedelta(days=365)
    await put(store, 1, after_s=-365 * DAY_S)
    still = Retention(store, kept_s=60, time_in=lambda _: past)
    assert await still.sweep(clock()) is False
    assert await left(store) == ["job_0"]
