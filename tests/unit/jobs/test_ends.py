"""How jobs end that nobody lets finish: called off, lost, or put back as the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from tests.unit.jobs.conftest import TIMING, Clock, Does, Serve, forever, nothing

from aiaas.contract.problems import Problem
from aiaas_mock.jobs.handler import RunningJob
from aiaas_mock.jobs.recovery import recover
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.storage.sql import SqlStore

SLOW = Timing(beat_s=60, note_s=0)

# Called off


async def test_a_job_that_waits_is_called_off_at_once(store: SqlStore, serve: Serve) -> None:
    handler = Does(forever)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    await server.submit("job_2")
    cancelled = await server.cancel("job_2")
    assert cancelled is not None
    assert (cancelled.status, cancelled.cancel_requested) == ("cancelled", True)
    assert cancelled.finished_at is not None
    assert await server.kinds("job_2") == ["queued", "cancelled"]
    assert [job.id for job in handler.jobs] == ["job_1"]


async def test_a_job_under_way_is_called_off_by_its_own_server_at_once(
    store: SqlStore, serve: Serve
) -> None:
    handler = Does(forever)
    server = serve(store, handler, timing=SLOW)
    await server.submit("job_1")
    await handler.began.wait()
    asked = await server.cancel("job_1")
    assert asked is not None
    assert (asked.status, asked.cancel_requested) == ("running", True)
    ended = await server.end("job_1")
    assert (ended.status, ended.error, ended.result) == ("cancelled", None, None)
    assert handler.jobs[0].cancelled.is_set()
    assert await server.kinds("job_1") == ["queued", "started", "cancelling", "cancelled"]


async def test_a_job_of_another_server_is_called_off_within_a_beat(
    store: SqlStore, serve: Serve
) -> None:
    handler = Does(forever)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    await server.cancel("job_1", wake=False)
    assert (await server.end("job_1")).status == "cancelled"


async def test_asking_twice_is_told_once_and_a_job_that_has_ended_stays(
    store: SqlStore, serve: Serve
) -> None:
    go = asyncio.Event()

    async def stubborn(job: RunningJob) -> Mapping[str, Any]:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await go.wait()
            raise
        return {}

    handler = Does(stubborn)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    for _ in range(3):
        await server.cancel("job_1")
    go.set()
    before = await server.end("job_1")
    assert await server.cancel("job_1") == before
    assert await server.kinds("job_1") == ["queued", "started", "cancelling", "cancelled"]
    assert await server.cancel("job_2") is None


async def test_a_job_that_succeeds_in_the_very_moment_has_succeeded(
    store: SqlStore, serve: Serve
) -> None:
    async def finish(job: RunningJob) -> Mapping[str, Any]:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        return {"whole": True}

    handler = Does(finish)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    await server.cancel("job_1")
    assert (await server.end("job_1")).status == "succeeded"


async def test_a_job_that_was_called_off_while_it_changed_hands_does_not_run(
    store: SqlStore, serve: Serve
) -> None:
    handler = Does(nothing)
    server = serve(store, handler, start=False)
    await server.submit("job_1")
    # Between the look at its status and the claim of another server.
    await store.run(lambda tx: tx.jobs.request_cancel("ours", "job_1"))
    server.worker.start()
    server.queue.wake("job_1")
    assert (await server.end("job_1")).status == "cancelled"
    assert handler.jobs == []


# Lost


async def test_a_job_whose_server_died_begins_again_when_its_lease_is_over(
    shared_stores: tuple[SqlStore, SqlStore], serve: Serve, clock: Clock
) -> None:
    handler = Does(nothing)
    server = serve(shared_stores[0], handler)
    await serve(shared_stores[1], start=False).submit("job_0")
    await server.end("job_0")
    await server.worker.close()
    again = serve(shared_stores[1], handler, start=False)
    await again.submit("job_1")
    await again.claim_as("worker_dead")
    again.worker.start()
    clock.advance(TIMING.lease_s - 1)
    await asyncio.sleep(0.05)
    assert (await again.get("job_1")).owner == "worker_dead"
    clock.advance(1)
    ended = await again.end("job_1")
    assert (ended.status, ended.attempt) == ("succeeded", 2)
    assert await again.kinds("job_1") == ["queued", "lost", "started", "succeeded"]
    assert [line["job"] for line in again.log.lines if line["event"] == "job lost"] == ["job_1"]


async def test_on_a_store_of_its_own_a_server_takes_over_at_its_start(
    clock: Clock, serve: Serve, tmp_path: Any
) -> None:
    store = SqlStore.in_directory(tmp_path, now=clock)
    server = serve(store, Does(nothing), start=False)
    await server.submit("job_1")
    await server.claim_as("worker_dead")
    server.worker.start()
    assert (await server.end("job_1")).attempt == 2
    await server.worker.close()
    await store.close()


async def test_signs_of_life_keep_a_job_with_its_server(
    shared_stores: tuple[SqlStore, SqlStore], serve: Serve, clock: Clock
) -> None:
    handler, other = Does(forever), Does(forever)
    server = serve(shared_stores[0], handler)
    await server.submit("job_1")
    await handler.began.wait()
    serve(shared_stores[1], other)
    for _ in range(5):
        clock.advance(TIMING.lease_s - 5)
        until = TIMING.lease_until(clock())
        await server.until("job_1", lambda job, until=until: job.lease_until == until)  # type: ignore[misc]
    assert other.jobs == []
    assert (await server.get("job_1")).attempt == 1


async def test_a_job_that_loses_its_server_three_times_has_failed(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    handler = Does(nothing)
    for attempt in (1, 2, 3):
        server = serve(store, handler, start=False)
        if attempt == 1:
            await server.submit("job_1")
        claimed = await server.claim_as(f"worker_dead_{attempt}")
        assert claimed.attempt == attempt
        clock.advance(TIMING.lease_s)
        if attempt < 3:
            lost = await store.run(lambda tx: recover(tx, now=clock(), most_losses=3))
            assert [job.id for job in lost] == ["job_1"]
    server.worker.start()
    server.queue.wake("job_1")
    failed = await server.end("job_1")
    assert (failed.status, failed.attempt) == ("failed", 3)
    problem = Problem.model_validate_json(failed.error or "")
    assert (problem.code, problem.status) == ("job_lost", 500)
    assert "3 times" in problem.detail
    assert (await server.kinds("job_1"))[-2:] == ["lost", "failed"]
    assert handler.jobs == []


async def test_a_lost_job_that_was_called_off_does_not_begin_again(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    handler = Does(nothing)
    server = serve(store, handler, start=False)
    await server.submit("job_1")
    await server.claim_as("worker_dead")
    asked = await server.cancel("job_1")
    assert asked is not None
    assert asked.status == "running"
    clock.advance(TIMING.lease_s)
    server.worker.start()
    server.queue.wake("job_1")
    assert (await server.end("job_1")).status == "cancelled"
    assert handler.jobs == []
    assert (await server.kinds("job_1"))[-2:] == ["lost", "cancelled"]


async def test_a_server_whose_job_was_given_to_another_lets_go_of_it(
    shared_stores: tuple[SqlStore, SqlStore], serve: Serve
) -> None:
    handler = Does(forever)
    server = serve(shared_stores[0], handler)
    await server.submit("job_1")
    await handler.began.wait()
    other = serve(shared_stores[1], start=False)

    def take(tx: Any) -> bool:
        job = tx.jobs.get("ours", "job_1")
        return bool(tx.jobs.requeue(job)) and bool(
            tx.jobs.claim(owner="worker_other", now=job.created_at, until=job.lease_until)
        )

    assert await other.store.run(take)
    async with asyncio.timeout(5):
        await handler.jobs[0].cancelled.wait()
    await server.worker.close()
    found = await server.get("job_1")
    assert (found.status, found.owner) == ("running", "worker_other")
    assert await server.kinds("job_1") == ["queued", "started"]


async def test_a_server_that_is_late_with_its_beats_does_not_take_its_own_job(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    handler = Does(forever)
    server = serve(store, handler, timing=Timing(beat_s=0.02, note_s=60))
    await server.submit("job_1")
    await handler.began.wait()
    await handler.jobs[0].progress(0.5, "now it is quiet for a minute")
    await server.until("job_1", lambda job: job.progress == 0.5)
    clock.advance(TIMING.lease_s + 1)
    await asyncio.sleep(0.05)
    assert "lost" not in await server.kinds("job_1")


# Put back


async def test_a_server_that_stops_puts_its_job_back(store: SqlStore, serve: Serve) -> None:
    handler = Does(forever)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    await server.worker.close()
    waiting = await server.get("job_1")
    assert (waiting.status, waiting.owner, waiting.lease_until) == ("queued", None, None)
    assert handler.jobs[0].cancelled.is_set()
    assert not handler.jobs[0].workdir.exists()
    assert await server.kinds("job_1") == ["queued", "started", "queued"]


async def test_no_number_of_stops_makes_a_job_fail(store: SqlStore, serve: Serve) -> None:
    for attempt in range(5):
        handler = Does(forever)
        server = serve(store, handler)
        if attempt == 0:
            await server.submit("job_1")
        server.queue.wake("job_1")
        await handler.began.wait()
        await handler.jobs[0].progress(0.9, "nearly")
        await server.worker.close()
    server = serve(store, Does(nothing))
    server.queue.wake("job_1")
    ended = await server.end("job_1")
    assert (ended.status, ended.attempt, ended.message) == ("succeeded", 6, "")
    assert "lost" not in await server.kinds("job_1")


async def test_a_job_that_was_called_off_is_not_put_back(store: SqlStore, serve: Serve) -> None:
    handler = Does(forever)
    server = serve(store, handler, timing=SLOW)
    await server.submit("job_1")
    await handler.began.wait()
    await server.cancel("job_1", wake=False)  # its worker has not heard of it yet
    await server.worker.close()
    assert (await server.get("job_1")).status == "cancelled"


async def test_a_job_that_another_server_has_meanwhile_is_not_put_back(
    store: SqlStore, serve: Serve
) -> None:
    handler = Does(forever)
    server = serve(store, handler, timing=SLOW)
    await server.submit("job_1")
    await handler.began.wait()
    await store.run(lambda tx: tx.jobs.requeue(_known(tx)))
    await server.claim_as("worker_other")
    await server.worker.close()
    assert (await server.get("job_1")).owner == "worker_other"


def _known(tx: Any) -> Any:
    return tx.jobs.get("ours", "job_1")


async def test_an_end_that_comes_too_late_is_not_written(store: SqlStore, serve: Serve) -> None:
    go = asyncio.Event()

    async def wait(job: RunningJob) -> Mapping[str, Any]:
        await go.wait()
        return {}

    handler = Does(wait)
    server = serve(store, handler, timing=SLOW)
    await server.submit("job_1")
    await handler.began.wait()
    await store.run(lambda tx: tx.jobs.requeue(_known(tx)))
    await server.claim_as("worker_other")
    go.set()
    await server.worker.close()
    found = await server.get("job_1")
    assert (found.status, found.owner, found.result) == ("running", "worker_other", None)


async def test_a_job_that_comes_out_of_the_queue_as_the_server_stops_goes_back(
    store: SqlStore, serve: Serve
) -> None:
    handler = Does(forever)
    server = serve(store, handler)
    await server.submit("job_1")
    server.queue.wake("job_1")
    await asyncio.sleep(0)
    await server.worker.close()
    assert (await server.get("job_1")).status == "queued"


@pytest.mark.parametrize("times", [1, 2])
async def test_a_worker_that_never_began_can_be_closed(
    store: SqlStore, serve: Serve, times: int
) -> None:
    server = serve(store, start=False)
    for _ in range(times):
        await server.worker.close()
