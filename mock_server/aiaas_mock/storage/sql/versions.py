"""How an older database is brought up to the tables of this server."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, inspect, select, update

from aiaas_mock.storage.sql.schema import metadata, store, to_us
from aiaas_mock.storage.store import StoreError

VERSION: Final = 2


def prepare(connection: Connection, now: datetime) -> None:
    """Make the tables, or bring those of an older version up.

    Raises:
        StoreError: They were made by a newer version.
    """
    if not inspect(connection).has_table(store.name):
        metadata.create_all(connection)
        connection.execute(insert(store).values(version=VERSION, created_us=to_us(now)))
        return
    version = connection.execute(select(store.c.version)).scalar_one()
    if version > VERSION:
        raise StoreError(
            f"the database has version {version} and this server knows {VERSION}; "
            "run a newer server, or one with another data directory"
        )
    metadata.create_all(connection)
    connection.execute(update(store).values(version=VERSION))
