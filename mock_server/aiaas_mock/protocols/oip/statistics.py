"""``stats``: what the models have done, in the words of Triton."""

from __future__ import annotations

from typing import Any

import orjson

from aiaas_mock.context import RequestContext
from aiaas_mock.http.answers import Answer
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.protocols.oip.metadata import name_of
from aiaas_mock.protocols.protocol import Named
from aiaas_mock.protocols.statistics import ModelFigures, ModelStatistics
from aiaas_mock.services.tensors import TensorService


class StatisticsReport:
    """Answers ``stats``.

    Args:
        tensors: Knows the models.
        statistics: Knows what they have done.
    """

    def __init__(self, tensors: TensorService, statistics: ModelStatistics) -> None:
        self._tensors = tensors
        self._statistics = statistics

    async def stats(self, named: Named, context: RequestContext) -> Answer:
        """Answer with the figures of one model, or of all."""
        if named.model:
            refs = [self._tensors.find(named.model, named.version)]
        else:
            refs = [ModelRef(bundle) for bundle in self._tensors.bundles.values()]
        content = [_written(ref, self._statistics.of(ref.id)) for ref in refs]
        return Answer(orjson.dumps({"model_stats": content}))


def _written(ref: ModelRef, figures: ModelFigures) -> dict[str, Any]:
    """Write the figures of a model; phases that nobody measures here are left out."""
    requests = figures.successes + figures.failures
    return {
        "name": name_of(ref),
        "version": ref.card.version,
        "inference_count": figures.inputs,
        "execution_count": figures.batches,
        "inference_stats": {
            "success": _duration(figures.successes, figures.success_s),
            "fail": _duration(figures.failures, figures.failure_s),
            "queue": _duration(requests, figures.queue_s),
        },
        "batch_stats": [],
    }


def _duration(count: int, seconds: float) -> dict[str, int]:
    return {"count": count, "ns": round(seconds * 1e9)}
