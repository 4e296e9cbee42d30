"""What training measured, as it is kept beside a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiaas.contract.recommendations.learning import OfflineMetrics

LIST_LENGTH: Final = 10
"""Length of the lists that models are compared by."""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training job's process wrote down.

    Attributes:
        family: The kind of model: what ``auto`` came to.
        candidate: Measures of the new model, None where there was nothing to measure on.
        promote: Whether it is not worse than the one that answers.
        reason: Why, or why not.
        events: Number of events that it was trained from.
        items: Number of items that it knows.
    """

    family: str
    candidate: OfflineMetrics | None
    promote: bool
    reason: str
    events: int
    items: int

    @classmethod
    def read(cls, text: str) -> TrainingReport:
        """Read a report.

        Raises:
            ValueError: It is none.
            KeyError: Something is missing.
        """
        report: Mapping[str, Any] = json.loads(text)
        return cls(
            family=str(report["family"]),
            candidate=_metrics(report["candidate"], int(report["held_out_users"])),
            promote=bool(report["promote"]),
            reason=str(report["reason"]),
            events=int(report["events"]),
            items=int(report["items"]),
        )


def _metrics(figures: Mapping[str, float] | None, users: int) -> OfflineMetrics | None:
    if figures is None or not users:
        return None
    at = f"@{LIST_LENGTH}"
    return OfflineMetrics(
        users=users,
        k=LIST_LENGTH,
        recall=figures[f"recall{at}"],
        ndcg=figures[f"ndcg{at}"],
        hit_rate=figures[f"hit{at}"],
        coverage=figures["coverage"],
        novelty=figures["novelty"],
        diversity=figures.get("diversity"),
    )
