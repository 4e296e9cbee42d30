"""`SqlStore`: transactions on threads, over a database that is opened when it is first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from aiaas_mock.storage.lock import DirectoryLock
from aiaas_mock.storage.sql.together import Together, Work
from aiaas_mock.storage.store import Transaction

if TYPE_CHECKING:
    from aiaas_mock.storage.sql.database import Database

ResultT = TypeVar("ResultT")

IN_MEMORY: Final = "sqlite://"

_CONNECTIONS: Final = 8
"""To PostgreSQL, per server."""


class SqlStore:
    """Implements `Store` on SQLAlchemy Core.

    SQLite has one writer, so one thread serves it: transactions wait in its queue and not for a
    lock, and those that wait are committed at once. PostgreSQL is served by several, each with its
    connection. A deployment that stores nothing never loads SQLAlchemy, which takes half a second
    and thirty megabytes.

    Args:
        url: URL of the database: ``sqlite://``, ``sqlite:///path`` or ``postgresql://...``.
        now: Gives the time.
        lock: Held while the store is open, when nobody else may use the database.
    """

    def __init__(
        self,
        url: str = IN_MEMORY,
        *,
        now: Callable[[], datetime],
        lock: DirectoryLock | None = None,
    ) -> None:
        self._url = url
        self._now = now
        self._lock = lock
        self._database: Database | None = None
        self._begun = False
        self._opening = Lock()
        self._connections = 1 if url.startswith("sqlite") else _CONNECTIONS
        self._together = Together(self._run_together) if self._connections == 1 else None
        self._threads = ThreadPoolExecutor(self._connections, thread_name_prefix="store")

    @classmethod
    def in_directory(cls, directory: Path, *, now: Callable[[], datetime]) -> SqlStore:
        """Return the store of a data directory, which is made when it is not there.

        Raises:
            StoreError: It cannot be used, or another server uses it.
        """
        lock = DirectoryLock.take(directory)
        return cls(f"sqlite:///{directory.absolute() / 'aiaas.db'}", now=now, lock=lock)

    @property
    def durable(self) -> bool:
        """Whether what is kept outlives the process."""
        return self._url != IN_MEMORY

    @property
    def shared(self) -> bool:
        """Whether other processes may change what is kept."""
        return self._lock is None and self._url != IN_MEMORY

    @property
    def untouched(self) -> bool:
        """Whether nothing can be kept: a database in memory that was not needed yet."""
        return not self.durable and not self._begun

    async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
        """Run `work` in a transaction on a thread of the store."""
        self._begun = True
        # Shielded: a cancelled future would take its work out of the queue.
        return await asyncio.shield(asyncio.wrap_future(self._done(work)))

    async def open(self) -> None:
        """Open the database now and not with the first transaction.

        Raises:
            StoreError: It cannot be reached, or was made by a newer version.
        """
        await asyncio.get_running_loop().run_in_executor(self._threads, self._opened)

    async def close(self) -> None:
        """Finish the transactions that wait, and close."""
        await asyncio.to_thread(self._threads.shutdown)
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._lock is not None:
            self._lock.release()

    def _done(self, work: Callable[[Transaction], ResultT]) -> Future[ResultT]:
        """Put work in the queue of the threads."""
        if self._together is None:
            return self._threads.submit(self._run, work)
        done, is_first = self._together.add(work)
        if is_first:
            try:
                self._threads.submit(self._together.settle)
            except RuntimeError as error:  # the store is closed
                self._together.refuse(error)
        return done

    def _run(self, work: Callable[[Transaction], ResultT]) -> ResultT:
        return self._opened().run(work)

    def _run_together(self, works: Sequence[Work]) -> Sequence[object]:
        return self._opened().run_together(works)

    def _opened(self) -> Database:
        if self._database is None:
            with self._opening:
                return self._open()
        return self._database

    def _open(self) -> Database:
        if self._database is None:  # else another thread was quicker
            from aiaas_mock.storage.sql.database import Database

            self._database = Database(
                self._url,
                now=self._now(),
                alone=not self.shared,
                connections=self._connections,
            )
        return self._database
