"""Arithmetic of evaluation: numpy arrays in, single numbers out."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
Flags = NDArray[np.bool_]

BINS = 15
"""Bins of equal width, as in Guo et al. 2017."""


def expected_calibration_error(confidence: Matrix, right: Flags | Matrix) -> float:
    """Return the mean distance of what was claimed from what came true, weighted by bin.

    Args:
        confidence: Probabilities that were shown, of any shape.
        right: Whether each came true, of the same shape.
    """
    claimed, true = confidence.ravel(), right.ravel().astype(np.float64)
    bins = np.clip(np.ceil(claimed * BINS).astype(np.int64) - 1, 0, BINS - 1)
    # |sum of claimed - sum of true| of a bin is its size times the distance of the means.
    distance = np.bincount(bins, claimed, BINS) - np.bincount(bins, true, BINS)
    return float(np.abs(distance).sum() / len(claimed))


def f1_per_label(said: Flags, truth: Matrix) -> NDArray[np.float64]:
    """Return the F1 of each column; 0 for a label that is neither said nor true."""
    true = truth > 0
    hits = (said & true).sum(axis=0)
    total = said.sum(axis=0) + true.sum(axis=0)
    result: NDArray[np.float64] = 2 * hits / np.maximum(total, 1)
    return result


def macro_f1(said: Flags, truth: Matrix) -> float:
    """Return the mean over labels of their F1."""
    return float(f1_per_label(said, truth).mean())


def micro_f1(said: Flags, truth: Matrix) -> float:
    """Return the F1 of all decisions in one heap."""
    return float(f1_per_label(said.reshape(-1, 1), truth.reshape(-1, 1))[0])


def best_is_true(probabilities: Matrix, truth: Matrix) -> Flags:
    """Return for each row whether its most probable label is one of the true ones."""
    best = probabilities.argmax(axis=1)
    flags: Flags = truth[np.arange(len(truth)), best] > 0
    return flags


def best_only(probabilities: Matrix) -> Flags:
    """Return the most probable label of each row as the only one said."""
    said = np.zeros(probabilities.shape, np.bool_)
    said[np.arange(len(said)), probabilities.argmax(axis=1)] = True
    return said


def in_scope_accuracy(probabilities: Matrix, truth: Matrix, oos: int, threshold: float) -> float:
    """Return the share of in-scope rows that get their label and are not called out of scope."""
    inside = truth[:, oos] == 0
    rest = np.delete(probabilities[inside], oos, axis=1)
    right = best_is_true(rest, np.delete(truth[inside], oos, axis=1))
    return float((right & (probabilities[inside, oos] < threshold)).mean())


def out_of_scope_recall(probabilities: Matrix, truth: Matrix, oos: int, threshold: float) -> float:
    """Return the share of out-of-scope rows that are called so."""
    outside = truth[:, oos] > 0
    return float((probabilities[outside, oos] >= threshold).mean())
