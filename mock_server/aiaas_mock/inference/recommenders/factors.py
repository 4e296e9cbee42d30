"""Matrix factorisation and two towers: a person's vector is folded together from their items'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders.protocol import Floats, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Vectors of items x size.

    Attributes:
        folded: What each item adds to the vector of who had it.
        items: What a person's vector is held against.
    """

    folded: Floats
    items: Floats

    @property
    def exact(self) -> bool:
        """A sum of vectors has nothing to approximate."""
        return True

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Hold the weighted sum of the history's vectors against all items."""
        person: Floats = weights @ self.folded[history]
        scores: Floats = self.items @ person
        return scores

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Hold each vector of the history against the items."""
        shares: Floats = (self.items[items] @ self.folded[history].T) * weights
        return shares


def to_bytes(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return vectors as whole numbers of one byte, and what each vector is multiplied with."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    scales: Floats = (np.where(largest > 0, largest, 1.0) / 127).astype(np.float32)
    return np.round(vectors / scales).astype(np.int8), scales
