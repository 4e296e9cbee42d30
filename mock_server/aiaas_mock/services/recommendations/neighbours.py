"""A trained model laid over a catalogue: which item is which, and who stands in for the others.

An item that came after the training is nothing to the model. Its title tells which known items it
resembles: it scores what they score, weighed by likeness and less than they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.recommenders import Recommender
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions

_NEAREST: Final = 5
_LEAST_COSINE: Final = 0.3
"""Titles less alike than that have no more than a common word."""
_DISCOUNT: Final = 0.5
"""What a score by likeness is worth beside one that was learned."""
_ROWS: Final = 256
_NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Meaning:
    """The items of a model that speak for some positions.

    Attributes:
        rows: For which of the positions each speaks.
        items: The items, the nearest of a position first.
        weights: What each counts.
        via: For each position the place of the nearest item that stands in for it; -1 where there
            is none, and where the model has the position's own.
        own: Whether that is so of all positions: each is one item of the model's.
    """

    rows: Positions
    items: Positions
    weights: Floats
    via: Positions
    own: bool = False

    def different(self) -> tuple[NDArray[np.int32], Positions]:
        """Return the items, each once, and which of them is where."""
        if self.own:
            return self.items.astype(np.int32), self.rows
        items, places = np.unique(self.items, return_inverse=True)
        return items.astype(np.int32), places

    def summed(self, values: Floats) -> NDArray[np.float64]:
        """Add up what the items have by the position that they speak for, as far as they count."""
        if self.own:
            return values.astype(np.float64)
        total = np.zeros((len(self.via), *values.shape[1:]), np.float64)
        weights = self.weights if values.ndim == 1 else self.weights[:, None]
        np.add.at(total, self.rows, values * weights)
        return total


@dataclass(frozen=True, slots=True)
class ModelMap:
    """A model and the positions of its items. It is not changed; a newer one takes its place.

    Attributes:
        model: The model.
        change: The last change of the catalogue that it knows of.
        items: The model's item at each position, -1 where it has none.
        neighbours: For each position the items that stand in for it, -1 for none.
        weights: What each of them counts.
        known_positions: Where the model's items are.
        known_items: Those items.
        new_positions: The positions that others stand in for.
        new_neighbours: Those others.
        new_weights: What each of them counts.
    """

    model: Recommender
    change: int
    items: Positions
    neighbours: Positions
    weights: Floats
    known_positions: Positions
    known_items: Positions
    new_positions: Positions
    new_neighbours: Positions
    new_weights: Floats

    @property
    def size(self) -> int:
        """The number of positions."""
        return len(self.items)

    def is_known(self, position: int) -> bool:
        """Say whether the model has the item of a position."""
        return position < len(self.items) and self.items[position] >= 0

    def items_at(self, positions: Positions) -> Positions:
        """Return the model's items at positions, -1 for none."""
        inside = positions < len(self.items)
        found = np.full(len(positions), _NONE, np.intp)
        found[inside] = self.items[positions[inside]]
        return found

    def position_of(self, item: int) -> int:
        """Return where an item of the model is."""
        return int(self.known_positions[np.searchsorted(self.known_items, item)])

    def meaning(self, position: int) -> tuple[Positions, Floats]:
        """Return the items of the model that speak for a position, the nearest first."""
        if position >= len(self.items):
            return np.empty(0, np.intp), np.empty(0, np.float32)
        if self.items[position] >= 0:
            return self.items[position : position + 1], np.ones(1, np.float32)
        there = self.weights[position] > 0
        return self.neighbours[position][there], self.weights[position][there]

    def meanings(self, positions: Positions) -> Meaning:
        """Return the items of the model that speak for positions, each of which is given once."""
        known = self.items_at(positions)
        via = np.full(len(positions), _NONE, np.intp)
        if (known >= 0).all():
            rows = np.arange(len(positions))
            return Meaning(rows, known, np.ones(len(positions), np.float32), via, own=True)
        found = [self.meaning(position) for position in positions.tolist()]
        for row in np.flatnonzero(known < 0):
            if len(found[row][0]):
                via[row] = self.position_of(int(found[row][0][0]))
        return Meaning(
            np.repeat(np.arange(len(positions)), [len(items) for items, _ in found]),
            np.concatenate([items for items, _ in found]),
            np.concatenate([weights for _, weights in found]),
            via,
        )


def lay_over(model: Recommender, catalogue: CatalogueView, before: ModelMap | None) -> ModelMap:
    """Lay a model over a catalogue.

    Args:
        model: The model.
        catalogue: The items; it may grow meanwhile.
        before: What was found when the catalogue was older.
    """
    change, size = catalogue.last_change, len(catalogue)
    places = catalogue.places(model.items)
    places[places >= size] = _NONE
    known_items = np.flatnonzero(places >= 0)
    items = np.full(size, _NONE, np.intp)
    items[places[known_items]] = known_items
    neighbours = np.full((size, _NEAREST), _NONE, np.intp)
    weights = np.zeros((size, _NEAREST), np.float32)
    wanted = np.arange(size)
    if before is not None and len(before.known_items) == len(known_items):
        neighbours[: before.size] = before.neighbours
        weights[: before.size] = before.weights
        changed = catalogue.changed_since(before.change)
        wanted = changed[changed < size]
    wanted = wanted[items[wanted] < 0]
    vectors = catalogue.vectors[:size]
    neighbours[wanted], weights[wanted] = _nearest(vectors, wanted, items)
    new = np.flatnonzero((items < 0) & (weights > 0).any(axis=1))
    return ModelMap(
        model=model,
        change=change,
        items=items,
        neighbours=neighbours,
        weights=weights,
        known_positions=places[known_items],
        known_items=known_items,
        new_positions=new,
        new_neighbours=np.maximum(neighbours[new], 0),
        new_weights=weights[new],
    )


def _nearest(vectors: Floats, wanted: Positions, items: Positions) -> tuple[Positions, Floats]:
    """Return for each wanted position the known items that it resembles most, and their weights."""
    found = np.full((len(wanted), _NEAREST), _NONE, np.intp)
    weights = np.zeros((len(wanted), _NEAREST), np.float32)
    known = np.flatnonzero((items >= 0) & vectors.any(axis=1))
    most = min(_NEAREST, len(known))
    if not most:
        return found, weights
    towards = vectors[known].T
    for start in range(0, len(wanted), _ROWS):
        rows = wanted[start : start + _ROWS]
        cosines = vectors[rows] @ towards
        best = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
        near = np.take_along_axis(cosines, best, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        best, near = np.take_along_axis(best, order, 1), np.take_along_axis(near, order, 1)
        near = np.where(near >= _LEAST_COSINE, near, 0.0)
        total = np.maximum(near.sum(axis=1, keepdims=True), 1e-9)
        part = slice(start, start + len(rows))
        found[part, :most] = items[known[best]]
        weights[part, :most] = _DISCOUNT * near * near / total
    return found, weights
