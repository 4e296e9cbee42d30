"""The table of all models on a data set: trained, written, read back and measured as served."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from aiaas_mock.inference.recommenders import Recommender, load_recommender, write_artefact
from aiaas_mock.zoo.recommendations.data import Experiment
from aiaas_mock.zoo.recommendations.events import Events
from aiaas_mock.zoo.recommendations.measures import (
    Case,
    Measured,
    coverage,
    diversity,
    interval,
    measure,
    novelty,
)
from aiaas_mock.zoo.recommendations.registry import trainer
from aiaas_mock.zoo.recommendations.settings import Report, Setting

K: Final = 10
FEW: Final = 5
"""Who has fewer events than this is reported separately."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A model of the table.

    Attributes:
        measured: What is known of each person's list.
        figures: The figures by name.
        seconds: How long the training took; 0 for a model that was there.
    """

    measured: Measured
    figures: Mapping[str, float]
    seconds: float = 0.0

    def interval_of(self, name: str) -> tuple[float, float] | None:
        """Return the 95 % interval of a figure that is a mean over people."""
        values = {
            f"recall@{K}": self.measured.recall,
            f"ndcg@{K}": self.measured.ndcg,
            f"hit@{K}": self.measured.hit,
        }.get(name)
        return None if values is None else interval(values)


def row_of(
    experiment: Experiment,
    family: str,
    settings: Mapping[str, Setting],
    folder: Path,
    report: Report,
) -> Row:
    """Train a model into a folder and measure what lies there."""
    began = time.monotonic()
    artefact = trainer(family)(experiment.known, settings, report)
    seconds = time.monotonic() - began
    write_artefact(folder, artefact)
    return replace(measured_row(load_recommender(folder), experiment), seconds=seconds)


def measured_row(model: Recommender, experiment: Experiment) -> Row:
    """Measure a model that is there."""
    cases, known = experiment.cases, experiment.known
    measured = measure(model, cases, k=K)
    return Row(measured, figures(measured, cases, known, unseen=_of_unseen(model, cases, known)))


def figures(
    measured: Measured, cases: Sequence[Case], known: Events, *, unseen: tuple[float, int]
) -> dict[str, float]:
    """Return all figures of a model, rounded as cards have them."""
    few = np.array([len(case.history) < FEW for case in cases])
    found = {
        f"recall@{K}": float(measured.recall.mean()),
        f"ndcg@{K}": float(measured.ndcg.mean()),
        f"hit@{K}": float(measured.hit.mean()),
        "catalogue coverage": coverage(measured.lists, known.size),
        "novelty, bits": novelty(measured.lists, known),
        "diversity in a list": diversity(measured.lists, known),
    }
    if few.any():
        found[f"recall@{K}, {few.sum()} users with fewer than {FEW} events"] = float(
            measured.recall[few].mean()
        )
        found[f"ndcg@{K}, {few.sum()} users with fewer than {FEW} events"] = float(
            measured.ndcg[few].mean()
        )
    if unseen[1]:
        found[f"recall@{K}, {unseen[1]} held-out items unseen in training"] = unseen[0]
    return {name: round(value, 4) for name, value in found.items()}


def _of_unseen(model: Recommender, cases: Sequence[Case], known: Events) -> tuple[float, int]:
    """Return the recall of held-out items that nobody had in training, and how many there are."""
    new = known.popularity() == 0
    asked = [
        replace(case, held_out=case.held_out[new[case.held_out]])
        for case in cases
        if new[case.held_out].any()
    ]
    if not asked:
        return 0.0, 0
    count = sum(len(case.held_out) for case in asked)
    return float(measure(model, asked, k=K).recall.mean()), count
