"""Item-kNN and EASE: each item of the history speaks for its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders.protocol import Floats, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """A sparse matrix of items x items by rows: row i says what item i adds to which scores.

    Attributes:
        starts: Where each row begins; one more at the end.
        neighbours: Positions of the items that a row speaks for.
        values: How much it adds to each.
    """

    starts: NDArray[np.int64]
    neighbours: NDArray[Any]
    values: NDArray[Any]

    @property
    def exact(self) -> bool:
        """A sum of rows has nothing to approximate."""
        return True

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Add up the rows of the history's items."""
        at, owner = self._rows(history)
        added = self.values[at] * weights[owner]
        summed = np.bincount(self.neighbours[at], added, minlength=len(self.starts) - 1)
        scores: Floats = summed.astype(np.float32)
        return scores

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Find the items in the rows of the history's entries."""
        at, owner = self._rows(history)
        # Each number of the rows is looked at once, however many items are asked about.
        asked = np.full(len(self.starts) - 1, -1, np.int32)
        asked[items] = np.arange(len(items), dtype=np.int32)
        row = asked[self.neighbours[at]]
        found = row >= 0
        shape = len(items), len(history)
        cells = row[found] * np.int64(len(history)) + owner[found]
        added = np.bincount(cells, self.values[at[found]], minlength=shape[0] * shape[1])
        shares: Floats = (added.reshape(shape) * weights).astype(np.float32)
        return shares

    def _rows(self, history: IntArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the numbers of the history's rows lie, and whose each one is."""
        begins = self.starts[history]
        lengths = self.starts[history + 1] - begins
        owner = np.repeat(np.arange(len(history)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(owner)) + (begins - before)[owner], owner


def largest(matrix: Floats, keep: int) -> Neighbours:
    """Keep the numbers of each row that are furthest from 0, in half precision.

    Args:
        matrix: Items x items.
        keep: Most numbers of a row.
    """
    size = len(matrix)
    keep = min(keep, size)
    chosen = np.argpartition(-np.abs(matrix), keep - 1, axis=1)[:, :keep] if keep else None
    if chosen is None:
        return of_rows(size, np.zeros((size, 0), np.int64), np.zeros((size, 0), np.float32))
    chosen.sort(axis=1)
    return of_rows(size, chosen, np.take_along_axis(matrix, chosen, axis=1))


def of_rows(size: int, neighbours: NDArray[Any], values: Floats) -> Neighbours:
    """Leave out the zeros of rows of equal length.

    Args:
        size: Number of items.
        neighbours: Positions, one row per item.
        values: The number at each position.
    """
    halves = values.astype(np.float16)
    there = halves != 0
    starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int64)
    smallest = np.uint16 if size <= np.iinfo(np.uint16).max else np.int32
    return Neighbours(starts, neighbours[there].astype(smallest), halves[there])
