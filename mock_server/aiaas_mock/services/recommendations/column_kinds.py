"""Columns of metadata, one kind per type of field: each answers a condition for all items at once.

A cell may be missing. A missing cell meets no comparison, not even ``!=``: nothing is known of it.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.services.recommendations.text_codes import GrowingCells, TextCodes
from aiaas_mock.storage.recommendations import MetadataValue

Bools = NDArray[np.bool_]
FieldType = Literal["bool", "number", "text", "texts"]

_FIRST_ROOM: Final = 16
_MISSING_CODE: Final = -1
_SPARE_TEXTS: Final = 1024
"""Texts that no cell has any longer are swept when there are this many more than cells."""

_NUMBERS: Final[Mapping[str, Callable[[Any, Any], Bools]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def field_type(value: MetadataValue) -> FieldType:
    """Return the type of field that a value makes."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "texts"


class Column(ABC):
    """The values of one field. Cells beyond the last one are missing."""

    dtype: ClassVar[type[np.generic]]
    missing: ClassVar[float]

    def __init__(self) -> None:
        self._room = np.full(_FIRST_ROOM, self.missing, self.dtype)
        self._size = 0

    @property
    def cells(self) -> NDArray[Any]:
        """The cells as numbers, each kind in its way."""
        return self._room[: self._size]

    def grow(self, size: int) -> None:
        """Have `size` cells; new ones are missing."""
        if size > len(self._room):
            wider = np.full(max(size, 2 * len(self._room)), self.missing, self.dtype)
            wider[: self._size] = self.cells
            self._room = wider
        self._size = size

    @abstractmethod
    def put(self, position: int, value: Any) -> None:
        """Set a cell; None makes it missing."""

    def exists(self) -> Bools:
        """Tell which cells are not missing."""
        there: Bools = self.cells != self.missing
        return there

    def _none(self) -> Bools:
        return np.zeros(self._size, np.bool_)


class ComparableColumn(Column):
    """Cells that can be compared with a value: all but lists."""

    @abstractmethod
    def compare(self, sign: str, value: Any) -> Bools:
        """Compare all cells with a value of the column's type."""

    @abstractmethod
    def one_of(self, values: Collection[Any]) -> Bools:
        """Tell which cells have one of the values."""


class NumberColumn(ComparableColumn):
    """Numbers, as 64-bit floats; NaN is missing."""

    dtype = np.float64
    missing = float("nan")

    def put(self, position: int, value: float | None) -> None:
        """Set a cell."""
        self._room[position] = self.missing if value is None else value

    def exists(self) -> Bools:
        """Tell which cells are numbers."""
        there: Bools = ~np.isnan(self.cells)
        return there

    def compare(self, sign: str, value: float) -> Bools:
        """Compare all cells with a number."""
        found = _NUMBERS[sign](self.cells, value)
        return found & self.exists() if sign == "!=" else found

    def one_of(self, values: Collection[float]) -> Bools:
        """Tell which cells have one of the numbers."""
        return np.isin(self.cells, [float(value) for value in values])


class BoolColumn(ComparableColumn):
    """Truth values: 0, 1 and -1 for missing."""

    dtype = np.int8
    missing = -1

    def put(self, position: int, value: bool | None) -> None:
        """Set a cell."""
        self._room[position] = self.missing if value is None else value

    def compare(self, sign: str, value: bool) -> Bools:
        """Tell which cells are (``==``) or are not (``!=``) a truth value."""
        wanted = value if sign == "==" else not value
        found: Bools = self.cells == int(wanted)
        return found

    def one_of(self, values: Collection[bool]) -> Bools:
        """Tell which cells have one of the truth values."""
        return np.isin(self.cells, [int(value) for value in values])


class TextColumn(ComparableColumn):
    """Texts, as numbers of the different ones."""

    dtype = np.int32
    missing = _MISSING_CODE

    def __init__(self) -> None:
        super().__init__()
        self._texts = TextCodes()

    def put(self, position: int, value: str | None) -> None:
        """Set a cell."""
        self._room[position] = self.missing if value is None else self._texts.code(value)
        if len(self._texts.codes) > 2 * self._size + _SPARE_TEXTS:
            self._sweep()

    def compare(self, sign: str, value: str) -> Bools:
        """Compare all cells with a text; the order is that of code points."""
        cells, code = self.cells, self._texts.find(value)
        if sign == "==":
            return self._none() if code is None else cells == code
        if sign == "!=":
            return self.exists() if code is None else (cells != code) & self.exists()
        ranks, ordered = self._texts.ranks()
        bisect = bisect_left if sign in ("<", ">=") else bisect_right
        bound = bisect(ordered, value)
        first = np.append(ranks < bound, False)  # the last is that of missing cells, -1
        below: Bools = first[cells]
        return below if sign in ("<", "<=") else ~below & self.exists()

    def one_of(self, values: Collection[str]) -> Bools:
        """Tell which cells have one of the texts."""
        codes = [code for text in values if (code := self._texts.find(text)) is not None]
        return np.isin(self.cells, codes) if codes else self._none()

    def _sweep(self) -> None:
        used, cells = np.unique(self.cells, return_inverse=True)
        named = list(self._texts.codes)
        self._texts = TextCodes()
        new = [code if code < 0 else self._texts.code(named[code]) for code in used.tolist()]
        self._room[: self._size] = np.array(new, self.dtype)[cells]


class TextsColumn(Column):
    """Lists of texts. A cell is the length of its list; the texts of all lists are side by side.

    A list that changes leaves its old texts behind, marked as nobody's, until there are more of
    them than others.
    """

    dtype = np.int32
    missing = -1

    def __init__(self) -> None:
        super().__init__()
        self._texts = TextCodes()
        self._starts: list[int] = []
        self._codes = GrowingCells()
        self._owners = GrowingCells()
        self._left = 0

    def grow(self, size: int) -> None:
        """Have `size` cells; new ones are missing."""
        self._starts.extend([0] * (size - self._size))
        super().grow(size)

    def put(self, position: int, value: Collection[str] | None) -> None:
        """Set a cell."""
        start, length = self._starts[position], max(0, int(self._room[position]))
        self._codes.cells[start : start + length] = _MISSING_CODE
        self._left += length
        self._room[position] = self.missing if value is None else len(value)
        if value is not None:
            self._starts[position] = len(self._codes.cells)
            self._codes.extend([self._texts.code(text) for text in value])
            self._owners.extend([position] * len(value))
        if self._left > len(self._codes.cells) // 2 + _SPARE_TEXTS:
            self._sweep()

    def has(self, text: str) -> Bools:
        """Tell which lists have a text."""
        mask, code = self._none(), self._texts.find(text)
        if code is not None:
            mask[self._owners.cells[self._codes.cells == code]] = True
        return mask

    def _sweep(self) -> None:
        kept = self._codes.cells != _MISSING_CODE
        codes, owners = self._codes.cells[kept], self._owners.cells[kept]
        named, self._texts = list(self._texts.codes), TextCodes()
        self._codes, self._owners, self._left = GrowingCells(), GrowingCells(), 0
        self._codes.extend([self._texts.code(named[code]) for code in codes.tolist()])
        self._owners.extend(owners.tolist())
        # Lists keep their texts together, so that the first of each tells where it begins now.
        present, starts = np.unique(owners, return_index=True)
        for position, start in zip(present.tolist(), starts.tolist(), strict=True):
            self._starts[position] = start


KINDS: Final[Mapping[str, Callable[[], Column]]] = {
    "bool": BoolColumn,
    "number": NumberColumn,
    "text": TextColumn,
    "texts": TextsColumn,
}
"""The column for each type of field."""
