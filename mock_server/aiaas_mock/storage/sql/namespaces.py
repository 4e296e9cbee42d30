"""Namespaces as wholes in SQL: whatever tables there are, each says what is whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Connection, Table, delete, insert, select

from aiaas_mock.storage.sql.schema import metadata
from aiaas_mock.storage.store import NamespaceRows


class SqlNamespaces:
    """Implements `NamespaceTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def erase(self, namespace: str) -> None:
        """Delete everything that is kept of a namespace, what refers to others first."""
        for table, owner in reversed(owned_tables()):
            self._connection.execute(delete(table).where(owner == namespace))

    def copy(self, namespace: str) -> NamespaceRows:
        """Return everything that is kept of a namespace."""
        return {
            table.name: [dict(row) for row in self._rows(table, owner, namespace)]
            for table, owner in owned_tables()
        }

    def restore(self, namespace: str, rows: NamespaceRows) -> None:
        """Keep what was copied; rows come back with the places that they had."""
        self.erase(namespace)
        for table, _ in owned_tables():
            found = rows[table.name]
            if found:
                self._connection.execute(insert(table), found)

    def _rows(
        self, table: Table, owner: Column[str], namespace: str
    ) -> Iterable[Mapping[str, Any]]:
        query = select(table).where(owner == namespace)
        return cast("Iterable[Mapping[str, Any]]", self._connection.execute(query).mappings())


@cache
def owned_tables() -> tuple[tuple[Table, Column[str]], ...]:
    """Return the tables that hold what is somebody's, and the column that says whose.

    Each comes after those that it refers to.
    """
    return tuple(
        (table, owners[0])
        for table in metadata.sorted_tables
        if (owners := [column for column in table.columns if _is_owner(column.name)])
    )


def _is_owner(name: str) -> bool:
    return name == "namespace" or name.endswith("_namespace")
