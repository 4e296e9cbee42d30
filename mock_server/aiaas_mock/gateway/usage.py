"""Usage: requests are counted in memory and written to the store in batches."""

from __future__ import annotations

import asyncio
from typing import Final

from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.storage import Store, Transaction, UsageCount

_FLUSH_S: Final = 1.0

Counts = dict[tuple[str, str], list[int]]
"""Successes, failures and inputs, by namespace and operation."""


class UsageCounter:
    """A sink of records that counts the requests of each namespace.

    A store that outlives the process gets the counts every second, so that a crash costs no more
    than that; a store in memory gets them when somebody asks.

    Args:
        store: Where the counts are kept.
        flush_s: Seconds between two writes.
    """

    def __init__(self, store: Store, *, flush_s: float = _FLUSH_S) -> None:
        self._store = store
        self._flush_s = flush_s
        self._counts: Counts = {}
        self._flushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    def __call__(self, record: RequestRecord) -> None:
        """Count a request of a known key."""
        if record.namespace is None or record.key_id is None:
            return
        key = (record.namespace, record.operation)
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = [0, 0, 0]
        if 200 <= record.status < 400:
            counts[0] += 1
            counts[2] += record.trace.inputs - record.trace.failed_inputs
        else:
            counts[1] += 1

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
                await self._store.run(lambda transaction: _write(transaction, counts))
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

    def _put_back(self, counts: Counts) -> None:
        for key, unwritten in counts.items():
            newer = self._counts.setdefault(key, [0, 0, 0])
            self._counts[key] = [a + b for a, b in zip(unwritten, newer, strict=True)]


def _write(transaction: Transaction, counts: Counts) -> None:
    for (namespace, operation), (requests, failed, inputs) in counts.items():
        count = UsageCount(
            operation=operation, requests=requests, failed_requests=failed, inputs=inputs
        )
        transaction.usage.add(namespace, [count])
