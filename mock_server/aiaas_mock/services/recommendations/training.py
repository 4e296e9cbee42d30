"""Training is asked for here and done by a job; see `TrainingJob`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiaas.contract.jobs import Job
from aiaas.contract.recommendations.learning import TRAIN, TrainRequest
from aiaas_mock.context import RequestContext, random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.queue import JobQueue
from aiaas_mock.services.jobs import shown_job
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.demo import DEMO_BUNDLE, SESSIONS_BUNDLE
from aiaas_mock.services.recommendations.models import BUILT_IN
from aiaas_mock.storage import Transaction

RESERVED: Final = frozenset(
    {name.partition("@")[0] for name in BUILT_IN} | {DEMO_BUNDLE, SESSIONS_BUNDLE}
)
"""Names that a trained model cannot have."""
LEAST_EVENTS: Final = 10
"""Fewer tell nothing, whoever they are of; the job looks closer."""


@dataclass(frozen=True, slots=True)
class Trainer:
    """What trains models; it is given to this room, which does not know how that is done.

    Attributes:
        module: The module that is run in a process of its own.
        missing: Says what must be installed to train a family here; None for nothing.
    """

    module: str
    missing: Callable[[str], str | None]


class TrainingService:
    """Answers ``recommendations.train``.

    Args:
        queue: Where jobs wait.
        trainer: What trains models.
    """

    def __init__(self, queue: JobQueue, trainer: Trainer) -> None:
        self._queue = queue
        self._trainer = trainer

    async def train(self, request: TrainRequest, context: RequestContext) -> Job:
        """Answer ``recommendations.train``."""
        if request.name in RESERVED:
            raise ApiError(
                "invalid_request",
                f"{request.name!r} is the name of a built-in model; choose another.",
                param="/name",
            )
        missing = self._trainer.missing(request.family)
        if missing is not None:
            raise ApiError(
                "training_unavailable",
                f"Models of the family {request.family!r} need {missing}.",
                param="/family",
            )
        # Not drawn in the namespace: workers know jobs of all namespaces by their ids alone, and
        # two namespaces with one seed, or one that was reset, would draw the same.
        job_id, namespace = random_id("job"), context.namespace

        def effect(transaction: Transaction) -> Job:
            # Those of all types: how many are of some is counted by the job.
            check_events(transaction.events.count(namespace))
            job = self._queue.submit(
                transaction,
                namespace,
                TRAIN.name,
                request.model_dump(mode="json"),
                job_id=job_id,
                now=context.now(),
            )
            return shown_job(job)

        return await commit_and_tell(context, effect, lambda: self._queue.wake(job_id))


def check_events(number: int) -> None:
    """Demand enough events.

    Raises:
        ApiError: There are too few.
    """
    if number < LEAST_EVENTS:
        raise ApiError(
            "not_enough_events",
            f"There are {number:,} events to learn from; {LEAST_EVENTS} are the least.",
        )
