# Generated from aiaas/_async/job_stream.py by `make sync`; edit that file instead.
"""The events of a job as they happen, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Final

from aiaas._core.errors import APIConnectionError
from aiaas._core.event_streams import StreamIdleError
from aiaas._core.job_types import FOLLOW, Job, follow_request
from aiaas._core.requests import arguments
from aiaas._sync.pipeline import Pipeline
from aiaas._sync.streams import EventStream
from aiaas.contract.jobs import JobEvent, JobEventsRequest

if TYPE_CHECKING:
    from typing import Self

    from aiaas._core.options import CallOptions

_PAUSE_S: Final = 0.2
"""Before a further connection, so that a deployment that ends each at once is not stormed."""


class JobStream:
    """The events of a job, each given out as soon as it is there, until the job ends.

    Iterate over it once. When the connection is lost, or ended by the deployment because a request
    may take only so long, another one goes on after the last event: none is lost or given twice.
    Use it in a block of its own, so that the connection is released at once.

    Example:
        >>> with client.jobs.follow(job.id) as stream:
        ...     for event in stream:
        ...         print(f"{event.progress:.0%}", event.message)
        ...     job = stream.final()
    """

    def __init__(
        self, pipeline: Pipeline, job_id: str, *, after: int, options: CallOptions
    ) -> None:
        with arguments(job="job_id"):
            self._request = JobEventsRequest(job=job_id, after=after, stream=True)
        self._pipeline = pipeline
        self._options = options
        self._started = False
        self._stream: EventStream[JobEvent, Job] | None = None
        self._job: Job | None = None

    @property
    def after(self) -> int:
        """Number of the last event that was given out."""
        return self._request.after

    def __iter__(self) -> Iterator[JobEvent]:
        if self._started:
            raise RuntimeError("the events of a job can be iterated over only once")
        self._started = True
        try:
            while True:
                stream = self._open()
                if stream is not None:
                    try:
                        for event in stream:
                            self._request = self._request.model_copy(update={"after": event.number})
                            yield event
                        job = stream.final()
                    except APIConnectionError:
                        pass  # the next one goes on after the last event
                    else:
                        if job.done:
                            self._job = job
                            return
                self._pipeline.sleep(_PAUSE_S)
        finally:
            self.close()

    def final(self) -> Job:
        """Return the job as it ended, whether it succeeded or not.

        Events that were not read yet are read and left out.

        Raises:
            RuntimeError: The iteration was left before the end.
            AiaasError: What following the job raises.
        """
        if not self._started:
            for _ in self:
                pass
        if self._job is None:
            raise RuntimeError("the events were left before the job's end")
        return self._job

    def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        self._started = True
        if self._stream is not None:
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> EventStream[JobEvent, Job] | None:
        """Return the next connection's events; None when none came for as long as is waited."""
        try:
            self._stream = self._pipeline.events(
                follow_request(self._request), FOLLOW, self._options
            )
        except StreamIdleError:  # a job may be silent for long
            return None
        return self._stream
