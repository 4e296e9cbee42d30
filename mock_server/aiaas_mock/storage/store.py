"""The `Store` protocol: transactions over a few small tables.

Whatever is kept belongs to a namespace, which every method takes first: there is no way to ask
for something without saying whose it is. Methods of tables are synchronous, since they run inside
`Store.run`, on a thread of the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from aiaas_mock.storage.jobs import JobTable
from aiaas_mock.storage.recommendations import (
    EventTable,
    ItemTable,
    RecommenderTable,
    UserTable,
)
from aiaas_mock.storage.records import Claimed, StoredAnswer, StoredFile, UsageCount

ResultT = TypeVar("ResultT")

NamespaceRows = Mapping[str, Sequence[Mapping[str, Any]]]
"""What is kept of a namespace: rows by table."""


class StoreError(Exception):
    """The store cannot be opened; the message says why and what to do."""


class LostUpload(Exception):
    """The bytes of an upload are no longer there: its time was up."""


class LostClaim(Exception):
    """The idempotency key is somebody else's now: the claim's time was up."""


class FileTable(Protocol):
    """Files and their bytes. Bytes are staged piece by piece, then published as a file at once."""

    def begin(self, namespace: str, upload_id: str, *, until: datetime) -> bool:
        """Begin an upload, whose bytes are swept after `until` if it is not published.

        Returns:
            False when there is one with this id already.
        """
        ...

    def append(self, namespace: str, upload_id: str, position: int, data: bytes) -> None:
        """Keep the piece at `position` (0, 1, ...) of an upload.

        Raises:
            LostUpload: The upload was swept.
        """
        ...

    def publish(self, namespace: str, file: StoredFile) -> None:
        """Make the upload with the file's id a file.

        Raises:
            LostUpload: The upload was swept.
        """
        ...

    def abandon(self, namespace: str, upload_id: str) -> None:
        """Forget an upload, unless it was published."""
        ...

    def get(self, namespace: str, file_id: str, *, now: datetime) -> StoredFile | None:
        """Return a file that has not expired."""
        ...

    def list(
        self, namespace: str, *, now: datetime, purpose: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredFile]]:
        """Return the newest files with their places; only those at places under `before`."""
        ...

    def piece(self, namespace: str, file_id: str, position: int) -> bytes | None:
        """Return a piece of a file's bytes, None when the file is no more or has fewer."""
        ...

    def delete(self, namespace: str, file_id: str, *, now: datetime) -> bool:
        """Delete a file and say whether it was there."""
        ...

    def total_bytes(self, namespace: str) -> int:
        """Return the size of all files of a namespace."""
        ...

    def sweep(self, namespace: str, *, now: datetime) -> None:
        """Delete what has expired; every namespace has its own time."""
        ...


class AnswerTable(Protocol):
    """Answers by idempotency key. A key is claimed, then its answer kept or the claim released."""

    def claim(
        self, namespace: str, key: str, *, owner: str, now: datetime, until: datetime
    ) -> Claimed | None:
        """Take a key until `until`, or return what holds it."""
        ...

    def keep(
        self, namespace: str, key: str, *, owner: str, answer: StoredAnswer, until: datetime
    ) -> None:
        """Turn a claim into an answer that is given again until `until`.

        Raises:
            LostClaim: `owner` does not hold the key.
        """
        ...

    def release(self, namespace: str, key: str, *, owner: str) -> None:
        """Give a claim back; an answer stays."""
        ...

    def sweep(self, namespace: str, *, now: datetime) -> None:
        """Delete what is past its time; every namespace has its own."""
        ...


class UsageTable(Protocol):
    """Counts of requests."""

    def add(self, namespace: str, counts: Sequence[UsageCount]) -> None:
        """Add to the counts."""
        ...

    def read(self, namespace: str, operation: str | None = None) -> Sequence[UsageCount]:
        """Return the counts by operation, or of one operation."""
        ...

    def since(self) -> datetime:
        """Return when counting began: when the store was made."""
        ...


class NamespaceTable(Protocol):
    """Namespaces as wholes, whatever tables there are."""

    def erase(self, namespace: str) -> None:
        """Delete everything that is kept of a namespace."""
        ...

    def copy(self, namespace: str) -> NamespaceRows:
        """Return everything that is kept of a namespace."""
        ...

    def restore(self, namespace: str, rows: NamespaceRows) -> None:
        """Keep what was copied, in place of what is kept now."""
        ...


class Transaction(Protocol):
    """All tables, inside one transaction: it commits whole or not at all."""

    @property
    def files(self) -> FileTable:
        """Files and their bytes."""
        ...

    @property
    def answers(self) -> AnswerTable:
        """Answers by idempotency key."""
        ...

    @property
    def usage(self) -> UsageTable:
        """Counts of requests."""
        ...

    @property
    def items(self) -> ItemTable:
        """Catalogues."""
        ...

    @property
    def users(self) -> UserTable:
        """What is known of users beside their events."""
        ...

    @property
    def events(self) -> EventTable:
        """What users did."""
        ...

    @property
    def recommenders(self) -> RecommenderTable:
        """Trained models, and which of them answers."""
        ...

    @property
    def jobs(self) -> JobTable:
        """Jobs and what happened to them."""
        ...

    @property
    def namespaces(self) -> NamespaceTable:
        """Namespaces as wholes."""
        ...


class Store(Protocol):
    """Where transactions run."""

    @property
    def durable(self) -> bool:
        """Whether what is kept outlives the process."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other processes may change what is kept."""
        ...

    @property
    def untouched(self) -> bool:
        """Whether nothing can be kept, since there was no transaction yet."""
        ...

    async def run(self, work: Callable[[Transaction], ResultT], /) -> ResultT:
        """Run `work` in a transaction, off the event loop; an exception undoes it.

        `work` may be run again when the database undid it: it changes nothing but the
        transaction. Others may commit between two of its questions, if the store is shared.
        A cancelled caller no longer waits, but the transaction goes on.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close; safe to call twice."""
        ...
