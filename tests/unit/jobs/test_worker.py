"""Jobs are run once, told of, and end in one way; the suite of every store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.unit.jobs.conftest import KIND, TIMING, Clock, Does, Serve, forever, nothing

from aiaas.contract.problems import Problem
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.handler import RunningJob
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.storage import Transaction
from aiaas_mock.storage.sql import SqlStore

ResultT = TypeVar("ResultT")


async def test_a_job_is_run_with_its_payload_and_keeps_its_result(
    store: SqlStore, serve: Serve, clock: Clock
) -> None:
    handler = Does(nothing)
    server = serve(store, handler)
    submitted = await server.submit("job_1", depth=3)
    assert (submitted.status, submitted.attempt) == ("queued", 0)
    ended = await server.end("job_1")
    assert (ended.status, ended.progress, ended.attempt) == ("succeeded", 1.0, 1)
    assert json.loads(ended.result or "") == {"payload": {"depth": 3}}
    assert (ended.owner, ended.lease_until, ended.finished_at) == (None, None, clock())
    assert await server.kinds("job_1") == ["queued", "started", "succeeded"]
    (given,) = handler.jobs
    assert (given.id, given.namespace, given.attempt) == ("job_1", "ours", 1)


async def test_the_end_of_a_job_is_logged_without_what_it_was_given(
    store: SqlStore, serve: Serve
) -> None:
    server = serve(store, Does(nothing))
    await server.submit("job_1", secret="sesame")
    await server.end("job_1")
    await server.worker.close()
    (line,) = [line for line in server.log.lines if line["event"] == "job"]
    assert (line["job"], line["kind"], line["status"]) == ("job_1", KIND, "succeeded")
    assert "sesame" not in str(server.log.lines)


async def test_a_folder_to_work_in_is_there_and_gone_afterwards(
    store: SqlStore, serve: Serve
) -> None:
    folders: list[Path] = []

    async def write(job: RunningJob) -> Mapping[str, Any]:
        (job.workdir / "deep").mkdir()
        (job.workdir / "deep" / "file").write_bytes(b"x")
        folders.append(job.workdir)
        raise ApiError("overloaded", "Too much.")

    server = serve(store, Does(write))
    await server.submit("job_1")
    await server.end("job_1")
    assert not folders[0].exists()


async def test_progress_is_noted_and_many_notes_in_a_moment_are_few_events(
    store: SqlStore, serve: Serve
) -> None:
    noted = asyncio.Event()

    async def count(job: RunningJob) -> Mapping[str, Any]:
        for step in range(1, 1001):
            await job.progress(step / 2000, f"step {step}")
            await job.progress(step / 2000, f"step {step}")  # which is nothing new
        await noted.wait()
        await job.progress(0.75, "the end")
        return {}

    server = serve(store, Does(count), timing=Timing(beat_s=10, note_s=0.02))
    await server.submit("job_1")
    half = await server.until("job_1", lambda job: job.progress == 0.5)
    assert (half.message, half.status) == ("step 1000", "running")
    noted.set()
    assert (await server.end("job_1")).message == "the end"
    kinds = await server.kinds("job_1")
    assert 1 <= kinds.count("progress") < 100


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
async def test_progress_that_is_none_is_a_defect(
    store: SqlStore, serve: Serve, fraction: float
) -> None:
    async def overdo(job: RunningJob) -> Mapping[str, Any]:
        await job.progress(fraction, "")
        return {}

    server = serve(store, Does(overdo))
    await server.submit("job_1")
    assert (await server.end("job_1")).status == "failed"
    assert server.log.errors() == ["job"]


async def test_a_refusal_is_the_problem_of_the_job(store: SqlStore, serve: Serve) -> None:
    async def refuse(job: RunningJob) -> Mapping[str, Any]:
        raise ApiError("not_enough_events", "There are 3 events.", param="/types")

    server = serve(store, Does(refuse))
    await server.submit("job_1")
    failed = await server.end("job_1")
    problem = Problem.model_validate_json(failed.error or "")
    assert (failed.status, failed.result) == ("failed", None)
    assert (problem.code, problem.param) == ("not_enough_events", "/types")
    assert problem.detail == "There are 3 events."
    assert (await server.kinds("job_1"))[-1] == "failed"
    assert server.log.errors() == []


async def broken(job: RunningJob) -> Mapping[str, Any]:
    raise KeyError("a secret")


async def no_json(job: RunningJob) -> Mapping[str, Any]:
    return {"result": {1, 2}}


async def no_number(job: RunningJob) -> Mapping[str, Any]:
    return {"result": float("nan")}


async def cancels_itself(job: RunningJob) -> Mapping[str, Any]:
    raise asyncio.CancelledError


@pytest.mark.parametrize("work", [broken, no_json, no_number, cancels_itself])
async def test_a_defect_is_told_to_the_log_alone(store: SqlStore, serve: Serve, work: Any) -> None:
    server = serve(store, Does(work))
    await server.submit("job_1")
    failed = await server.end("job_1")
    assert Problem.model_validate_json(failed.error or "").code == "internal_error"
    assert "secret" not in (failed.error or "")
    assert server.log.errors() == ["job"]


async def test_a_kind_that_nobody_knows_fails(store: SqlStore, serve: Serve) -> None:
    server = serve(store, Does(nothing))
    await server.submit("job_1", kind="tea.make")
    failed = await server.end("job_1")
    assert Problem.model_validate_json(failed.error or "").code == "internal_error"
    assert server.log.errors() == ["job of an unknown kind"]


async def test_two_handlers_of_one_kind_are_refused(store: SqlStore, serve: Serve) -> None:
    with pytest.raises(ValueError, match=r"two handlers .* 'test\.work'"):
        serve(store, Does(nothing), Does(forever))


async def test_the_oldest_job_is_run_first(store: SqlStore, serve: Serve) -> None:
    handler = Does(nothing)
    server = serve(store, handler, start=False)
    ids = [f"job_{number}" for number in range(5)]
    for job_id in ids:
        await server.submit(job_id)
    server.worker.start()
    await server.end(ids[-1])
    assert [job.id for job in handler.jobs] == ids


async def test_only_so_many_run_at_once(store: SqlStore, serve: Serve) -> None:
    running: list[str] = []
    most, three = 0, asyncio.Barrier(3)

    async def count(job: RunningJob) -> Mapping[str, Any]:
        nonlocal most
        running.append(job.id)
        most = max(most, len(running))
        await three.wait()
        running.remove(job.id)
        return {}

    server = serve(store, Does(count), workers=3)
    ids = [f"job_{number}" for number in range(12)]
    for job_id in ids:
        await server.submit(job_id)
    for job_id in ids:
        assert (await server.end(job_id)).status == "succeeded"
    assert most == 3


async def test_two_servers_never_run_one_job(
    shared_stores: tuple[SqlStore, SqlStore], serve: Serve
) -> None:
    handlers = Does(nothing), Does(nothing)
    servers = [
        serve(store, handler, workers=2)
        for store, handler in zip(shared_stores, handlers, strict=True)
    ]
    ids = [f"job_{number}" for number in range(40)]
    for number, job_id in enumerate(ids):
        await servers[number % 2].submit(job_id)
    for job_id in ids:
        assert (await servers[0].end(job_id)).attempt == 1
    run = [job.id for handler in handlers for job in handler.jobs]
    assert sorted(run) == sorted(ids)


async def test_a_job_of_another_server_is_found_without_a_word(
    shared_stores: tuple[SqlStore, SqlStore], serve: Serve
) -> None:
    front = serve(shared_stores[0], start=False)
    serve(shared_stores[1], Does(nothing))
    await front.submit("job_1")
    assert (await front.end("job_1")).status == "succeeded"


async def test_a_store_in_memory_is_not_opened_before_the_first_job(
    clock: Clock, serve: Serve
) -> None:
    class Counted(SqlStore):
        runs = 0

        async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
            Counted.runs += 1
            return await super().run(work)

    store = Counted(now=clock)
    server = serve(store, Does(nothing))
    await asyncio.sleep(0.05)
    assert Counted.runs == 0
    await server.submit("job_1")
    await server.end("job_1")
    await server.worker.close()
    await store.close()


async def test_a_store_that_fails_for_a_moment_costs_nothing_but_time(
    clock: Clock, serve: Serve
) -> None:
    class Failing(SqlStore):
        failing = False

        async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
            if self.failing:
                raise OSError("disk full")
            return await super().run(work)

    store, go = Failing(now=clock), asyncio.Event()

    async def wait(job: RunningJob) -> Mapping[str, Any]:
        await job.progress(0.5, "halfway")
        await go.wait()
        return {}

    handler = Does(wait)
    server = serve(store, handler)
    await server.submit("job_1")
    await handler.began.wait()
    store.failing = True
    await server.errors("job queue", "job beat")
    store.failing = False
    await server.until("job_1", lambda job: job.progress == 0.5)
    store.failing = True
    go.set()
    await server.errors("job not settled")
    store.failing = False
    # Its end could not be written: it is lost when its lease is over, and begins again.
    clock.advance(TIMING.lease_s)
    ended = await server.end("job_1")
    assert (ended.status, ended.attempt) == ("succeeded", 2)
    assert "lost" in await server.kinds("job_1")
    await server.worker.close()
    await store.close()
