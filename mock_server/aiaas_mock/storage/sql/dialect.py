"""What SQLAlchemy has once per kind of database, under one name each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Connection, Table, bindparam, func, select
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:  # PostgreSQL's is loaded where it is spoken
    from sqlalchemy.dialects import postgresql


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that can say what happens when a row is there already."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> tuple[postgresql.Insert | sqlite.Insert, Any]:
    """Return an insert of many rows, which can say the same, and its parameters."""
    dialect = connection.dialect.name
    return insert_of_rows(dialect, table, tuple(rows[0])), parameters_of_rows(dialect, rows)


def insert_of_rows(
    dialect: str, table: Table, names: Sequence[str]
) -> postgresql.Insert | sqlite.Insert:
    """Return an insert of rows with these columns, for `parameters_of_rows`."""
    if dialect != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    # One array per column: with a parameter per value, most of the time would go into the driver's
    # reading of the statement.
    columns = (bindparam(name, type_=ARRAY(table.c[name].type)) for name in names)
    filled = select(*(func.unnest(column) for column in columns))
    return postgresql.insert(table).from_select(list(names), filled)


def parameters_of_rows(dialect: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return the parameters for an insert of these rows."""
    if dialect != "postgresql":
        return rows
    return {name: [row[name] for row in rows] for name in rows[0]}


def queue_up(connection: Connection, what: str) -> None:
    """Wait until no other transaction that did the same with `what` is under way.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))
