"""How a new database is made, and an older one brought up to the tables of this server."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, inspect, select

from aiaas_mock.storage.sql.dialect import queue_up
from aiaas_mock.storage.sql.schema import metadata, store, to_us, version
from aiaas_mock.storage.store import StoreError

VERSIONS: Final = ("0001", "0002")
"""All versions, oldest first: the names of the steps in `migrations`."""

NEWEST: Final = VERSIONS[-1]

_BEFORE_ALEMBIC: Final = "0001"

_OLD_MARK: Final = 2
"""Servers from before Alembic read this number, and see that the database is none of theirs."""


def prepare(connection: Connection, now: datetime) -> None:
    """Make the tables, or bring those of an older version up.

    Raises:
        StoreError: They were made by a newer version.
    """
    if _version_of(connection) == NEWEST:
        return
    queue_up(connection, "tables")  # of servers that start together, one does it
    found = _version_of(connection)
    if found is None:
        metadata.create_all(connection)
        connection.execute(insert(store).values(version=_OLD_MARK, created_us=to_us(now)))
        connection.execute(insert(version).values(version_num=NEWEST))
    elif found not in VERSIONS:
        raise StoreError(
            f"the database has version {found} and this server knows {NEWEST}; "
            "run a newer server, or one with another database"
        )
    elif found != NEWEST:
        _migrate(connection)


def _version_of(connection: Connection) -> str | None:
    """Return the version of a database, None when it is new."""
    there = inspect(connection)
    if there.has_table(version.name):
        return connection.execute(select(version.c.version_num)).scalar_one_or_none()
    return _BEFORE_ALEMBIC if there.has_table(store.name) else None


def _migrate(connection: Connection) -> None:
    # Alembic takes a tenth of a second to load, which a database that is up to date need not wait.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", f"{__package__}:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if not inspect(connection).has_table(version.name):
        command.stamp(config, _BEFORE_ALEMBIC)
    command.upgrade(config, NEWEST)
