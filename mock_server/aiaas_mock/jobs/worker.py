"""The worker of a server: it claims jobs, a few at a time, and looks after the lost and the old."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from aiaas_mock.context import Clock, IdMaker, random_id, utc_now
from aiaas_mock.jobs.attempt import Attempt
from aiaas_mock.jobs.handler import JobHandler, JobLog
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.jobs.recovery import recover
from aiaas_mock.jobs.retention import Retention
from aiaas_mock.jobs.surroundings import Surroundings
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.storage import Store, StoredJob, Transaction

_DEFAULT: Final = Timing()


class JobWorker:
    """Runs the jobs of a store's queue, whoever put them there.

    Args:
        store: Where jobs are.
        queue: The queue of this server.
        handlers: What runs the jobs, one for each kind.
        workers: Most jobs at once.
        retention: Drops those that ended long ago.
        log: Where ends and defects are told.
        timing: How long things take.
        now: Gives the time.
        new_id: Makes the name under which it holds jobs.

    Raises:
        ValueError: Two handlers are for the same kind.
    """

    def __init__(
        self,
        store: Store,
        queue: StoreJobQueue,
        handlers: Iterable[JobHandler],
        *,
        workers: int,
        retention: Retention,
        log: JobLog,
        timing: Timing = _DEFAULT,
        now: Clock = utc_now,
        new_id: IdMaker = random_id,
    ) -> None:
        self._handlers: dict[str, JobHandler] = {}
        for handler in handlers:
            if handler.kind in self._handlers:
                raise ValueError(f"two handlers are for jobs of the kind {handler.kind!r}")
            self._handlers[handler.kind] = handler
        self._around = Surroundings(
            store=store, queue=queue, owner=new_id("worker"), timing=timing, now=now, log=log
        )
        self._workers = workers
        self._retention = retention
        self._attempts: dict[str, tuple[Attempt, asyncio.Task[None]]] = {}
        self._news = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False
        # Where nobody else can have the store, whatever runs there now was left by the dead.
        self._all_are_lost = not store.shared
        queue.attach(self.wake)

    def start(self) -> None:
        """Begin to look for jobs."""
        self._looking = asyncio.create_task(self._look())

    def wake(self, job_id: str) -> None:
        """Look into the queue, and at a job that runs here."""
        if job_id in self._attempts:
            self._attempts[job_id][0].look()
        self._news.set()

    async def close(self) -> None:
        """Put what runs here back in the queue, where the next server finds it."""
        self._stopping = True
        self._news.set()
        if self._looking is not None:
            await self._looking  # not cancelled: a job may be on its way out of the queue
        running = list(self._attempts.values())
        for attempt, _ in running:
            attempt.stop()
        await asyncio.gather(*(task for _, task in running))

    async def _look(self) -> None:
        if not self._around.store.durable:
            await self._news.wait()  # a store in memory is not opened before it is needed
        while not self._stopping:
            self._news.clear()
            try:
                await self._recover()
                await self._claim()
                if await self._retention.sweep(self._around.now()):
                    self._news.set()  # the rest at once, but first look for what is new
            except Exception as error:  # the store fails; it may not the next time
                self._around.log.error("job queue", exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._around.timing.beat_s):
                    await self._news.wait()

    async def _recover(self) -> None:
        around, own, everything = self._around, frozenset(self._attempts), self._all_are_lost
        lost = await around.store.run(
            lambda tx: recover(
                tx,
                now=around.now(),
                most_losses=around.timing.most_losses,
                own=own,
                everything=everything,
            )
        )
        self._all_are_lost = False
        for job in lost:
            around.log.info("job lost", job=job.id, kind=job.kind, attempt=job.attempt)
            around.queue.ring(job.id)

    async def _claim(self) -> None:
        """Begin jobs while there are any, and there is room."""
        while len(self._attempts) < self._workers and not self._stopping:
            job = await self._around.store.run(self._begin)
            if job is None:
                return
            await self._end_older(job.id)
            self._around.queue.ring(job.id)
            attempt = Attempt(job, self._handlers.get(job.kind), self._around)
            task = asyncio.create_task(attempt.run())
            self._attempts[job.id] = (attempt, task)
            task.add_done_callback(lambda _, job_id=job.id: self._ended(job_id))  # type: ignore[misc]

    async def _end_older(self, job_id: str) -> None:
        """End an attempt at a job that has come back meanwhile, as a snapshot brings it back."""
        if job_id in self._attempts:
            attempt, task = self._attempts[job_id]
            attempt.lose()
            await task

    def _begin(self, transaction: Transaction) -> StoredJob | None:
        around, now = self._around, self._around.now()
        until = around.timing.lease_until(now)
        job = transaction.jobs.claim(owner=around.owner, now=now, until=until)
        if job is None:
            return None
        transaction.jobs.add_event(job.id, kind="started", now=now, progress=0.0, message="")
        # How far an attempt got that is no more does not count.
        return transaction.jobs.beat(
            job.id, owner=around.owner, until=until, progress=0.0, message=""
        )

    def _ended(self, job_id: str) -> None:
        del self._attempts[job_id]
        self._news.set()
