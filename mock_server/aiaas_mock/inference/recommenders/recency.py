"""How much older items of a history count: by visits, not by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

VISIT_GAP_US: Final = 30 * 60 * 1_000_000
"""Events that are further apart belong to two visits, as web analytics count them."""


@dataclass(frozen=True, slots=True)
class Recency:
    """What somebody did on their last visit counts in full, what came before counts less.

    Attributes:
        half_life_visits: After so many visits an item counts half; None for no difference.
        floor: What the oldest item counts at least.
    """

    half_life_visits: float | None = None
    floor: float = 0.0

    def weights(self, times_us: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the weight of each event of one person.

        Args:
            times_us: Times of the events in microseconds, oldest first.
        """
        if self.half_life_visits is None or len(times_us) == 0:
            return np.ones(len(times_us), np.float32)
        visits = visits_ago(times_us)
        decayed = 0.5 ** (visits / self.half_life_visits)
        weights: NDArray[np.float32] = (self.floor + (1 - self.floor) * decayed).astype(np.float32)
        return weights


def visits_ago(times_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each event of one person, oldest first, how many visits came after its own."""
    after = np.zeros(len(times_us), np.int64)
    begins = times_us[1:] - times_us[:-1] > VISIT_GAP_US
    after[:-1] = begins[::-1].cumsum()[::-1]
    return after
