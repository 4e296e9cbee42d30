"""A worker in this process whose handler does what a test says, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiaas_mock.jobs.handler import JobHandler, RunningJob
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.jobs.retention import NamespaceClock, Retention
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.jobs.worker import JobWorker
from aiaas_mock.storage import StoredJob
from aiaas_mock.storage.sql import SqlStore

KIND = "test.work"
NAMESPACE = "ours"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMING = Timing(lease_s=30, beat_s=0.01, note_s=0)
PATIENCE_S = 10

Work = Callable[[RunningJob], Awaitable[Mapping[str, Any]]]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)


class Log:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, "level": "info", **fields})

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, "level": "error", **fields})

    def errors(self) -> list[str]:
        """Return the events of the errors."""
        return [line["event"] for line in self.lines if line["level"] == "error"]


class Does:
    """A handler that does what a test says, and keeps what it was given."""

    def __init__(self, work: Work, kind: str = KIND) -> None:
        self._work = work
        self._kind = kind
        self.jobs: list[RunningJob] = []
        self.began = asyncio.Event()

    @property
    def kind(self) -> str:
        """The kind of its jobs."""
        return self._kind

    async def run(self, job: RunningJob) -> Mapping[str, Any]:
        """Do it."""
        self.jobs.append(job)
        self.began.set()
        return await self._work(job)


async def nothing(job: RunningJob) -> Mapping[str, Any]:
    """Have a result at once."""
    return {"payload": dict(job.payload)}


async def forever(job: RunningJob) -> Mapping[str, Any]:
    """Never end by itself."""
    await asyncio.sleep(3600)
    raise AssertionError


class Server:
    """What a server has of jobs: a store, a queue, and a worker."""

    def __init__(
        self,
        store: SqlStore,
        clock: Clock,
        handlers: tuple[JobHandler, ...],
        *,
        workers: int,
        timing: Timing,
        kept_s: float = 3600,
        time_in: NamespaceClock | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.log = Log()
        self.queue = StoreJobQueue()
        self.worker = JobWorker(
            store,
            self.queue,
            handlers,
            workers=workers,
            retention=Retention(store, kept_s=kept_s, time_in=time_in or (lambda _: clock())),
            log=self.log,
            timing=timing,
            now=clock,
        )

    async def submit(
        self, job_id: str, *, kind: str = KIND, namespace: str = NAMESPACE, **payload: Any
    ) -> StoredJob:
        """Put a job in the queue as a request does."""
        job = await self.store.run(
            lambda tx: self.queue.submit(
                tx, namespace, kind, payload, job_id=job_id, now=self.clock()
            )
        )
        self.queue.wake(job_id)
        return job

    async def cancel(self, job_id: str, *, wake: bool = True) -> StoredJob | None:
        """Call a job off as a request does."""
        job = await self.store.run(
            lambda tx: self.queue.cancel(tx, NAMESPACE, job_id, now=self.clock())
        )
        if wake:
            self.queue.wake(job_id)
        return job

    async def get(self, job_id: str) -> StoredJob:
        """Return a job."""
        job = await self.store.run(lambda tx: tx.jobs.get(NAMESPACE, job_id))
        assert job is not None
        return job

    async def kinds(self, job_id: str) -> list[str]:
        """Return the kinds of what happened to a job."""
        events = await self.store.run(lambda tx: tx.jobs.events(job_id, after=0))
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        return [event.kind for event in events]

    async def until(self, job_id: str, wanted: Callable[[StoredJob], bool]) -> StoredJob:
        """Wait until a job is as wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(job := await self.get(job_id)):  # noqa: ASYNC110  # it is in the store
                await asyncio.sleep(0.005)
        return job

    async def errors(self, *events: str) -> None:
        """Wait until errors were logged."""
        async with asyncio.timeout(PATIENCE_S):
            while not set(events) <= set(self.log.errors()):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def end(self, job_id: str) -> StoredJob:
        """Wait until a job has ended."""
        return await self.until(job_id, lambda job: job.finished_at is not None)

    async def claim_as(self, owner: str) -> StoredJob:
        """Begin a job as a server does that dies then."""
        until = self.clock() + timedelta(seconds=30)
        job = await self.store.run(
            lambda tx: tx.jobs.claim(owner=owner, now=self.clock(), until=until)
        )
        assert job is not None
        return job


Serve = Callable[..., Server]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "directory", "shared"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> AsyncIterator[SqlStore]:
    """A store of each kind; a shared one may be opened by other servers too."""
    made = {
        "memory": lambda: SqlStore(now=clock),
        "directory": lambda: SqlStore.in_directory(tmp_path, now=clock),
        "shared": lambda: SqlStore(f"sqlite:///{tmp_path / 'jobs.db'}", now=clock),
    }
    store = made[request.param]()
    yield store
    await store.close()


@pytest.fixture
async def shared_stores(tmp_path: Path, clock: Clock) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    """Two servers' connections to one database."""
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    stores = SqlStore(url, now=clock), SqlStore(url, now=clock)
    for store in stores:
        await store.open()  # one makes the tables before the other looks for them
    yield stores
    for store in stores:
        await store.close()


@pytest.fixture
async def serve(clock: Clock) -> AsyncIterator[Serve]:
    """Make servers; their workers are stopped after the test."""
    async with AsyncExitStack() as stack:

        def make(
            store: SqlStore,
            *handlers: JobHandler,
            workers: int = 1,
            timing: Timing = TIMING,
            start: bool = True,
            **retention: Any,
        ) -> Server:
            server = Server(store, clock, handlers, workers=workers, timing=timing, **retention)
            stack.push_async_callback(server.worker.close)
            if start:
                server.worker.start()
            return server

        yield make
