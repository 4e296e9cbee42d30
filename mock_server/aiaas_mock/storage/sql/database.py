"""A database by URL, as the store needs it. The only module that knows SQLite from others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, delete, event, exists, or_, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from aiaas_mock.storage.sql.answers import SqlAnswers
from aiaas_mock.storage.sql.files import SqlFiles
from aiaas_mock.storage.sql.namespaces import SqlNamespaces
from aiaas_mock.storage.sql.schema import answers, blobs, files, prepare, to_us
from aiaas_mock.storage.sql.usage import SqlUsage
from aiaas_mock.storage.store import StoreError, Transaction

ResultT = TypeVar("ResultT")

_BUSY_TIMEOUT_MS = 10_000


class SqlTransaction:
    """Implements `Transaction` on a connection that is in one."""

    __slots__ = ("answers", "files", "namespaces", "usage")

    def __init__(self, connection: Connection) -> None:
        self.files = SqlFiles(connection)
        self.answers = SqlAnswers(connection)
        self.usage = SqlUsage(connection)
        self.namespaces = SqlNamespaces(connection)


class Database:
    """Runs work in transactions.

    Args:
        url: SQLAlchemy's URL of the database.
        now: The time, for a database that is made now.
        alone: Whether no other process uses it: then whatever is in progress at the start
            belongs to a process that is no more.

    Raises:
        StoreError: The database cannot be read, or was made by a newer version.
    """

    def __init__(self, url: str, *, now: datetime, alone: bool) -> None:
        self._engine = _engine(url)
        try:
            with self._engine.begin() as connection:
                prepare(connection, now)
                if alone:
                    _end_what_was_in_progress(connection)
                    _sweep(connection, now)
        except DatabaseError as error:
            raise StoreError(f"the database cannot be opened: {error.orig}") from error

    def run(self, work: Callable[[Transaction], ResultT]) -> ResultT:
        """Run `work` in a transaction; an exception undoes it."""
        with self._engine.begin() as connection:
            return work(SqlTransaction(connection))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _end_what_was_in_progress(connection: Connection) -> None:
    """Let time be up for the uploads and claims of a process that is no more."""
    connection.execute(update(blobs).where(blobs.c.until_us.is_not(None)).values(until_us=0))
    connection.execute(update(answers).where(answers.c.status.is_(None)).values(until_us=0))


def _sweep(connection: Connection, now: datetime) -> None:
    """Delete what has expired, in all namespaces: those that nobody asks for again, too.

    Requests sweep their own only, since a namespace may have a time of its own while a server
    runs; none has at the start.
    """
    over = to_us(now)
    expired = exists().where(
        files.c.namespace == blobs.c.namespace,
        files.c.id == blobs.c.id,
        files.c.expires_us <= over,
    )
    connection.execute(delete(blobs).where(or_(blobs.c.until_us <= over, expired)))
    connection.execute(delete(answers).where(answers.c.until_us <= over))


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    # One thread uses it (see `SqlStore`), and a database in memory is its one connection.
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
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
    connection.execute("PRAGMA journal_mode = WAL")
    # With WAL a crash of the process loses nothing; a power failure may lose the last moments,
    # never the order or the whole.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_immediately(connection: Connection) -> None:
    # A transaction that turns from reading to writing half-way could find the lock taken.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
