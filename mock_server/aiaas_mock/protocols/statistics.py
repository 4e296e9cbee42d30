"""What each model has answered since the server started, whatever protocol asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from aiaas_mock.gateway.records import RequestRecord

_FIRST_REFUSAL: Final = 400


@dataclass(slots=True)
class ModelFigures:
    """The requests that reached a model.

    Attributes:
        successes: How many were answered.
        failures: How many were refused or failed.
        inputs: The inputs of those that were answered.
        success_s: How long the former took together, in seconds.
        failure_s: How long the latter took.
        queue_s: How long they waited for the model.
        batches: How many times the model was run.
    """

    successes: int = 0
    failures: int = 0
    inputs: int = 0
    success_s: float = 0.0
    failure_s: float = 0.0
    queue_s: float = 0.0
    batches: int = 0


class ModelStatistics:
    """A sink of records that counts the requests of each model.

    Args:
        batches: Tells how many times a model was run.
    """

    def __init__(self, batches: Callable[[str], int]) -> None:
        self._batches = batches
        self._figures: dict[str, ModelFigures] = {}

    def __call__(self, record: RequestRecord) -> None:
        """Count a request, if it reached a model."""
        trace = record.trace
        if trace.model is None:
            return
        figures = self._figures.setdefault(trace.model, ModelFigures())
        figures.queue_s += trace.queue_s
        if record.status >= _FIRST_REFUSAL:
            figures.failures += 1
            figures.failure_s += record.duration_s
        else:
            figures.successes += 1
            figures.success_s += record.duration_s
            figures.inputs += trace.inputs - trace.failed_inputs

    def of(self, model: str) -> ModelFigures:
        """Return the figures of a model by its id."""
        name = model.partition(":")[0]  # variants are run as the same model
        return replace(self._figures.get(model, ModelFigures()), batches=self._batches(name))
