"""Results of the jobs resource: the contract's types and which request each came from."""

from __future__ import annotations

from dataclasses import replace

from aiaas._core.event_streams import EventCall
from aiaas._core.job_errors import JobFailedError
from aiaas._core.page_types import Page
from aiaas._core.requests import Outgoing, build
from aiaas._core.results import Traced
from aiaas._core.sse import MEDIA_TYPE
from aiaas.contract import jobs


class Job(Traced, jobs.Job):
    __doc__ = jobs.Job.__doc__


class JobPage(Page[Job]):
    """One page of jobs, newest first."""


class JobEventList(Traced, jobs.JobEventList):
    __doc__ = jobs.JobEventList.__doc__


FOLLOW = EventCall(jobs.EVENTS, {"update": jobs.JobEvent}, Job)
"""The events of a job as they happen, and the job at the end."""


def follow_request(request: jobs.JobEventsRequest) -> Outgoing:
    """Return the request for the events of a job as they happen."""
    return replace(build(jobs.EVENTS, request), accept=MEDIA_TYPE)


def check_success(job: Job) -> Job:
    """Return a job that succeeded.

    Raises:
        JobFailedError: It failed, or was cancelled.
    """
    if job.status != "succeeded":
        raise JobFailedError(job)
    return job
