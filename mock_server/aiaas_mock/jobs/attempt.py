"""One attempt at a job: the handler runs, signs of life go out, and the end is written down."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.handler import JobHandler, RunningJob
from aiaas_mock.jobs.surroundings import Surroundings
from aiaas_mock.storage import StoredJob, Transaction


@dataclass(frozen=True, slots=True)
class _End:
    """How an attempt ended."""

    status: str
    result: str | None = None
    error: str | None = None


class Attempt:
    """Runs a job that was claimed.

    Args:
        job: The job.
        handler: What runs it; None when this server has none of its kind.
        around: What all attempts share.
    """

    def __init__(self, job: StoredJob, handler: JobHandler | None, around: Surroundings) -> None:
        self._job = job
        self._handler = handler
        self._around = around
        self._progress = 0.0
        self._message = ""
        self._is_noted = True
        self._news = asyncio.Event()
        self._cancelled = asyncio.Event()
        self._work: asyncio.Task[Mapping[str, Any]] | None = None
        self._stopping = False
        self._lost = False

    def look(self) -> None:
        """Look at the job: somebody changed it."""
        self._news.set()

    def stop(self) -> None:
        """Put the job back in the queue, as the server stops."""
        self._stopping = True
        self._call_off()

    def lose(self) -> None:
        """Leave the job to another attempt."""
        self._lost = True
        self._call_off()

    async def run(self) -> None:
        """Run the job to its end, or until it is not ours any more."""
        try:
            await self._settle(await self._outcome())
        except Exception as error:  # the lease will end, and the job begin again
            self._around.log.error("job not settled", job=self._job.id, exc_info=error)

    async def _outcome(self) -> _End | None:
        """Return how the job ended; None when it goes on elsewhere or later."""
        if self._handler is None:
            self._around.log.error("job of an unknown kind", job=self._job.id, kind=self._job.kind)
            return _failed(ApiError("internal_error", "This server cannot do such jobs."))
        if self._job.cancel_requested:
            return _End("cancelled")
        folder = Path(await asyncio.to_thread(mkdtemp, prefix="aiaas-job-"))
        try:
            work = self._work = asyncio.create_task(self._handler.run(self._running(folder)))
            if self._stopping or self._lost:
                self._call_off()
            keeper = asyncio.create_task(self._keep())
            await asyncio.wait([work])
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        return self._end_of(work)

    def _running(self, folder: Path) -> RunningJob:
        job = self._job
        return RunningJob(
            id=job.id,
            namespace=job.namespace,
            payload=json.loads(job.payload),
            attempt=job.attempt,
            workdir=folder,
            cancelled=self._cancelled,
            progress=self._note,
        )

    async def _note(self, fraction: float, message: str = "") -> None:
        if not 0 <= fraction <= 1:
            raise ValueError(f"progress is from 0 to 1; got {fraction}")
        if (fraction, message) != (self._progress, self._message):
            self._progress, self._message, self._is_noted = fraction, message, False
            self._news.set()
        await asyncio.sleep(0)  # a handler that only ever notes must not hold up the loop

    async def _keep(self) -> None:
        """Give signs of life, and act on what others want of the job."""
        timing = self._around.timing
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(timing.beat_s):
                    await self._news.wait()
            self._news.clear()
            try:
                job = await self._beat()
            except Exception as error:  # one beat may be missed: the lease is longer
                self._around.log.error("job beat", job=self._job.id, exc_info=error)
                self._is_noted = False
                await asyncio.sleep(timing.beat_s)
                continue
            if job is None:
                self._lost = True
                self._call_off()
                return
            self._job = job
            self._around.queue.ring(job.id)
            if job.cancel_requested and not self._cancelled.is_set():
                self._call_off()
            await asyncio.sleep(timing.note_s)

    async def _beat(self) -> StoredJob | None:
        around, progress, message = self._around, self._progress, self._message
        is_noted, self._is_noted = self._is_noted, True

        def beat(transaction: Transaction) -> StoredJob | None:
            now = around.now()
            job = transaction.jobs.beat(
                self._job.id,
                owner=around.owner,
                until=around.timing.lease_until(now),
                progress=progress,
                message=message,
            )
            if job is not None and not is_noted:
                transaction.jobs.add_event(
                    job.id, kind="progress", now=now, progress=progress, message=message
                )
            return job

        return await around.store.run(beat)

    def _call_off(self) -> None:
        self._cancelled.set()
        if self._work is not None:
            self._work.cancel()

    def _end_of(self, work: asyncio.Task[Mapping[str, Any]]) -> _End | None:
        error = None if work.cancelled() else work.exception()
        if not work.cancelled() and error is None:
            try:
                return _End("succeeded", result=json.dumps(work.result(), allow_nan=False))
            except (TypeError, ValueError) as defect:
                error = defect
        if self._lost:
            return None
        if self._job.cancel_requested:
            return _End("cancelled")
        if self._stopping:
            return None
        if isinstance(error, ApiError):
            return _failed(error)
        self._around.log.error("job", job=self._job.id, kind=self._job.kind, exc_info=error)
        return _failed(ApiError("internal_error", "The server failed to do this job."))

    async def _settle(self, end: _End | None) -> None:
        """Write the end down, or put the job back."""
        if self._lost:
            return
        work = self._put_back if end is None else lambda tx: self._finish(tx, end)
        await self._around.store.run(work)
        self._around.queue.ring(self._job.id)
        self._around.log.info(
            "job",
            job=self._job.id,
            kind=self._job.kind,
            namespace=self._job.namespace,
            status="queued" if end is None else end.status,
            attempt=self._job.attempt,
        )

    def _put_back(self, transaction: Transaction) -> None:
        # Read again: a beat that was under way when it was stopped has changed the lease.
        job = transaction.jobs.get(self._job.namespace, self._job.id)
        if job is None or job.owner != self._around.owner:
            return
        if job.cancel_requested:
            self._finish(transaction, _End("cancelled"))
        elif transaction.jobs.requeue(job):
            self._add_event(transaction, "queued", 0.0)

    def _finish(self, transaction: Transaction, end: _End) -> None:
        around, jobs, now = self._around, transaction.jobs, self._around.now()
        until, owner = around.timing.lease_until(now), around.owner
        job = jobs.beat(
            self._job.id, owner=owner, until=until, progress=self._progress, message=self._message
        )
        if job is None:
            return  # another server's meanwhile
        jobs.finish(
            job.id, owner=owner, status=end.status, now=now, result=end.result, error=end.error
        )
        self._add_event(
            transaction, end.status, 1.0 if end.status == "succeeded" else self._progress
        )

    def _add_event(self, transaction: Transaction, kind: str, progress: float) -> None:
        transaction.jobs.add_event(
            self._job.id,
            kind=kind,
            now=self._around.now(),
            progress=progress,
            message=self._message,
        )


def _failed(error: ApiError) -> _End:
    return _End("failed", error=error.as_problem(None).model_dump_json())
