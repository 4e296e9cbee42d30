"""What columns of texts are made of: texts as numbers, and numbers side by side."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM: Final = 16


class TextCodes:
    """Different texts by number, and their alphabetical order when somebody asks for it."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self._ordered: list[str] = []
        self._ranks: NDArray[np.int32] = np.empty(0, np.int32)

    def code(self, text: str) -> int:
        """Return the number of a text, which gets one the first time."""
        return self.codes.setdefault(text, len(self.codes))

    def find(self, text: str) -> int | None:
        """Return the number of a text, if it has one."""
        return self.codes.get(text)

    def ranks(self) -> tuple[NDArray[np.int32], list[str]]:
        """Return the place of each number in the order of code points, and the texts in order."""
        known = len(self._ordered)
        if known < len(self.codes):
            # The old ones are in order already, which makes sorting nearly linear.
            self._ordered.extend(list(self.codes)[known:])
            self._ordered.sort()
            ranks = np.empty(len(self.codes), np.int32)
            ranks[[self.codes[text] for text in self._ordered]] = np.arange(len(ranks))
            self._ranks = ranks
        return self._ranks, self._ordered


class GrowingCells:
    """Numbers, of which more come at the end."""

    def __init__(self) -> None:
        self._room = np.empty(_FIRST_ROOM, np.int32)
        self._size = 0

    @property
    def cells(self) -> NDArray[np.int32]:
        """All numbers so far."""
        return self._room[: self._size]

    def extend(self, values: Collection[int]) -> None:
        """Add numbers at the end."""
        size = self._size + len(values)
        if size > len(self._room):
            wider = np.empty(max(size, 2 * len(self._room)), np.int32)
            wider[: self._size] = self.cells
            self._room = wider
        self._room[self._size : size] = list(values)
        self._size = size
