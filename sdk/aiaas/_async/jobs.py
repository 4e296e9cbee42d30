"""Jobs: work that goes on when the caller has gone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from aiaas._async.job_stream import AsyncJobStream
from aiaas._async.paging import AsyncPaginator
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.inference import parse_whole
from aiaas._core.job_errors import JobTimeoutError
from aiaas._core.job_types import Job, JobEventList, JobPage, check_success
from aiaas._core.page_types import Page, attach_all
from aiaas._core.requests import ArgumentError, arguments, build
from aiaas._core.responses import parse
from aiaas.contract.jobs import (
    CANCEL,
    EVENTS,
    LIST,
    RETRIEVE,
    JobEvent,
    JobEventsRequest,
    JobRequest,
    ListJobsRequest,
    Status,
)

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions

_FIRST_POLL_S: Final = 0.1


class AsyncJobs:
    """Look at jobs, wait for them, and call them off. Reach it as ``client.jobs``."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    def list(
        self,
        *,
        kind: str | None = None,
        status: Status | None = None,
        limit: int = 20,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncPaginator[Job]:
        """List the jobs, newest first, over all pages.

        Args:
            kind: Only jobs of this kind, for instance ``recommendations.train``.
            status: Only jobs with this status.
            limit: Most jobs to fetch at once, 1 to 100.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of jobs; its ``pages()`` gives whole pages. Nothing is sent before it is
            iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> async for job in client.jobs.list(status="running"):
            ...     print(job.id, job.kind, job.progress)
        """
        with arguments():
            first = ListJobsRequest(kind=kind, status=status, limit=limit, cursor=cursor)

        async def fetch(cursor: str | None) -> Page[Job]:
            request = first.model_copy(update={"cursor": cursor})
            response = await self._pipeline.send(build(LIST, request), options)
            page = parse(LIST, response, JobPage)
            attach_all(page, response)
            return page

        return AsyncPaginator(fetch, cursor=cursor)

    async def retrieve(self, job_id: str, **options: Unpack[CallOptions]) -> Job:
        """Describe a job.

        Args:
            job_id: Its id.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such job.
            ValueError: `job_id` is empty or too long.
        """
        response = await self._pipeline.send(build(RETRIEVE, _request_of(job_id)), options)
        return parse_whole(RETRIEVE, response, Job)

    async def cancel(self, job_id: str, **options: Unpack[CallOptions]) -> Job:
        """Ask for the end of a job; one that has ended stays as it is.

        A job that waits ends at once. One under way is asked to end, which takes a moment:
        `wait` for it.

        Args:
            job_id: Its id.
            options: Options for this call; see `CallOptions`.

        Returns:
            The job as it is then.

        Raises:
            NotFoundError: There is no such job.
            ValueError: `job_id` is empty or too long.
        """
        response = await self._pipeline.send(build(CANCEL, _request_of(job_id)), options)
        return parse_whole(CANCEL, response, Job)

    async def events(
        self, job_id: str, *, after: int = 0, **options: Unpack[CallOptions]
    ) -> tuple[JobEvent, ...]:
        """Tell what happened to a job so far.

        Args:
            job_id: Its id.
            after: Only events with a greater number.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such job.
            ValueError: An argument is out of range.

        Example:
            >>> for event in await client.jobs.events(job.id):
            ...     print(event.number, event.kind, event.message)
        """
        with arguments(job="job_id"):
            request = JobEventsRequest(job=job_id, after=after)
        response = await self._pipeline.send(build(EVENTS, request), options)
        return parse_whole(EVENTS, response, JobEventList).data

    def follow(
        self, job_id: str, *, after: int = 0, **options: Unpack[CallOptions]
    ) -> AsyncJobStream:
        """Tell what happens to a job as it happens, from its beginning to its end.

        A connection that is lost is replaced by another, which goes on where it ended; how often
        one that cannot be opened is tried again is up to ``retries``, as in any other call.

        Args:
            job_id: Its id.
            after: Only events with a greater number.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            A context manager: iterate over its events; ``final()`` is the job at the end. Nothing
            is sent before that.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> async with client.jobs.follow(job.id) as stream:
            ...     async for event in stream:
            ...         print(f"{event.progress:.0%}", event.message)
            ...     job = await stream.final()
        """
        return AsyncJobStream(self._pipeline, job_id, after=after, options=options)

    async def wait(
        self,
        job: str | Job,
        *,
        timeout_s: float | None = None,
        poll_s: float = 2.0,
        raise_on_failure: bool = True,
        progress: Callable[[Job], object] | None = None,
    ) -> Job:
        """Wait until a job has ended.

        It is asked for again and again, soon at first, so that short jobs are not waited for
        longer than they take. The options of its requests are those of the client.

        Args:
            job: The job or its id.
            timeout_s: Most seconds to wait; without end when omitted. The job goes on after them.
            poll_s: Most seconds between two looks.
            raise_on_failure: Whether a job that failed or was cancelled is an error.
            progress: Called with the job at every look.

        Returns:
            The job as it ended, with its ``result``.

        Raises:
            JobFailedError: It failed or was cancelled.
            JobTimeoutError: It has not ended in time.
            NotFoundError: There is no such job.
            ValueError: An argument is out of range.

        Example:
            >>> job = await client.jobs.wait(job, timeout_s=600)
            >>> print(job.result)
        """
        for name, value_s in (("timeout_s", timeout_s), ("poll_s", poll_s)):
            if value_s is not None and not value_s > 0:
                raise ArgumentError(f"{name} must be more than 0; got {value_s}")
        job_id = job if isinstance(job, str) else job.id
        ends_at_s = self._pipeline.clock() + (math.inf if timeout_s is None else timeout_s)
        pause_s = min(_FIRST_POLL_S, poll_s)
        while True:
            found = await self.retrieve(job_id)
            if progress is not None:
                progress(found)
            if found.done:
                return check_success(found) if raise_on_failure else found
            left_s = ends_at_s - self._pipeline.clock()
            if timeout_s is not None and left_s <= 0:
                raise JobTimeoutError(found, timeout_s)
            await self._pipeline.sleep(min(pause_s, left_s))
            pause_s = min(2 * pause_s, poll_s)


def _request_of(job_id: str) -> JobRequest:
    with arguments(job="job_id"):
        return JobRequest(job=job_id)
