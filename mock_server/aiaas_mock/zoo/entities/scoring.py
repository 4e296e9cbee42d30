"""How well names are found: exact spans of the right type, and honest probabilities."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.preprocess.entities import Entity

Found = Sequence[Sequence[Entity]]
Wanted = Sequence[Set[tuple[int, int, str]]]

_BINS = 10


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and their harmonic mean, over all types together."""

    precision: float
    recall: float
    f1: float


def score(found: Found, wanted: Wanted) -> Scores:
    """Count what was found with exactly the right span and type."""
    said = sum(len(each) for each in found)
    there = sum(len(each) for each in wanted)
    right = sum(map(sum, hits(found, wanted)))
    return Scores(
        round(right / max(said, 1), 4),
        round(right / max(there, 1), 4),
        round(2 * right / max(said + there, 1), 4),
    )


def hits(found: Found, wanted: Wanted) -> list[list[bool]]:
    """Tell of each entity that was found whether it is right."""
    return [
        [(entity.start, entity.end, entity.label) in names for entity in entities]
        for entities, names in zip(found, wanted, strict=True)
    ]


def calibration_error(found: Found, wanted: Wanted) -> float:
    """Return how far the scores are from the share that is right, on average over ten bins."""
    scores = np.array([entity.score for entities in found for entity in entities])
    right = np.array([hit for each in hits(found, wanted) for hit in each], float)
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(scores[inside].mean() - right[inside].mean())
    return round(float(error), 4)
