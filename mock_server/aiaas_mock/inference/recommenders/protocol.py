"""What a recommender does, and what the members do that it is a sum of."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders.manifest import Family
from aiaas_mock.inference.recommenders.recency import Recency

IntArray = NDArray[np.int32]
Floats = NDArray[np.float32]


class Recommender(Protocol):
    """Scores all items for a history. Thread-safe; asks no network, disk or TensorFlow.

    A history is the positions of the items of somebody's past in `items`, each once, oldest first,
    with a weight for each: 1 for one that counts in full, as `recency` says for older ones. The
    answer to an empty history is what is popular.
    """

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the items, in the order of the scores."""
        ...

    @property
    def family(self) -> Family:
        """Kind of the model."""
        ...

    @property
    def exact(self) -> bool:
        """Whether `contributions` are exact."""
        ...

    @property
    def recency(self) -> Recency:
        """The weights that this model expects of older items."""
        ...

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Return one float32 per item; of two items the one with more fits better."""
        ...

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Return how much each entry of the history added to the scores of `items`, each once.

        A row per item, a column per entry. When `exact`, a row sums up to the score less the
        item's base; when not, each number says how much of the score is lost when the entry is
        left out.
        """
        ...

    def base(self, items: IntArray) -> Floats:
        """Return the parts of items' scores that are due to no item of the history."""
        ...


class Member(Protocol):
    """One part of a recommender: scores that are nothing for an empty history."""

    @property
    def exact(self) -> bool:
        """Whether `contributions` sum up to the score."""
        ...

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Return one number per item; the history is not empty."""
        ...

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Return a row per item, each once, with a number per entry of the history.

        The history is not empty.
        """
        ...
