"""Make probabilities honest, and choose thresholds: everything here looks at validation only."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.activations import sigmoid, softmax
from aiaas_mock.zoo.text.measures import Matrix, best_is_true, f1_per_label

Vector = NDArray[np.float64]

_GOLDEN: Final = (5**0.5 - 1) / 2
_GRID: Final = np.round(np.linspace(0.02, 0.9, 89), 2)
FLAGGED_IN_SCOPE: Final = 0.015
"""Share of in-scope texts that may be called out of scope."""
_SMOOTHING: Final = 5
"""Neighbouring thresholds whose F1 is averaged: a rare label's best point is mostly chance."""


def fit_temperature(
    logits: Matrix, truth: Matrix, *, oos: int | None = None, oos_weight: float = 1.0
) -> tuple[Vector, Vector]:
    """Fit one temperature (Guo et al. 2017) and, for a class, an offset of its own.

    Args:
        logits: Shape (texts, labels).
        truth: Same shape. Where rows have several labels, an answer is right with any of them:
            then what is fitted is the confidence in the answer, not that in each label.
        oos: The out-of-scope class, whose share differs between training and use.
        oos_weight: How many times each example of it counts.

    Returns:
        Scale and offset per label: `logits * scale + offset` are calibrated.
    """
    weights = np.ones(len(truth)) if oos is None else np.where(truth[:, oos] > 0, oos_weight, 1.0)
    several = bool((truth.sum(axis=1) > 1).any())
    offset = np.zeros(logits.shape[1])

    def loss(scale: float) -> float:
        found = softmax(logits * scale + offset)
        if several:
            best = found.max(axis=1)
            likely = np.where(best_is_true(found, truth), best, 1 - best)
        else:
            likely = (found * truth).sum(axis=1)
        return float(-(weights * np.log(likely + 1e-12)).sum())

    scale = 1.0
    for _ in range(3 if oos is not None else 1):
        scale = float(np.exp(_lowest(lambda x: loss(float(np.exp(x))), -3, 3)))
        if oos is not None:

            def shifted(x: float, at: int = oos, scale: float = scale) -> float:
                offset[at] = x
                return loss(scale)

            offset[oos] = _lowest(shifted, -6, 6)
    return np.full(logits.shape[1], scale), offset


def fit_platt(logits: Matrix, truth: Matrix) -> tuple[Vector, Vector]:
    """Fit scale and offset of each label on its own (Platt 1999), by Newton's method.

    A slight pull towards scale 1 and the offset that it then needs keeps rare labels sane.
    """
    scale, offset = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    for at in range(logits.shape[1]):
        x, y = logits[:, at].astype(np.float64), truth[:, at].astype(np.float64)
        features = np.stack([x, np.ones_like(x)])
        weights = np.array([1.0, 0.0])
        pull = np.array([1.0, 0.0])
        for _ in range(50):
            p = sigmoid(weights @ features)
            gradient = features @ (p - y) + pull * (weights - [1.0, 0.0])
            curvature = (features * (p * (1 - p))) @ features.T + np.diag(pull + 1e-6)
            step = np.linalg.solve(curvature, gradient)
            weights -= np.clip(step, -1, 1)
            if np.abs(step).max() < 1e-8:
                break
        scale[at], offset[at] = weights
    return scale, offset


def choose_thresholds(probabilities: Matrix, truth: Matrix) -> tuple[float, ...]:
    """Choose for each label the threshold of the best F1, after smoothing over its neighbours."""
    curves = np.stack([f1_per_label(probabilities >= level, truth) for level in _GRID])
    kernel = np.ones(_SMOOTHING) / _SMOOTHING
    edge = _SMOOTHING // 2
    best = []
    for curve in curves.T:
        padded = np.pad(curve, edge, mode="edge")
        best.append(float(_GRID[np.convolve(padded, kernel, "valid").argmax()]))
    return tuple(best)


def out_of_scope_threshold(probabilities: Matrix, truth: Matrix) -> float:
    """Choose the score from which a text is out of scope: few in-scope texts may reach it.

    It is chosen by these alone: out-of-scope texts are few on validation, and of other kinds in
    use than those that were thought of.
    """
    oos = truth.shape[1] - 1
    scores = probabilities[truth[:, oos] == 0, oos]
    return round(float(np.quantile(scores, 1 - FLAGGED_IN_SCOPE)), 4)


def confidence_for(confidence: Matrix, right: NDArray[np.bool_], *, accuracy: float) -> float:
    """Return the lowest confidence from which on `accuracy` of the answers are right."""
    order = np.argsort(-confidence)
    kept = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(kept >= accuracy)
    return round(float(confidence[order[enough[-1]]]), 4) if len(enough) else 1.0


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Find the minimum of a function with a single valley by golden section."""
    while high - low > 1e-4:
        span = _GOLDEN * (high - low)
        if function(high - span) < function(low + span):
            high = low + span
        else:
            low = high - span
    return (low + high) / 2
