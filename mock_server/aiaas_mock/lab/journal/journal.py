"""The journal of one namespace: a ring with a limit of entries and one of bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from aiaas_mock.errors import ApiError
from aiaas_mock.lab.journal.entries import Entry

_MOST_WAITING: Final = 1000
MOST_WATCHERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSize:
    """How much a journal keeps.

    Attributes:
        entries: Most entries; 0 for no journal.
        bytes: Most bytes, about, of all of them together.
    """

    entries: int = 1000
    bytes: int = 16 * 2**20


class Shelf:
    """The room that the journals of all namespaces share.

    Args:
        most_bytes: How much they keep together, about.

    Attributes:
        used_bytes: How much they do.
    """

    __slots__ = ("most_bytes", "used_bytes")

    def __init__(self, most_bytes: int = 256 * 2**20) -> None:
        self.most_bytes = most_bytes
        self.used_bytes = 0


class Journal:
    """The journal of one namespace, a `Part` of it.

    Args:
        size: How much it keeps.
        shelf: The room that it shares with others. Where that is full, it keeps its last entry.
    """

    __slots__ = ("_entries", "_number", "_shelf", "_size", "_watchers", "_weight_bytes")

    def __init__(self, size: JournalSize, shelf: Shelf) -> None:
        self._size = size
        self._shelf = shelf
        self._entries: deque[Entry] = deque()
        self._weight_bytes = 0
        self._number = 0
        self._watchers: set[asyncio.Queue[Entry]] = set()

    def __iter__(self) -> Iterator[Entry]:
        """Yield what is kept, the oldest first."""
        return iter(tuple(self._entries))

    @property
    def next_number(self) -> int:
        """The number of the next entry."""
        return self._number + 1

    def add(self, entry: Entry) -> None:
        """Keep an entry; the oldest give way to it."""
        self._number = entry.number
        self._entries.append(entry)
        self._weigh(entry.weight_bytes)
        while self._has_too_much():
            self._weigh(-self._entries.popleft().weight_bytes)
        for watcher in self._watchers:
            if watcher.full():  # who reads too slowly misses the oldest, as in the ring
                watcher.get_nowait()
            watcher.put_nowait(entry)

    def get(self, request_id: str) -> Entry:
        """Return an entry.

        Raises:
            ApiError: There is none of this request.
        """
        for entry in reversed(self._entries):
            if entry.request_id == request_id:
                return entry
        raise ApiError(
            "not_found", f"The journal has no request {request_id!r}.", param="/request_id"
        )

    @contextmanager
    def watched(self) -> Iterator[asyncio.Queue[Entry]]:
        """Give entries as they come.

        Raises:
            ApiError: Too many watch already.
        """
        if len(self._watchers) >= MOST_WATCHERS:
            raise ApiError("overloaded", f"{MOST_WATCHERS} clients watch this journal already.")
        watcher: asyncio.Queue[Entry] = asyncio.Queue(_MOST_WAITING)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def reset(self) -> None:
        """Forget all entries. Numbers go on."""
        self._entries.clear()
        self._weigh(-self._weight_bytes)

    def copy(self) -> tuple[Entry, ...]:
        """Return all entries."""
        return tuple(self._entries)

    def restore(self, copied: tuple[Entry, ...]) -> None:
        """Keep these entries, and no others."""
        self.reset()
        self._entries.extend(copied)
        self._weigh(sum(entry.weight_bytes for entry in copied))

    def _has_too_much(self) -> bool:
        shared = self._shelf
        return (
            len(self._entries) > self._size.entries
            or self._weight_bytes > self._size.bytes
            or (shared.used_bytes > shared.most_bytes and len(self._entries) > 1)
        )

    def _weigh(self, more_bytes: int) -> None:
        self._weight_bytes += more_bytes
        self._shelf.used_bytes += more_bytes
