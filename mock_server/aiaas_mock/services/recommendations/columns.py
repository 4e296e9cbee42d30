"""The metadata of a catalogue by column, so that a filter looks at all items at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from aiaas_mock.services.recommendations.column_kinds import (
    KINDS,
    Column,
    TextColumn,
    field_type,
)
from aiaas_mock.storage.recommendations import MetadataValue


@dataclass(frozen=True, slots=True)
class Row:
    """What can be filtered by of an item."""

    id: str
    title: str | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


class Columns:
    """Items by position, their values by field. Changing an item costs what the item has.

    Not for two threads at once: masks of readers are arrays of their own, but a change must not
    happen while one is made.

    Args:
        types: Fields and their types, as the store has them; a field of an item that is not
            among them gets the type of its value.
    """

    def __init__(self, types: Mapping[str, str] = MappingProxyType({})) -> None:
        self._size = 0
        self._built_in = {"id": TextColumn(), "title": TextColumn()}
        self._fields: dict[str, Column] = {}
        self._filled: list[tuple[str, ...]] = []
        """Fields that each item has, so that replacing it does not look at all the others."""
        self.declare(types)

    @classmethod
    def of(cls, rows: Iterable[Row], types: Mapping[str, str] = MappingProxyType({})) -> Columns:
        """Make the columns of items, in their order."""
        columns, known = cls(types), list(rows)
        columns._grow(len(known))
        for position, row in enumerate(known):
            columns.replace(position, row)
        return columns

    def __len__(self) -> int:
        return self._size

    def declare(self, types: Mapping[str, str]) -> None:
        """Add fields; those that are there stay as they are."""
        for name, kind in types.items():
            if name not in self._fields:
                self._fields[name] = KINDS[kind]()
                self._fields[name].grow(self._size)

    def column(self, name: str) -> Column | None:
        """Return the column of a field of metadata, None when no item ever had it."""
        return self._fields.get(name)

    def built_in(self, name: str) -> TextColumn:
        """Return the column ``id`` or ``title``."""
        return self._built_in[name]

    def append(self, row: Row) -> int:
        """Add an item and return its position."""
        position = self._size
        self._grow(position + 1)
        self.replace(position, row)
        return position

    def replace(self, position: int, row: Row) -> None:
        """Put an item in the place of another."""
        self.blank(position)
        self._built_in["id"].put(position, row.id)
        self._built_in["title"].put(position, row.title)
        for name, value in row.metadata.items():
            if name not in self._fields:
                self.declare({name: field_type(value)})
            self._fields[name].put(position, value)
        self._filled[position] = tuple(row.metadata)

    def blank(self, position: int) -> None:
        """Forget an item; its position stays, and meets no comparison."""
        for column in self._built_in.values():
            column.put(position, None)
        for name in self._filled[position]:
            self._fields[name].put(position, None)
        self._filled[position] = ()

    def _grow(self, size: int) -> None:
        self._filled.extend([()] * (size - self._size))
        self._size = size
        for column in (*self._built_in.values(), *self._fields.values()):
            column.grow(size)
