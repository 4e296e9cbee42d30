"""Namespaces as wholes in SQL: whatever tables there are, each says what is whose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Table,
    delete,
    insert,
    select,
)

from aiaas_mock.storage.sql.schema import metadata
from aiaas_mock.storage.store import NamespaceRows


class SqlNamespaces:
    """Implements `NamespaceTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def erase(self, namespace: str) -> None:
        """Delete everything that is kept of a namespace, what refers to others first."""
        for table, is_owned in reversed(list(_owned(namespace))):
            self._connection.execute(delete(table).where(is_owned))

    def copy(self, namespace: str) -> NamespaceRows:
        """Return everything that is kept of a namespace."""
        return {
            table.name: [
                dict(row)
                for row in self._connection.execute(select(table).where(is_owned)).mappings()
            ]
            for table, is_owned in _owned(namespace)
        }

    def restore(self, namespace: str, rows: NamespaceRows) -> None:
        """Keep what was copied; rows come back with the places that they had."""
        self.erase(namespace)
        for table, _ in _owned(namespace):
            found = rows[table.name]
            if found:
                self._connection.execute(insert(table), found)


def _owned(namespace: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield the tables that hold what is somebody's, and which of their rows are the namespace's.

    Each comes after those that it refers to.
    """
    for table, key in owned_tables():
        owner = _owner(table)
        if owner is not None:
            yield table, owner == namespace
        elif key is not None and (its_owner := _owner(key.column.table)) is not None:
            yield table, key.parent.in_(select(key.column).where(its_owner == namespace))


@cache
def owned_tables() -> tuple[tuple[Table, ForeignKey | None], ...]:
    """Return the tables that hold what is somebody's, each after those that it refers to.

    The rows of a table that names no namespace belong to whom the rows do that they refer to, by
    the key that comes with the table.
    """
    found: list[tuple[Table, ForeignKey | None]] = []
    for table in metadata.sorted_tables:
        keys = [key for key in table.foreign_keys if _owner(key.column.table) is not None]
        if _owner(table) is not None:
            found.append((table, None))
        elif keys:
            found.append((table, keys[0]))
    return tuple(found)


def _owner(table: Table) -> Column[str] | None:
    names = (name for name in table.columns.keys() if _is_owner(name))  # noqa: SIM118  # no dict
    name = next(names, None)
    return None if name is None else table.columns[name]


def _is_owner(name: str) -> bool:
    return name == "namespace" or name.endswith("_namespace")
