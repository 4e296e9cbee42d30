"""Moments in people's past: what they had by then, and what they turned to next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.zoo.recommendations.events import Events, Floats

_AHEAD: Final = 9
"""For so many items of the past, one of the future is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Draws moments, so that a network learns what will be asked of it: what comes next.

    Events of the same time are shuffled: nobody knows their order. Half of what a visit brought
    may be past and half of it future.

    Attributes:
        events: What people did.
        recency: What older items count.
        rng: Draws the moments.
    """

    events: Events
    recency: Recency
    rng: np.random.Generator

    def people(self) -> NDArray[np.intp]:
        """Return all with a past and a future, shuffled."""
        return self.rng.permutation(np.flatnonzero(np.diff(self.events.starts) > 1))

    def draw(self, people: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Draw a moment of each person.

        Returns:
            What they had, weighted, and what came next: two arrays of people x items.
        """
        past = np.zeros((len(people), self.events.size), np.float32)
        future = np.zeros_like(past)
        starts = self.events.starts
        for row, person in enumerate(people):
            mine = slice(starts[person], starts[person + 1])
            items, times = self._shuffled(mine)
            cut = int(self.rng.integers(max(1, len(items) // 4), len(items)))
            past[row, items[:cut]] = self.recency.weights(times[:cut])
            future[row, items[cut : cut + max(1, round(cut / _AHEAD))]] = 1
        return past, future

    def _shuffled(self, mine: slice) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        items, times = self.events.items[mine], self.events.times_us[mine]
        order = np.lexsort((self.rng.random(len(items)), times))
        return items[order], times[order]
