"""The rows of namespaces: erased, copied and restored as wholes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aiaas_mock.storage import NamespaceRows, Store


class Memory(Protocol):
    """What is in memory of the rows of namespaces."""

    async def flush(self) -> None:
        """Write what is not among the rows yet."""
        ...

    def forget(self, namespace: str) -> None:
        """Note that the rows of a namespace are no longer what they were."""
        ...


class StoredState:
    """What is kept of namespaces: rows of the store, and what is in memory of them.

    Args:
        store: Where rows are kept.
        memories: What must hear of it.
    """

    def __init__(self, store: Store, memories: Sequence[Memory]) -> None:
        self._store = store
        self._memories = tuple(memories)

    async def erase(self, namespace: str) -> None:
        """Delete everything."""
        self._forget(namespace)
        if not self._store.untouched:  # else the database would be opened for nothing
            await self._store.run(lambda tx: tx.namespaces.erase(namespace))
            self._forget(namespace)  # a request may have read between

    async def copy(self, namespace: str) -> NamespaceRows:
        """Return everything."""
        for memory in self._memories:
            await memory.flush()
        return await self._store.run(lambda tx: tx.namespaces.copy(namespace))

    async def restore(self, namespace: str, rows: NamespaceRows) -> None:
        """Have what was copied, and nothing else."""
        self._forget(namespace)
        await self._store.run(lambda tx: tx.namespaces.restore(namespace, rows))
        self._forget(namespace)

    def _forget(self, namespace: str) -> None:
        for memory in self._memories:
            memory.forget(namespace)
