"""The queue: how a job gets in, is called off, and is looked at while it goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from aiaas_mock.jobs.bells import Bells
from aiaas_mock.storage import StoredJob, Transaction


class JobQueue(Protocol):
    """Jobs that wait, and those under way.

    A job is changed in a transaction of the caller's, so that the change is there with the answer
    of the request or not at all. `wake` is for when that has committed: before, a worker would
    find nothing. Where it is never called, workers look for themselves every few seconds.
    """

    def submit(
        self,
        transaction: Transaction,
        namespace: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        job_id: str,
        now: datetime,
    ) -> StoredJob:
        """Put a job in the queue.

        Args:
            transaction: The transaction of the request.
            namespace: Whose job it is.
            kind: What is to be done; a worker has a handler for it.
            payload: What the handler is given, as it would be written in JSON.
            job_id: Its id, ``job_...``.
            now: The time.
        """
        ...

    def cancel(
        self, transaction: Transaction, namespace: str, job_id: str, *, now: datetime
    ) -> StoredJob | None:
        """End a job that waits, ask for the end of one under way, leave one that has ended.

        Returns:
            The job as it is then; None when there is no such job.
        """
        ...

    def wake(self, job_id: str) -> None:
        """Tell this server that something about a job was committed."""
        ...

    def listening(self, job_id: str) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever something happens to a job in this server."""
        ...


class StoreJobQueue:
    """Implements `JobQueue` on the tables of the store."""

    def __init__(self) -> None:
        self._bells = Bells()
        self._on_wake: Callable[[str], None] | None = None

    def attach(self, on_wake: Callable[[str], None]) -> None:
        """Have the worker of this server told what `wake` is told."""
        self._on_wake = on_wake

    def submit(
        self,
        transaction: Transaction,
        namespace: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        job_id: str,
        now: datetime,
    ) -> StoredJob:
        """Put a job in the queue."""
        job = StoredJob(
            id=job_id,
            namespace=namespace,
            kind=kind,
            payload=json.dumps(payload, allow_nan=False),
            created_at=now,
        )
        transaction.jobs.add(job)
        transaction.jobs.add_event(job_id, kind="queued", now=now, progress=0.0, message="")
        return job

    def cancel(
        self, transaction: Transaction, namespace: str, job_id: str, *, now: datetime
    ) -> StoredJob | None:
        """End a job that waits, ask for the end of one under way, leave one that has ended."""
        jobs = transaction.jobs
        before = jobs.get(namespace, job_id)
        if before is None or before.finished_at is not None:
            return before
        job = jobs.request_cancel(namespace, job_id) or before
        kind = "cancelled"
        if not jobs.finish(job_id, owner=None, status="cancelled", now=now):
            kind = "cancelling"  # somebody runs it, and will see
        if kind == "cancelled" or not before.cancel_requested:
            jobs.add_event(job_id, kind=kind, now=now, progress=job.progress, message=job.message)
        return jobs.get(namespace, job_id)

    def wake(self, job_id: str) -> None:
        """Tell this server that something about a job was committed."""
        self._bells.ring(job_id)
        if self._on_wake is not None:
            self._on_wake(job_id)

    def ring(self, job_id: str) -> None:
        """Tell those who listen, and not the worker, which is who did it."""
        self._bells.ring(job_id)

    def listening(self, job_id: str) -> AbstractContextManager[asyncio.Event]:
        """Give an event that is set whenever something happens to a job in this server."""
        return self._bells.listening(job_id)
