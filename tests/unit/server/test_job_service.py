"""The service of jobs: what it shows, to whom, and how a stream of events ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aiaas.contract.jobs import Job, JobEvent, JobEventsRequest, JobRequest, ListJobsRequest
from aiaas.contract.problems import problem
from aiaas_mock.context import Principal, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.services.cursors import encode_cursor
from aiaas_mock.services.events import Events
from aiaas_mock.services.jobs import JobService
from aiaas_mock.storage import StoredJob
from aiaas_mock.storage.sql import SqlStore


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "shared"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'jobs.db'}"
    store = SqlStore(url, now=now)
    yield store
    await store.close()


class Desk:
    """The service, and the queue behind it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.queue = StoreJobQueue()
        self.service = JobService(store, self.queue)

    def context(self, *, namespace: str = "ours", left_s: float = 60) -> RequestContext:
        """Return the context of a request."""
        return RequestContext(
            request_id="req_1",
            namespace=namespace,
            principal=Principal(key_id="key_1", namespace=namespace, scopes=frozenset({"*"})),
            deadline=asyncio.get_running_loop().time() + left_s,
            commit=self.store.run,
            now=now,
        )

    async def submit(self, job_id: str, *, kind: str = "test.work") -> StoredJob:
        """Put a job in the queue."""
        return await self.store.run(
            lambda tx: self.queue.submit(tx, "ours", kind, {}, job_id=job_id, now=now())
        )

    async def finish(self, job_id: str, status: str, *, wake: bool = True, **ended: str) -> None:
        """End a job that waits, as another server might."""

        def finish(tx: Any) -> None:
            tx.jobs.finish(job_id, owner=None, status=status, now=now(), **ended)
            tx.jobs.add_event(job_id, kind=status, now=now(), progress=1.0, message="")

        await self.store.run(finish)
        if wake:
            self.queue.wake(job_id)

    async def stream(self, job_id: str, *, after: int = 0, left_s: float = 60) -> Any:
        """Begin to follow a job."""
        request = JobEventsRequest(job=job_id, after=after, stream=True)
        events = await self.service.events(request, self.context(left_s=left_s))
        assert isinstance(events, Events)
        return events.source


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    return Desk(store)


async def test_jobs_are_listed_newest_first_and_page_by_page(desk: Desk) -> None:
    for number in range(5):
        await desk.submit(f"job_{number}", kind=f"test.{number % 2}")
    await desk.finish("job_4", "cancelled")
    first = await desk.service.list(ListJobsRequest(limit=2), desk.context())
    assert ([job.id for job in first.data], first.has_more) == (["job_4", "job_3"], True)
    rest = await desk.service.list(ListJobsRequest(cursor=first.next_cursor), desk.context())
    assert [job.id for job in rest.data] == ["job_2", "job_1", "job_0"]
    assert (rest.has_more, rest.next_cursor) == (False, None)
    odd = await desk.service.list(ListJobsRequest(kind="test.1"), desk.context())
    assert [job.id for job in odd.data] == ["job_3", "job_1"]
    ended = await desk.service.list(ListJobsRequest(status="cancelled"), desk.context())
    assert [job.id for job in ended.data] == ["job_4"]


@pytest.mark.parametrize("place", ["x", "-1", str(2**63), "²"])
async def test_a_cursor_of_another_kind_is_refused(desk: Desk, place: str) -> None:
    with pytest.raises(ApiError, match="cursor"):
        await desk.service.list(ListJobsRequest(cursor=encode_cursor(place)), desk.context())


async def test_what_came_out_and_what_went_wrong_are_shown(desk: Desk) -> None:
    await desk.submit("job_1")
    await desk.finish("job_1", "succeeded", result='{"model": "trained@1"}')
    shown = await desk.service.retrieve(JobRequest(job="job_1"), desk.context())
    assert (shown.status, shown.result, shown.done) == ("succeeded", {"model": "trained@1"}, True)
    await desk.submit("job_2")
    error = problem("job_lost", "Three times.").model_dump_json()
    await desk.finish("job_2", "failed", error=error)
    failed = await desk.service.retrieve(JobRequest(job="job_2"), desk.context())
    assert failed.error is not None
    assert (failed.error.code, failed.result) == ("job_lost", None)


async def test_jobs_of_another_namespace_are_not_there(desk: Desk) -> None:
    await desk.submit("job_1")
    theirs = desk.context(namespace="theirs")
    assert (await desk.service.list(ListJobsRequest(), theirs)).data == ()
    request = JobRequest(job="job_1")
    for call in (desk.service.retrieve, desk.service.cancel):
        with pytest.raises(ApiError) as caught:
            await call(request, theirs)
        assert (caught.value.code, caught.value.param) == ("job_not_found", "/job")
    for stream in (False, True):
        with pytest.raises(ApiError, match="job_not_found"):
            await desk.service.events(JobEventsRequest(job="job_1", stream=stream), theirs)
    assert not (await desk.service.retrieve(request, desk.context())).cancel_requested


async def test_a_job_is_called_off_once(desk: Desk) -> None:
    await desk.submit("job_1")
    for _ in range(2):
        job = await desk.service.cancel(JobRequest(job="job_1"), desk.context())
        assert (job.status, job.cancel_requested) == ("cancelled", True)
    told = await desk.service.events(JobEventsRequest(job="job_1"), desk.context())
    assert not isinstance(told, Events)
    assert [event.kind for event in told.data] == ["queued", "cancelled"]
    later = await desk.service.events(JobEventsRequest(job="job_1", after=1), desk.context())
    assert not isinstance(later, Events)
    assert [event.number for event in later.data] == [2]


async def test_events_are_told_as_they_happen_and_the_job_at_its_end(desk: Desk) -> None:
    await desk.submit("job_1")
    source = await desk.stream("job_1")
    kind, event = await anext(source)
    assert isinstance(event, JobEvent)
    assert (kind, event.number, event.kind) == ("update", 1, "queued")
    waiting = asyncio.ensure_future(anext(source))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await desk.finish("job_1", "cancelled")
    async with asyncio.timeout(5):
        assert (await waiting)[1].kind == "cancelled"
        kind, job = await anext(source)
    assert isinstance(job, Job)
    assert (kind, job.status) == ("done", "cancelled")
    with pytest.raises(StopAsyncIteration):
        await anext(source)


async def test_the_end_that_another_server_wrote_is_seen_on_a_shared_store(
    desk: Desk, store: SqlStore
) -> None:
    await desk.submit("job_1")
    source = await desk.stream("job_1", after=1)
    await desk.finish("job_1", "cancelled", wake=not store.shared)
    async with asyncio.timeout(5):
        assert (await anext(source))[1].kind == "cancelled"
    await source.aclose()


async def test_a_stream_ends_before_its_deadline_with_the_job_as_it_is(desk: Desk) -> None:
    await desk.submit("job_1")
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + 0.2
    source = await desk.stream("job_1", after=1, left_s=0.2)
    kind, job = await anext(source)
    assert isinstance(job, Job)
    assert (kind, job.status, job.done) == ("done", "queued", False)
    assert loop.time() < ends_at
    with pytest.raises(StopAsyncIteration):
        await anext(source)


async def test_who_knows_all_events_of_a_job_that_has_ended_gets_the_job(desk: Desk) -> None:
    await desk.submit("job_1")
    await desk.finish("job_1", "cancelled")
    told = [kind async for kind, _ in await desk.stream("job_1", after=2)]
    assert told == ["done"]
