"""The events of a job as they happen, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Final

from aiaas._async.pipeline import AsyncPipeline
from aiaas._async.streams import AsyncEventStream
from aiaas._core.errors import APIConnectionError
from aiaas._core.event_streams import StreamIdleError
from aiaas._core.job_types import FOLLOW, Job, follow_request
from aiaas._core.requests import arguments
from aiaas.contract.jobs import JobEvent, JobEventsRequest

if TYPE_CHECKING:
    from typing import Self

    from aiaas._core.options import CallOptions

_PAUSE_S: Final = 0.2
"""Before a further connection, so that a deployment that ends each at once is not stormed."""


class AsyncJobStream:
    """The events of a job, each given out as soon as it is there, until the job ends.

    Iterate over it once. When the connection is lost, or ended by the deployment because a request
    may take only so long, another one goes on after the last event: none is lost or given twice.
    Use it in a block of its own, so that the connection is released at once.

    Example:
        >>> async with client.jobs.follow(job.id) as stream:
        ...     async for event in stream:
        ...         print(f"{event.progress:.0%}", event.message)
        ...     job = await stream.final()
    """

    def __init__(
        self, pipeline: AsyncPipeline, job_id: str, *, after: int, options: CallOptions
    ) -> None:
        with arguments(job="job_id"):
            self._request = JobEventsRequest(job=job_id, after=after, stream=True)
        self._pipeline = pipeline
        self._options = options
        self._started = False
        self._stream: AsyncEventStream[JobEvent, Job] | None = None
        self._job: Job | None = None

    @property
    def after(self) -> int:
        """Number of the last event that was given out."""
        return self._request.after

    async def __aiter__(self) -> AsyncIterator[JobEvent]:
        if self._started:
            raise RuntimeError("the events of a job can be iterated over only once")
        self._started = True
        try:
            while True:
                stream = await self._open()
                if stream is not None:
                    try:
                        async for event in stream:
                            self._request = self._request.model_copy(update={"after": event.number})
                            yield event
                        job = await stream.final()
                    except APIConnectionError:
                        pass  # the next one goes on after the last event
                    else:
                        if job.done:
                            self._job = job
                            return
                await self._pipeline.sleep(_PAUSE_S)
        finally:
            await self.close()

    async def final(self) -> Job:
        """Return the job as it ended, whether it succeeded or not.

        Events that were not read yet are read and left out.

        Raises:
            RuntimeError: The iteration was left before the end.
            AiaasError: What following the job raises.
        """
        if not self._started:
            async for _ in self:
                pass
        if self._job is None:
            raise RuntimeError("the events were left before the job's end")
        return self._job

    async def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        self._started = True
        if self._stream is not None:
            await self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _open(self) -> AsyncEventStream[JobEvent, Job] | None:
        """Return the next connection's events; None when none came for as long as is waited."""
        try:
            self._stream = await self._pipeline.events(
                follow_request(self._request), FOLLOW, self._options
            )
        except StreamIdleError:  # a job may be silent for long
            return None
        return self._stream
