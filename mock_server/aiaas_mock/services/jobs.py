"""Jobs: listed, described, called off, and told of while they go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Final

from pydantic import BaseModel

from aiaas.contract.jobs import (
    Job,
    JobEvent,
    JobEventList,
    JobEventsRequest,
    JobPage,
    JobRequest,
    ListJobsRequest,
)
from aiaas.contract.problems import Problem
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.queue import JobQueue
from aiaas_mock.services.cursors import cut_page, decode_place
from aiaas_mock.services.events import Events
from aiaas_mock.storage import Store, StoredJob, StoredJobEvent, Transaction

_POLL_S: Final = 1.0
"""How often a stream looks for what another server did."""
_MARGIN_S: Final = 1.0
"""So long before its deadline a stream ends by itself, at most a quarter of its time."""


class JobService:
    """Answers ``jobs.*``.

    Args:
        store: Where jobs are.
        queue: The queue.
    """

    def __init__(self, store: Store, queue: JobQueue) -> None:
        self._store = store
        self._queue = queue

    async def list(self, request: ListJobsRequest, context: RequestContext) -> JobPage:
        """Answer ``jobs.list``."""
        before = None if request.cursor is None else decode_place(request.cursor)
        found = await self._store.run(
            lambda tx: tx.jobs.list(
                context.namespace,
                kind=request.kind,
                status=request.status,
                before=before,
                limit=request.limit + 1,
            )
        )
        page, next_cursor = cut_page(found, request.limit, itemgetter(0))
        return JobPage(
            data=tuple(shown_job(job) for _, job in page),
            has_more=next_cursor is not None,
            next_cursor=next_cursor,
        )

    async def retrieve(self, request: JobRequest, context: RequestContext) -> Job:
        """Answer ``jobs.retrieve``."""
        job = await self._store.run(lambda tx: tx.jobs.get(context.namespace, request.job))
        return shown_job(_known(job, request.job))

    async def cancel(self, request: JobRequest, context: RequestContext) -> Job:
        """Answer ``jobs.cancel``."""

        def effect(transaction: Transaction) -> Job:
            job = self._queue.cancel(transaction, context.namespace, request.job, now=context.now())
            return shown_job(_known(job, request.job))

        answer = await context.commit(effect)
        self._queue.wake(request.job)
        return answer

    async def events(
        self, request: JobEventsRequest, context: RequestContext
    ) -> JobEventList | Events:
        """Answer ``jobs.events``: with those so far, or with each as it happens."""
        _, found = await self._news(request.job, request.after, context)
        if request.stream:
            return Events(self._told(request, context))
        return JobEventList(data=tuple(_shown_event(event) for event in found))

    async def _told(
        self, request: JobEventsRequest, context: RequestContext
    ) -> AsyncGenerator[tuple[str, BaseModel], None]:
        """Tell each event, and the job when it has ended or the time of the request is up.

        A stream that is cut off by its deadline would be a failure, which a job that takes an
        hour is not. The client sees that the job has not ended, and asks for the rest.
        """
        loop, after = asyncio.get_running_loop(), request.after
        left_s = context.deadline - loop.time()
        ends_at = context.deadline - min(_MARGIN_S, left_s / 4)
        with self._queue.listening(request.job) as bell:
            while True:
                bell.clear()
                job, found = await self._news(request.job, after, context)
                for event in found:
                    after = event.number
                    yield "update", _shown_event(event)
                if job.finished_at is not None or loop.time() >= ends_at:
                    yield "done", shown_job(job)
                    return
                poll_at = loop.time() + _POLL_S if self._store.shared else ends_at
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(min(poll_at, ends_at)):
                        await bell.wait()

    async def _news(
        self, job_id: str, after: int, context: RequestContext
    ) -> tuple[StoredJob, Sequence[StoredJobEvent]]:
        """Return a job and its later events, both of the same moment."""

        def read(transaction: Transaction) -> tuple[StoredJob, Sequence[StoredJobEvent]]:
            job = _known(transaction.jobs.get(context.namespace, job_id), job_id)
            return job, transaction.jobs.events(job_id, after=after)

        return await self._store.run(read)


def shown_job(job: StoredJob) -> Job:
    """Return a job as the contract has it."""
    return Job(
        id=job.id,
        kind=job.kind,
        status=job.status,
        progress=job.progress,
        message=job.message,
        attempt=job.attempt,
        cancel_requested=job.cancel_requested,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        result=None if job.result is None else json.loads(job.result),
        error=None if job.error is None else Problem.model_validate_json(job.error),
    )


def _shown_event(event: StoredJobEvent) -> JobEvent:
    return JobEvent(
        number=event.number,
        kind=event.kind,
        time=event.time,
        progress=event.progress,
        message=event.message,
    )


def _known(job: StoredJob | None, job_id: str) -> StoredJob:
    if job is None:
        raise ApiError("job_not_found", f"There is no job {job_id!r}.", param="/job")
    return job
