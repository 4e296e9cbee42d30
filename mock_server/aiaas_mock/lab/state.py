"""The rows of namespaces: erased, copied and restored as wholes."""

from __future__ import annotations

from aiaas_mock.gateway.usage import UsageCounter
from aiaas_mock.storage import NamespaceRows, Store


class StoredState:
    """What is kept of namespaces: rows of the store, and counts on their way there.

    Args:
        store: Where rows are kept.
        usage: Counts requests.
    """

    def __init__(self, store: Store, usage: UsageCounter) -> None:
        self._store = store
        self._usage = usage

    async def erase(self, namespace: str) -> None:
        """Delete everything."""
        self._usage.forget(namespace)
        if not self._store.untouched:  # else the database would be opened for nothing
            await self._store.run(lambda tx: tx.namespaces.erase(namespace))

    async def copy(self, namespace: str) -> NamespaceRows:
        """Return everything."""
        await self._usage.flush()
        return await self._store.run(lambda tx: tx.namespaces.copy(namespace))

    async def restore(self, namespace: str, rows: NamespaceRows) -> None:
        """Have what was copied, and nothing else."""
        self._usage.forget(namespace)
        await self._store.run(lambda tx: tx.namespaces.restore(namespace, rows))
