"""The catalogue of a namespace in memory, by position, so that a score is one array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.column_kinds import Bools
from aiaas_mock.services.recommendations.columns import Columns, Row
from aiaas_mock.storage.recommendations import CatalogueChange, MetadataValue, StoredItem

Positions = NDArray[np.intp]

_FIRST_ROOM: Final = 64
_NOTHING: Final[Mapping[str, MetadataValue]] = {}
_NO_TYPES: Final[Mapping[str, str]] = MappingProxyType({})


class CatalogueView:
    """Items by position. A position belongs to one id for ever, also while its item is gone.

    It is changed by one thread at a time; arrays that were handed out before stay as long, and
    are not cleared.

    Args:
        types: The fields of metadata and their types.
    """

    def __init__(self, types: Mapping[str, str] = _NO_TYPES) -> None:
        self.types: dict[str, str] = dict(types)
        self.columns = Columns(types)
        self.revision = 0
        self.ids: list[str] = []
        self.titles: list[str | None] = []
        self.metadata: list[Mapping[str, MetadataValue]] = []
        self._positions: dict[str, int] = {}
        self._present = np.zeros(_FIRST_ROOM, np.bool_)
        self._available = np.zeros(_FIRST_ROOM, np.bool_)
        self._changes = np.zeros(_FIRST_ROOM, np.int64)
        self._vectors: Floats = np.zeros((_FIRST_ROOM, 0), np.float32)
        self._change = 0
        self._live = 0

    @classmethod
    def of(cls, items: Iterable[StoredItem], types: Mapping[str, str]) -> CatalogueView:
        """Make the view of items, in their order."""
        view = cls(types)
        for item in items:
            view.put(item)
        return view

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.ids)

    @property
    def live(self) -> int:
        """The number of items that are there."""
        return self._live

    @property
    def present(self) -> Bools:
        """Which positions have an item."""
        return self._present[: len(self.ids)]

    @property
    def available(self) -> Bools:
        """Which positions have an item that may be recommended."""
        return self._available[: len(self.ids)]

    @property
    def vectors(self) -> Floats:
        """The vectors of the titles, row by row: zeros where there is none."""
        return self._vectors[: len(self.ids)]

    @property
    def last_change(self) -> int:
        """The number of the last change."""
        return self._change

    def cosines(self, vector: Floats) -> Floats:
        """Return how near each title is to a vector: 0 where there is no title.

        As products of one row each: for a whole matrix BLAS wakes threads that wait for each other
        longer than they work (100,000 titles: 1.3 ms, and 2 to 28 ms as a matrix, on two cores
        that others use too).
        """
        found: Floats = np.matmul(self.vectors[:, None, :], vector[:, None])[:, 0, 0]
        return found

    def changed_since(self, change: int) -> Positions:
        """Return the positions that changed after a change."""
        return np.flatnonzero(self._changes[: len(self.ids)] > change)

    def find(self, item_id: str) -> int | None:
        """Return the position of an item, None when it is not there."""
        position = self._positions.get(item_id)
        return position if position is not None and self._present[position] else None

    def places(self, item_ids: Sequence[str]) -> Positions:
        """Return the positions that ids have or had, -1 for ids that were never seen."""
        get = self._positions.get
        return np.fromiter((get(item_id, -1) for item_id in item_ids), np.intp, len(item_ids))

    def declare(self, types: Mapping[str, str]) -> None:
        """Add fields of metadata."""
        self.types |= types
        self.columns.declare(types)

    def apply(self, change: CatalogueChange) -> None:
        """Take in what happened to an item."""
        if change.item is None:
            self.remove(change.item_id)
        else:
            self.put(change.item)

    def put(self, item: StoredItem) -> None:
        """Add an item, or put it in the place of what was there."""
        row = Row(item.id, item.title, item.metadata)
        position = self._positions.get(item.id)
        if position is None:
            position = self._append(row)
        else:
            self.columns.replace(position, row)
        self._live += not self._present[position]
        self.titles[position], self.metadata[position] = item.title, item.metadata
        self._present[position], self._available[position] = True, item.available
        self._set_vector(position, item.vector)
        self._note(position)

    def remove(self, item_id: str) -> None:
        """Forget an item, but not which position it had."""
        position = self._positions.get(item_id)
        if position is None or not self._present[position]:
            return
        self._live -= 1
        self.columns.blank(position)
        self.titles[position], self.metadata[position] = None, _NOTHING
        self._present[position] = self._available[position] = False
        self._set_vector(position, None)
        self._note(position)

    def _append(self, row: Row) -> int:
        position = self.columns.append(row)
        self._positions[row.id] = position
        self.ids.append(row.id)
        self.titles.append(None)
        self.metadata.append(_NOTHING)
        if position >= len(self._present):
            self._widen(2 * len(self._present))
        return position

    def _widen(self, room: int) -> None:
        self._present = _widened(self._present, room)
        self._available = _widened(self._available, room)
        self._changes = _widened(self._changes, room)
        self._vectors = _widened(self._vectors, room)

    def _set_vector(self, position: int, packed: bytes | None) -> None:
        vector = np.frombuffer(packed or b"", "<f4")
        if len(vector) and not self._vectors.shape[1]:
            self._vectors = np.zeros((len(self._present), len(vector)), np.float32)
        # Another length is that of a model that embedded titles before: nothing to compare with.
        fits = len(vector) == self._vectors.shape[1]
        self._vectors[position] = vector if fits else 0.0

    def _note(self, position: int) -> None:
        self._change += 1
        self._changes[position] = self._change


def _widened(values: NDArray[Any], room: int) -> NDArray[Any]:
    wider = np.zeros((room, *values.shape[1:]), values.dtype)
    wider[: len(values)] = values
    return wider
