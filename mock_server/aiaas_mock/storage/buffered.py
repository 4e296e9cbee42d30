"""Counts that are kept in memory and written to the store in batches."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Final, Generic, TypeVar

from aiaas_mock.storage.store import Store, Transaction

_FLUSH_S: Final = 1.0

KeyT = TypeVar("KeyT", bound=tuple[Any, ...])
"""What is counted: first the namespace, then the rest."""


class BufferedCounts(ABC, Generic[KeyT]):
    """Counts by key, each a list of numbers.

    A store that outlives the process gets the counts every second, so that a crash costs no more
    than that; a store in memory gets them when somebody asks.

    Args:
        store: Where the counts are kept.
        flush_s: Seconds between two writes.
    """

    def __init__(self, store: Store, *, flush_s: float = _FLUSH_S) -> None:
        self._store = store
        self._flush_s = flush_s
        self._counts: dict[KeyT, list[int]] = {}
        self._flushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    @abstractmethod
    def _write(self, transaction: Transaction, counts: dict[KeyT, list[int]]) -> None:
        """Add counts to those of the store."""

    def start(self) -> None:
        """Begin to write in the background, if the store is worth it."""
        if self._store.durable:
            self._timer = asyncio.create_task(self._flush_often())

    async def close(self) -> None:
        """Write what is left."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        if self._store.durable:
            await self.flush()

    async def flush(self) -> None:
        """Write the counts to the store; what cannot be written is tried again next time."""
        async with self._flushing:
            counts, self._counts = self._counts, {}
            if not counts:
                return
            try:
                await self._store.run(lambda transaction: self._write(transaction, counts))
            except Exception:
                self._put_back(counts)
                raise

    def forget(self, namespace: str) -> None:
        """Forget what was counted of a namespace and is not written."""
        for key in [key for key in self._counts if key[0] == namespace]:
            del self._counts[key]

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(self._flush_s)
            try:
                await self.flush()
            except Exception:  # noqa: S112  # the counts are kept, and requests tell of the store
                continue

    def _put_back(self, counts: dict[KeyT, list[int]]) -> None:
        for key, unwritten in counts.items():
            newer = self._counts.get(key)
            self._counts[key] = (
                unwritten
                if newer is None
                else [a + b for a, b in zip(unwritten, newer, strict=True)]
            )
