"""How long things take; tests have less patience."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of a worker.

    Attributes:
        lease_s: Seconds that a job is its worker's after a sign of life. The job of a server that
            was killed begins again after that, on another server.
        beat_s: Seconds between two signs of life, and between two looks into the queue.
        note_s: Least seconds between two notes of progress.
        most_losses: How often a job's server may die before the job has failed: it may be the
            job that kills it.
    """

    lease_s: float = 30.0
    beat_s: float = 5.0
    note_s: float = 0.2
    most_losses: int = 3

    def lease_until(self, now: datetime) -> datetime:
        """Return when a lease of now ends."""
        return now + timedelta(seconds=self.lease_s)
