"""Jobs: work that takes longer than a request, and goes on when the caller has gone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas.contract.problems import Problem

JobId = Annotated[str, Field(min_length=1, max_length=64)]
Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
"""The statuses there are now; answers may have others."""


class ListJobsRequest(RequestModel):
    """Which jobs to list, newest first.

    Attributes:
        kind: Only jobs of this kind, for instance ``recommendations.train``.
        status: Only jobs with this status.
        limit: Most jobs on a page.
        cursor: ``next_cursor`` of the page before.
    """

    kind: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    status: Status | None = None
    limit: Annotated[Integer, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class JobRequest(RequestModel):
    """Which job."""

    job: JobId


class JobEventsRequest(RequestModel):
    """Whose events, and whether to wait for more.

    Attributes:
        job: The job.
        after: Only events with a greater number.
        stream: Whether to send events as they happen, until the job ends or the time of the
            request does (Server-Sent Events); ``done`` brings the job as it is then.
    """

    job: JobId
    after: Annotated[Integer, Field(ge=0, le=2**53)] = 0
    stream: bool = False


class Job(ResponseModel):
    """A job.

    Attributes:
        id: ``job_...``.
        kind: What is done: the operation that made it, for instance ``recommendations.train``.
        status: ``queued``, ``running``, ``succeeded``, ``failed`` or ``cancelled``.
        progress: How much is done, 0 to 1.
        message: What is being done, in a few words.
        attempt: How many times it was begun; a job whose server was killed is begun again.
        cancel_requested: Whether somebody asked for its end.
        created_at: When it was made (RFC 3339, UTC).
        started_at: When it was begun last.
        finished_at: When it ended.
        result: What came out, once it succeeded; its fields depend on the kind.
        error: Why it failed.
    """

    id: str
    object: Literal["job"] = "job"
    kind: str
    status: str
    progress: float
    message: str = ""
    attempt: int
    cancel_requested: bool = False
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: dict[str, Any] | None = None
    error: Problem | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.finished_at is not None


class JobPage(Page[Job]):
    """One page of jobs, newest first."""


class JobEvent(ResponseModel):
    """Something that happened to a job: the data of ``event: update``.

    Attributes:
        number: Counts the events of a job, from 1.
        kind: ``queued``, ``started``, ``progress``, ``lost`` (its server died), ``cancelling``,
            ``succeeded``, ``failed`` or ``cancelled``.
        time: When (RFC 3339, UTC).
        progress: How much was done then, 0 to 1.
        message: What was being done, in a few words.
    """

    number: int
    kind: str
    time: datetime
    progress: float
    message: str = ""


class JobEventList(ResponseModel):
    """The events of a job so far, in their order.

    Attributes:
        data: The events.
    """

    object: Literal["list"] = "list"
    data: tuple[JobEvent, ...]


LIST: Final[Operation[ListJobsRequest, JobPage]] = Operation(
    name="jobs.list",
    method="GET",
    path="/v1/jobs",
    summary="List the jobs of the namespace, newest first.",
    request=ListJobsRequest,
    response=JobPage,
    scope="jobs:read",
    effect="read",
    paginated=True,
)

RETRIEVE: Final[Operation[JobRequest, Job]] = Operation(
    name="jobs.retrieve",
    method="GET",
    path="/v1/jobs/{job}",
    summary="Describe a job.",
    request=JobRequest,
    response=Job,
    scope="jobs:read",
    effect="read",
)

CANCEL: Final[Operation[JobRequest, Job]] = Operation(
    name="jobs.cancel",
    method="POST",
    path="/v1/jobs/{job}/cancel",
    summary="Ask for the end of a job; one that has ended stays as it is.",
    request=JobRequest,
    bodies=("json",),
    response=Job,
    scope="jobs:write",
    effect="write",
)

EVENTS: Final[Operation[JobEventsRequest, JobEventList]] = Operation(
    name="jobs.events",
    method="GET",
    path="/v1/jobs/{job}/events",
    summary="Tell what happened to a job, at once or as it happens.",
    request=JobEventsRequest,
    response=JobEventList,
    events={"update": JobEvent, "done": Job},
    scope="jobs:read",
    effect="read",
)

OPERATIONS: Final = (LIST, RETRIEVE, CANCEL, EVENTS)
