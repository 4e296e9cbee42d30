"""An engine that computes nothing, for measuring everything around a model."""

from __future__ import annotations

import numpy as np

from aiaas_mock.inference.backend import Array, Floats
from aiaas_mock.inference.cards import Card


class NullEngine:
    """Answers every row with equal scores."""

    def __init__(self, card: Card) -> None:
        self._row = np.full((1, card.output.size), 1.0 / card.output.size, np.float32)

    def run(self, rows: Array) -> Floats:
        """Answer each row with the same numbers."""
        return np.repeat(self._row, len(rows), axis=0)
