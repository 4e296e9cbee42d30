"""What the store keeps of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJob:
    """A job.

    Attributes:
        id: ``job_...``.
        namespace: Whose it is.
        kind: What is done.
        payload: What it was given, as JSON.
        status: queued, running, succeeded, failed or cancelled.
        progress: How much is done, 0 to 1.
        message: What is being done.
        attempt: How many times it was begun.
        cancel_requested: Whether somebody asked for its end.
        owner: Who runs it, while it is running.
        lease_until: Until when the owner has it without a sign of life.
        created_at: When it was made.
        started_at: When it was begun last.
        finished_at: When it ended.
        result: What came out, as JSON.
        error: Why it failed: a problem, as JSON.
    """

    id: str
    namespace: str
    kind: str
    payload: str
    status: str = "queued"
    progress: float = 0.0
    message: str = ""
    attempt: int = 0
    cancel_requested: bool = False
    owner: str | None = None
    lease_until: datetime | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJobEvent:
    """Something that happened to a job; numbers count from 1 within it."""

    number: int
    kind: str
    time: datetime
    progress: float
    message: str


class JobTable(Protocol):
    """Jobs. Those of all namespaces are in one queue; what a caller sees is its namespace's."""

    def add(self, job: StoredJob) -> None:
        """Put a job in the queue."""
        ...

    def get(self, namespace: str, job_id: str) -> StoredJob | None:
        """Return a job."""
        ...

    def list(
        self,
        namespace: str,
        *,
        kind: str | None,
        status: str | None,
        before: int | None,
        limit: int,
    ) -> Sequence[tuple[int, StoredJob]]:
        """Return the newest jobs with their places; only those at places under `before`."""
        ...

    def lost(self, *, now: datetime) -> Sequence[StoredJob]:
        """Return the running jobs whose lease is over, oldest first."""
        ...

    def requeue(self, job: StoredJob) -> bool:
        """Put a lost job back in the queue, unless its owner or lease changed meanwhile."""
        ...

    def claim(self, *, owner: str, now: datetime, until: datetime) -> StoredJob | None:
        """Begin the oldest job of the queue as its owner's, one attempt more, leased until then.

        No two owners get the same job, on whatever connections they ask.
        """
        ...

    def beat(
        self, job_id: str, *, owner: str, until: datetime, progress: float, message: str
    ) -> StoredJob | None:
        """Lengthen the lease, note the progress and return the job; None when it is no longer the
        owner's."""
        ...

    def finish(
        self,
        job_id: str,
        *,
        owner: str | None,
        status: str,
        now: datetime,
        result: str | None = None,
        error: str | None = None,
    ) -> bool:
        """End a job that is the owner's (None: one that nobody runs) and say whether it was."""
        ...

    def request_cancel(self, namespace: str, job_id: str) -> StoredJob | None:
        """Ask for the end of a job that has not ended, and return it as it is then."""
        ...

    def add_event(
        self, job_id: str, *, kind: str, now: datetime, progress: float, message: str
    ) -> None:
        """Note what happened, under the next number."""
        ...

    def events(self, job_id: str, *, after: int) -> Sequence[StoredJobEvent]:
        """Return what happened after a number, in order."""
        ...

    def namespaces_with_ended(self, *, before: datetime) -> Sequence[str]:
        """Return the namespaces of jobs that ended before then."""
        ...

    def drop_ended(self, namespace: str, *, before: datetime, limit: int) -> int:
        """Drop jobs that ended before then with their events, the oldest first.

        The origin of a model stays while the model answers, or would after rollbacks.

        Returns:
            How many were dropped, at most `limit`.
        """
        ...
