"""What is raised about jobs: they failed, or took longer than somebody would wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiaas._core.errors import AiaasError

if TYPE_CHECKING:
    from aiaas._core.job_types import Job
    from aiaas.contract.problems import Problem


class JobFailedError(AiaasError):
    """A job failed or was cancelled.

    Its ``code``, ``param`` and ``hint`` are those of the problem that ended the job.

    Attributes:
        job: The job as it ended.
        problem: Why it failed; None when it was cancelled.
    """

    def __init__(self, job: Job) -> None:
        problem = job.error
        told = f"Job {job.id} ({job.kind}) {_ENDS.get(job.status, job.status)}"
        super().__init__(f"{told}: {problem.detail} ({problem.code})" if problem else f"{told}.")
        self.job = job
        self.problem: Problem | None = problem
        if problem is not None:
            self.code = problem.code
            self.param = problem.param
            self.hint = _hint_of(problem.code)


class JobTimeoutError(AiaasError, TimeoutError):
    """A job had not ended when the time to wait for it was over; it goes on all the same.

    Attributes:
        job: The job as it was then.
        timeout_s: How long was waited, in seconds.
    """

    retryable = True

    def __init__(self, job: Job, timeout_s: float) -> None:
        super().__init__(
            f"Job {job.id} ({job.kind}) is {job.status} after {timeout_s:g} s, "
            f"{job.progress:.0%} done."
        )
        self.job = job
        self.timeout_s = timeout_s
        self.hint = "Wait again with a longer timeout_s, or cancel the job."


_ENDS = {"failed": "failed", "cancelled": "was cancelled"}

for _kind in (JobFailedError, JobTimeoutError):
    _kind.__module__ = "aiaas"  # tracebacks name the place that callers import it from


def _hint_of(code: str) -> str | None:
    # Imported on the first failure, as it is the whole table of problems.
    from aiaas.contract.problems import PROBLEMS

    kind = PROBLEMS.get(code)
    return None if kind is None else kind.hint
