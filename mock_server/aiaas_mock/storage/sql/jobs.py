"""Jobs in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from aiaas_mock.storage.jobs import StoredJob, StoredJobEvent
from aiaas_mock.storage.sql.experiments import SqlExperiments
from aiaas_mock.storage.sql.schema import (
    from_us,
    job_events,
    jobs,
    maybe_from_us,
    maybe_to_us,
    promotions,
    recommenders,
    to_us,
)

_UNDER_WAY: Final = ("queued", "running")


class SqlJobs:
    """Implements `JobTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, job: StoredJob) -> None:
        """Put a job in the queue."""
        self._connection.execute(insert(jobs).values(_row(job)))

    def get(self, namespace: str, job_id: str) -> StoredJob | None:
        """Return a job."""
        query = select(jobs).where(jobs.c.namespace == namespace, jobs.c.id == job_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _job(row)

    def list(
        self,
        namespace: str,
        *,
        kind: str | None,
        status: str | None,
        before: int | None,
        limit: int,
    ) -> Sequence[tuple[int, StoredJob]]:
        """Return the newest jobs with their places."""
        query = select(jobs).where(jobs.c.namespace == namespace)
        for column, value in ((jobs.c.kind, kind), (jobs.c.status, status)):
            if value is not None:
                query = query.where(column == value)
        if before is not None:
            query = query.where(jobs.c.place < before)
        rows = self._connection.execute(query.order_by(jobs.c.place.desc()).limit(limit))
        return [(row.place, _job(row)) for row in rows]

    def lost(self, *, now: datetime) -> Sequence[StoredJob]:
        """Return the running jobs whose lease is over."""
        query = select(jobs).where(jobs.c.status == "running", jobs.c.lease_until_us <= to_us(now))
        return [_job(row) for row in self._connection.execute(query.order_by(jobs.c.place))]

    def requeue(self, job: StoredJob) -> bool:
        """Put a lost job back in the queue."""
        as_it_was = (
            jobs.c.id == job.id,
            jobs.c.status == "running",
            jobs.c.owner == job.owner,
            jobs.c.lease_until_us == maybe_to_us(job.lease_until),
        )
        queued = update(jobs).where(*as_it_was)
        values = {"status": "queued", "owner": None, "lease_until_us": None}
        return self._connection.execute(queued.values(values)).rowcount == 1

    def claim(self, *, owner: str, now: datetime, until: datetime) -> StoredJob | None:
        """Begin the oldest job of the queue; one that another is just claiming is passed over."""
        oldest = (
            select(jobs.c.place)
            .where(jobs.c.status == "queued")
            .order_by(jobs.c.place)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        place = self._connection.execute(oldest).scalar_one_or_none()
        if place is None:
            return None
        begun = update(jobs).where(jobs.c.place == place)
        return self._changed(
            begun.values(
                status="running",
                owner=owner,
                attempt=jobs.c.attempt + 1,
                lease_until_us=to_us(until),
                started_us=to_us(now),
            )
        )

    def beat(
        self, job_id: str, *, owner: str, until: datetime, progress: float, message: str
    ) -> StoredJob | None:
        """Lengthen the lease and note the progress."""
        mine = update(jobs).where(jobs.c.id == job_id, _runs(owner))
        return self._changed(
            mine.values(lease_until_us=to_us(until), progress=progress, message=message)
        )

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
        """End a job."""
        values: dict[str, Any] = {
            "status": status,
            "owner": None,
            "lease_until_us": None,
            "finished_us": to_us(now),
            "result": result,
            "error": error,
        }
        if status == "succeeded":
            values["progress"] = 1.0
        ended = update(jobs).where(jobs.c.id == job_id, _runs(owner))
        return self._connection.execute(ended.values(values)).rowcount == 1

    def request_cancel(self, namespace: str, job_id: str) -> StoredJob | None:
        """Ask for the end of a job."""
        self._connection.execute(
            update(jobs)
            .where(
                jobs.c.namespace == namespace, jobs.c.id == job_id, jobs.c.status.in_(_UNDER_WAY)
            )
            .values(cancel_requested=True)
        )
        return self.get(namespace, job_id)

    def add_event(
        self, job_id: str, *, kind: str, now: datetime, progress: float, message: str
    ) -> None:
        """Note what happened."""
        # Two who note something at once must not count to the same number.
        self._connection.execute(select(jobs.c.id).where(jobs.c.id == job_id).with_for_update())
        last = select(func.max(job_events.c.number)).where(job_events.c.job == job_id)
        number = (self._connection.execute(last).scalar_one() or 0) + 1
        self._connection.execute(
            insert(job_events).values(
                job=job_id,
                number=number,
                kind=kind,
                time_us=to_us(now),
                progress=progress,
                message=message,
            )
        )

    def events(self, job_id: str, *, after: int) -> Sequence[StoredJobEvent]:
        """Return what happened after a number."""
        query = select(job_events).where(job_events.c.job == job_id, job_events.c.number > after)
        return [
            StoredJobEvent(
                number=row.number,
                kind=row.kind,
                time=from_us(row.time_us),
                progress=row.progress,
                message=row.message,
            )
            for row in self._connection.execute(query.order_by(job_events.c.number))
        ]

    def namespaces_with_ended(self, *, before: datetime) -> Sequence[str]:
        """Return the namespaces of jobs that ended before then."""
        query = select(jobs.c.namespace).where(_ended(before)).distinct()
        return self._connection.execute(query.order_by(jobs.c.namespace)).scalars().all()

    def drop_ended(self, namespace: str, *, before: datetime, limit: int) -> int:
        """Drop jobs that ended before then; their events go with them."""
        over = (
            select(jobs.c.place)
            .where(
                jobs.c.namespace == namespace, _ended(before), ~self._made_what_answers(namespace)
            )
            .order_by(jobs.c.place)
            .limit(limit)
            .with_for_update(skip_locked=True)  # another server may be dropping them just now
        )
        places = self._connection.execute(over).scalars().all()
        if places:
            self._connection.execute(delete(jobs).where(jobs.c.place.in_(places)))
        return len(places)

    def _made_what_answers(self, namespace: str) -> ColumnElement[bool]:
        """Return whether a job trained a model that answers, or that rollbacks come back to."""
        experiment = SqlExperiments(self._connection).get(namespace)
        tried = [] if experiment is None else [model for _, model, _ in experiment.groups]
        promoted = select(promotions.c.model).where(promotions.c.namespace == namespace)
        return exists().where(
            recommenders.c.namespace == namespace,
            recommenders.c.job == jobs.c.id,
            recommenders.c.id.in_(promoted) | recommenders.c.id.in_(tried),
        )

    def _changed(self, statement: Any) -> StoredJob | None:
        row = self._connection.execute(statement.returning(jobs)).one_or_none()
        return None if row is None else _job(row)


def _runs(owner: str | None) -> ColumnElement[bool]:
    """Return whether a job is the owner's; None: whether it waits, and nobody runs it."""
    if owner is None:
        return jobs.c.status == "queued"
    return (jobs.c.status == "running") & (jobs.c.owner == owner)


def _ended(before: datetime) -> ColumnElement[bool]:
    return jobs.c.finished_us < to_us(before)


def _row(job: StoredJob) -> dict[str, Any]:
    return {
        "id": job.id,
        "namespace": job.namespace,
        "kind": job.kind,
        "payload": job.payload,
        "status": job.status,
        "progress": job.progress,
        "message": job.message,
        "attempt": job.attempt,
        "cancel_requested": job.cancel_requested,
        "owner": job.owner,
        "lease_until_us": maybe_to_us(job.lease_until),
        "created_us": to_us(job.created_at),
        "started_us": maybe_to_us(job.started_at),
        "finished_us": maybe_to_us(job.finished_at),
        "result": job.result,
        "error": job.error,
    }


def _job(row: Row[tuple[object, ...]]) -> StoredJob:
    return StoredJob(
        id=row.id,
        namespace=row.namespace,
        kind=row.kind,
        payload=row.payload,
        status=row.status,
        progress=row.progress,
        message=row.message,
        attempt=row.attempt,
        cancel_requested=row.cancel_requested,
        owner=row.owner,
        lease_until=maybe_from_us(row.lease_until_us),
        created_at=from_us(row.created_us),
        started_at=maybe_from_us(row.started_us),
        finished_at=maybe_from_us(row.finished_us),
        result=row.result,
        error=row.error,
    )
