"""Transactions on a database, repeated where the database asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, delete, exists, or_, update
from sqlalchemy.exc import DBAPIError

from aiaas_mock.storage.sql.answers import SqlAnswers
from aiaas_mock.storage.sql.engines import make_engine
from aiaas_mock.storage.sql.events import SqlEvents
from aiaas_mock.storage.sql.files import SqlFiles
from aiaas_mock.storage.sql.items import SqlItems
from aiaas_mock.storage.sql.jobs import SqlJobs
from aiaas_mock.storage.sql.namespaces import SqlNamespaces
from aiaas_mock.storage.sql.recommenders import SqlRecommenders
from aiaas_mock.storage.sql.schema import answers, blobs, files, to_us
from aiaas_mock.storage.sql.together import Failed, Work
from aiaas_mock.storage.sql.usage import SqlUsage
from aiaas_mock.storage.sql.users import SqlUsers
from aiaas_mock.storage.sql.versions import prepare
from aiaas_mock.storage.store import StoreError, Transaction

ResultT = TypeVar("ResultT")

_ATTEMPTS: Final = 5
_UNDONE: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for transactions that it undid for another's sake: such as in a deadlock."""


class SqlTransaction:
    """Implements `Transaction` on a connection that is in one."""

    __slots__ = (
        "answers",
        "events",
        "files",
        "items",
        "jobs",
        "namespaces",
        "recommenders",
        "usage",
        "users",
    )

    def __init__(self, connection: Connection) -> None:
        self.files = SqlFiles(connection)
        self.answers = SqlAnswers(connection)
        self.usage = SqlUsage(connection)
        self.items = SqlItems(connection)
        self.users = SqlUsers(connection)
        self.events = SqlEvents(connection)
        self.recommenders = SqlRecommenders(connection)
        self.jobs = SqlJobs(connection)
        self.namespaces = SqlNamespaces(connection)


class Database:
    """Runs work in transactions.

    Args:
        url: URL of the database.
        now: The time, for a database that is made now.
        alone: Whether no other process uses it: then whatever is in progress at the start
            belongs to a process that is no more.
        connections: Most transactions at once.

    Raises:
        StoreError: The database cannot be reached or read, or was made by a newer version.
    """

    def __init__(self, url: str, *, now: datetime, alone: bool, connections: int = 1) -> None:
        self._engine = make_engine(url, connections=connections)
        try:
            with self._engine.begin() as connection:
                prepare(connection, now)
                if alone:
                    _end_what_was_in_progress(connection)
                    _sweep(connection, now)
        except DBAPIError as error:
            self.close()
            reason = str(error.orig).partition("\n")[0]
            raise StoreError(f"the database cannot be opened: {reason}") from error
        except StoreError:
            self.close()
            raise

    def run(self, work: Callable[[Transaction], ResultT]) -> ResultT:
        """Run `work` in a transaction; an exception undoes it.

        It is run again, on another connection, when the database undid it for another
        transaction's sake, or the connection broke before it was to commit. When it breaks during
        the commit, nobody can tell whether that was heard: the error goes to the caller.
        """
        for _ in range(_ATTEMPTS - 1):
            committing = False
            try:
                with self._engine.begin() as connection:
                    result = work(SqlTransaction(connection))
                    committing = True
                return result
            except DBAPIError as error:
                broken = error.connection_invalidated and not committing
                if not broken and getattr(error.orig, "sqlstate", None) not in _UNDONE:
                    raise
        with self._engine.begin() as connection:
            return work(SqlTransaction(connection))

    def run_together(self, works: Sequence[Work]) -> Sequence[object | Failed]:
        """Run works one after the other and commit them at once; return what comes of each.

        A commit writes whole pages, and works that wait for each other change the same ones. Each
        work has a savepoint: if it raises, it alone is undone. When the commit fails, nothing is
        kept, and its error goes to the caller.
        """
        if len(works) == 1:
            return [_outcome(lambda: self.run(works[0]))]
        with self._engine.begin() as connection:
            return [_apart(connection, work) for work in works]

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _apart(connection: Connection, work: Work) -> object | Failed:
    """Run work inside a transaction that is others' too."""
    connection.exec_driver_sql("SAVEPOINT work")
    outcome = _outcome(lambda: work(SqlTransaction(connection)))
    if isinstance(outcome, Failed):
        # Fails too when the database has undone the whole: then there is nothing to commit.
        connection.exec_driver_sql("ROLLBACK TO work")
    connection.exec_driver_sql("RELEASE work")
    return outcome


def _outcome(work: Callable[[], object]) -> object | Failed:
    try:
        return work()
    except Exception as error:
        return Failed(error)


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
