"""Jobs whose server died: they begin again, or have failed when that happened too often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from aiaas_mock.errors import ApiError
from aiaas_mock.storage import StoredJob, Transaction

_END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)


def recover(
    transaction: Transaction,
    *,
    now: datetime,
    most_losses: int,
    own: frozenset[str] = frozenset(),
    everything: bool = False,
) -> tuple[StoredJob, ...]:
    """Put lost jobs back in the queue, and return them.

    Args:
        transaction: Where it happens.
        now: The time.
        most_losses: How often a job may be lost before it has failed.
        own: Jobs that this worker runs; late as it may be with its beats, it has not died.
        everything: Whether all running jobs are lost, whatever their leases say: nobody but this
            server uses the store, and it has begun none yet.
    """
    lost = transaction.jobs.lost(now=_END_OF_TIME if everything else now)
    return tuple(
        job
        for job in lost
        if job.id not in own and _put_back(transaction, job, now=now, most_losses=most_losses)
    )


def _put_back(transaction: Transaction, job: StoredJob, *, now: datetime, most_losses: int) -> bool:
    # First of all, since it looks at the lease once more: its server may have come back.
    if not transaction.jobs.requeue(job):
        return False
    _note(transaction, job, "lost", now)
    if job.cancel_requested:
        transaction.jobs.finish(job.id, owner=None, status="cancelled", now=now)
        _note(transaction, job, "cancelled", now)
    elif _losses(transaction, job) >= most_losses:
        error = ApiError("job_lost", f"The server died {most_losses} times while it ran this job.")
        problem = error.as_problem(None).model_dump_json()
        transaction.jobs.finish(job.id, owner=None, status="failed", now=now, error=problem)
        _note(transaction, job, "failed", now)
    return True


def _losses(transaction: Transaction, job: StoredJob) -> int:
    # Not `attempt`, which a server that was stopped in peace counts up as well.
    return sum(event.kind == "lost" for event in transaction.jobs.events(job.id, after=0))


def _note(transaction: Transaction, job: StoredJob, kind: str, now: datetime) -> None:
    transaction.jobs.add_event(
        job.id, kind=kind, now=now, progress=job.progress, message=job.message
    )
