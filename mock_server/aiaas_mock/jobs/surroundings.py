"""What a worker and all its attempts share."""

from __future__ import annotations

from dataclasses import dataclass

from aiaas_mock.context import Clock
from aiaas_mock.jobs.handler import JobLog
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a worker and its attempts share.

    Attributes:
        store: Where jobs are.
        queue: Tells those who look at a job.
        owner: Name of the worker.
        timing: How long things take.
        now: Gives the time.
        log: Where defects are told.
    """

    store: Store
    queue: StoreJobQueue
    owner: str
    timing: Timing
    now: Clock
    log: JobLog
