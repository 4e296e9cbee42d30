"""Networks: what a ``.tflite`` file gives for a history, less what it gives for none."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.engines.litert import LiteRtEngine
from aiaas_mock.inference.recommenders.manifest import NetworkMember
from aiaas_mock.inference.recommenders.protocol import Floats, IntArray

_ROWS: Final = 64
"""Rows of a batch: a long history is left out entry by entry in several."""


class Network:
    """Runs a network on one thread at a time.

    Args:
        path: The file.
        member: Form of the network's input.
        size: Number of items.

    Raises:
        ModelUnavailable: LiteRT cannot load the file.
    """

    def __init__(self, path: Path, member: NetworkMember, size: int) -> None:
        self._engine = LiteRtEngine(path)
        self._sequence = member.length if member.input == "sequence" else None
        self._size = size
        self._lock = Lock()  # the runtime has one set of buffers
        self.nothing = self._run(self._blank(1))[0]
        """What the network gives for an empty history, per item."""

    @property
    def exact(self) -> bool:
        """A network is no sum."""
        return False

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Run the network on the history."""
        scores: Floats = self._run(self._row(history, weights))[0] - self.nothing
        return scores

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Run the network once without each entry of the history, whatever the items."""
        whole = self._run(self._row(history, weights))[0, items]
        without = [
            self._row(np.delete(history, left_out), np.delete(weights, left_out))
            for left_out in range(len(history))
        ]
        scores = [
            self._run(np.concatenate(without[at : at + _ROWS]))[:, items]
            for at in range(0, len(without), _ROWS)
        ]
        shares: Floats = (whole - np.concatenate(scores)).T
        return shares

    def _row(self, history: IntArray, weights: Floats) -> NDArray[Any]:
        row = self._blank(1)
        if self._sequence is None:
            np.maximum.at(row[0], history, weights)  # an item counts once
        else:
            last = history[-self._sequence :]
            row[0, self._sequence - len(last) :] = last + 1
        return row

    def _blank(self, rows: int) -> NDArray[Any]:
        if self._sequence is None:
            return np.zeros((rows, self._size), np.float32)
        return np.zeros((rows, self._sequence), np.int32)

    def _run(self, rows: NDArray[Any]) -> Floats:
        with self._lock:
            return self._engine.run(rows)
