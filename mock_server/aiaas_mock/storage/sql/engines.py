"""A database by URL: how it is spoken to. The choice between SQLite and PostgreSQL is here."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from aiaas_mock.storage.store import StoreError

_BUSY_TIMEOUT_MS: Final = 10_000
_CONNECT_TIMEOUT_S: Final = 10
_CACHE_KIB: Final = 16_000
_WAL_PAGES: Final = 4_000


def make_engine(url: str, *, connections: int) -> Engine:
    """Return the engine for a URL; it does not connect yet.

    Raises:
        StoreError: The URL is none, or its driver is not installed.
    """
    if url.startswith("sqlite"):
        return _sqlite(url)
    return _postgresql(url, connections)


def _postgresql(url: str, connections: int) -> Engine:
    # A URL says which database; which driver speaks to it is our choice.
    with_driver = f"postgresql+psycopg://{url.partition('://')[2]}"
    try:
        return create_engine(
            with_driver,
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,  # what a caller sent is not for logs
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "aiaas-mock"},
        )
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL needs psycopg; run: pip install 'aiaas[server,postgres]'"
        ) from None
    except (ArgumentError, ValueError):  # their texts could hold the password
        raise StoreError(
            "the database's URL cannot be read; write it like "
            "postgresql://user:password@host:5432/name"
        ) from None


def _sqlite(url: str) -> Engine:
    # One thread uses it (see `SqlStore`), and a database in memory is its one connection.
    engine = create_engine(
        url,
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _configure_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not Python's driver
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    # Deleting a large file must not hold up the rest: fewer pages to walk, and none is written
    # just to blank it (some builds of SQLite do). Freed pages are used again.
    connection.execute("PRAGMA page_size = 16384")
    connection.execute("PRAGMA secure_delete = FAST")
    # Events go to many places of their indices: with room for these, and the log carried over less
    # often, fewer pages are written twice. More room would show in the memory of large uploads.
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
    # With WAL a crash of the process loses nothing; a power failure may lose the last moments,
    # never the order or the whole.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_immediately(connection: Connection) -> None:
    # A transaction that turns from reading to writing half-way could find the lock taken.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
