"""What runs the jobs of one kind, and what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[float, str], Awaitable[None]]
"""Notes how much is done, 0 to 1, and what is being done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    """A job, as its handler sees it.

    Attributes:
        id: ``job_...``. A job may be begun again after its server was killed: what a handler
            keeps under this id it can find then, instead of doing it twice.
        namespace: Whose it is.
        payload: What it was given.
        attempt: 1, or more when it was begun before.
        workdir: An empty folder that is removed afterwards.
        cancelled: Set when the job is to end, for threads; what awaits is cancelled then anyway.
        progress: Notes how much is done, 0 to 1, and what is being done. Cheap: of many calls in
            a moment the last is noted.
    """

    id: str
    namespace: str
    payload: Mapping[str, Any]
    attempt: int
    workdir: Path
    cancelled: asyncio.Event
    progress: Progress


class JobHandler(Protocol):
    """Runs the jobs of one kind."""

    @property
    def kind(self) -> str:
        """The kind: the operation that makes such jobs, for instance ``recommendations.train``."""
        ...

    async def run(self, job: RunningJob) -> Mapping[str, Any]:
        """Do a job, and return its result: a JSON object.

        It must not hold up the event loop; what computes goes to a thread or a process (see
        `aiaas_mock.jobs.child`). It is cancelled when the job is, when the server stops, and when
        another server has taken the job over.

        Raises:
            ApiError: The job failed; its problem is told. Any other exception is a defect, which
                is told as ``internal_error``.
        """
        ...


class JobLog(Protocol):
    """Where a worker writes; the part of a structlog logger that is used here."""

    def info(self, event: str, **fields: Any) -> Any:
        """Log something that went as it should."""
        ...

    def error(self, event: str, **fields: Any) -> Any:
        """Log a defect."""
        ...
