"""How many answers each model gave: counted in memory and written to the store in batches."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Final

from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import ServedCount

_FLUSH_S: Final = 1.0
_DAY_S: Final = 86_400

_Key = tuple[str, str, str | None, int]


class ServedCounter:
    """Counts answers by namespace, model, group and day.

    A store that outlives the process gets the counts every second, so that a crash costs no more
    than that; a store in memory gets them when somebody asks.

    Args:
        store: Where the counts are kept.
        flush_s: Seconds between two writes.
    """

    def __init__(self, store: Store, *, flush_s: float = _FLUSH_S) -> None:
        self._store = store
        self._flush_s = flush_s
        self._counts: Counter[_Key] = Counter()
        self._flushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    def count(self, namespace: str, model: str, group: str | None, *, now: datetime) -> None:
        """Count an answer."""
        self._counts[namespace, model, group, day_of(now)] += 1

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
            counts, self._counts = self._counts, Counter()
            if not counts:
                return
            try:
                await self._store.run(lambda transaction: _write(transaction, counts))
            except Exception:
                self._counts.update(counts)
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


def day_of(time: datetime) -> int:
    """Return the day of a time, in days since 1970 (UTC)."""
    return int(time.timestamp() // _DAY_S)


def _write(transaction: Transaction, counts: Counter[_Key]) -> None:
    for (namespace, model, group, day), answers in counts.items():
        count = ServedCount(model=model, group=group, day=day, answers=answers)
        transaction.recommenders.add_served(namespace, [count])
