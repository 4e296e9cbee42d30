"""Scores of classes: from a model's output to probabilities, and to its best labels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter

from aiaas.contract.answers import Prediction
from aiaas_mock.inference import activations
from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.card_outputs import ScoresOutput

SCORE_DIGITS: Final = 6

# All at once: thousands of constructors, called one by one, take half as long again.
_PREDICTIONS: Final = TypeAdapter(list[tuple[Prediction, ...]])


def probabilities(ref: ModelRef, rows: Floats) -> Floats:
    """Make probabilities of a model's output, as its card says."""
    output = ref.card.output
    return activations.probabilities(output, rows) if isinstance(output, ScoresOutput) else rows


def logits(ref: ModelRef, rows: Floats) -> Floats:
    """Return a model's output as logits, also where the model gives probabilities."""
    output = ref.card.output
    if isinstance(output, ScoresOutput) and output.activation != "none":
        return rows
    chances = np.clip(rows, 1e-7, 1 - 1e-7)
    odds: Floats = np.log(chances / (1 - chances))
    return odds


def hidden_classes(ref: ModelRef) -> list[int]:
    """Return the indices of classes that are never shown: ignored ones, and "out of scope"."""
    output = ref.card.output
    if not isinstance(output, ScoresOutput):
        return []
    scope = output.out_of_scope
    outside = [] if scope is None else [ref.bundle.labels.index(scope.label)]
    return [*output.ignored, *outside]


def best_classes(
    ref: ModelRef, rows: Floats, *, top_k: int | None = None, min_score: float = 0.0
) -> list[tuple[Prediction, ...]]:
    """Turn each row of probabilities into its best labels; see `best_labels`."""
    return _PREDICTIONS.validate_python(best_labels(ref, rows, top_k=top_k, min_score=min_score))


def best_labels(
    ref: ModelRef, rows: Floats, *, top_k: int | None = None, min_score: float = 0.0
) -> list[list[dict[str, Any]]]:
    """Turn each row of probabilities into its best labels, as the values of predictions.

    Args:
        ref: The model that gave them.
        rows: Probabilities; those of classes that are not shown stay out, the others stay as
            they are.
        top_k: Most labels; all when None.
        min_score: Labels that score less are left out.
    """
    labels, hidden = ref.bundle.labels, hidden_classes(ref)
    if hidden:
        rows = rows.copy()
        rows[:, hidden] = -1.0
    most = len(labels) - len(hidden)
    # A stable sort of the negated scores: equal scores keep the order of the labels.
    best = np.argsort(-rows, axis=1, kind="stable")[
        :, : most if top_k is None else min(top_k, most)
    ]
    picked = rows[np.arange(len(rows))[:, None], best]
    scores = picked.astype(np.float64).round(SCORE_DIGITS)
    return [
        [
            {"label": labels[index], "score": score}
            for index, score in zip(indices, values, strict=True)
            if score >= min_score
        ]
        for indices, values in zip(best.tolist(), scores.tolist(), strict=True)
    ]
