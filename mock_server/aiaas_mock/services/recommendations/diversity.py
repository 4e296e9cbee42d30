"""Diversity: items that fit and are not all the same, by maximal marginal relevance."""

from __future__ import annotations

import numpy as np

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.column_kinds import BoolColumn, TextColumn


def spread(
    candidates: Positions, scores: Floats, catalogue: CatalogueView, count: int, diversity: float
) -> list[int]:
    """Choose among candidates one by one: each fits, and differs from those before it.

    Args:
        candidates: Positions, the best first.
        scores: By position.
        catalogue: The items.
        count: How many are chosen.
        diversity: 0 for the best, 1 for the most different; the first one is the best anyway.
    """
    if not len(candidates):
        return []
    fits, alike = _from_0_to_1(scores[candidates]), Likeness(candidates, catalogue)
    nearest = np.zeros(len(candidates), np.float32)
    left = np.ones(len(candidates), np.bool_)
    chosen = [0]
    while len(chosen) < min(count, len(candidates)):
        last = chosen[-1]
        left[last] = False
        nearest = np.maximum(nearest, alike.to(last))
        gains = np.where(left, (1 - diversity) * fits - diversity * nearest, -np.inf)
        chosen.append(int(gains.argmax()))
    return [int(candidates[index]) for index in chosen]


class Likeness:
    """How alike items are, 0 to 1: the mean of titles and metadata, as far as they are known.

    Args:
        positions: The items.
        catalogue: Where they are.
    """

    def __init__(self, positions: Positions, catalogue: CatalogueView) -> None:
        vectors = catalogue.vectors[positions]
        self._size = len(positions)
        self._vectors = vectors if vectors.any() else None
        # Numbers and lists are hardly ever the same.
        columns = [catalogue.columns.column(name) for name in catalogue.types]
        self._fields = [
            (column.cells[positions], column.missing)
            for column in columns
            if isinstance(column, TextColumn | BoolColumn)
        ]

    def to(self, index: int) -> Floats:
        """Return how alike all are to one of them."""
        parts = []
        if self._vectors is not None:
            cosines = np.einsum("ij,j->i", self._vectors, self._vectors[index])
            parts.append(np.clip(cosines, 0.0, 1.0))
        if self._fields:
            same = [(cells == cells[index]) & (cells != missing) for cells, missing in self._fields]
            parts.append(np.mean(same, axis=0, dtype=np.float32))
        alike = np.zeros(self._size, np.float32)
        for part in parts:
            alike += part / np.float32(len(parts))
        return alike


def _from_0_to_1(scores: Floats) -> Floats:
    least, most = float(scores.min()), float(scores.max())
    if most == least:
        return np.ones(len(scores), np.float32)
    scaled: Floats = (scores - np.float32(least)) / np.float32(most - least)
    return scaled
