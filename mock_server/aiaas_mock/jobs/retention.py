"""Jobs that ended long ago are dropped, and what happened to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from aiaas_mock.storage import Store

_MOST_AT_ONCE: Final = 100
"""Jobs dropped between two looks into the queue: they may have thousands of events each."""
_MOST_SECONDS_BETWEEN: Final = 3600.0

NamespaceClock = Callable[[str], datetime]
"""Gives the time in a namespace, which may be another one than the machine's."""


class Retention:
    """Drops jobs that ended long ago, now and then.

    Args:
        store: Where jobs are.
        kept_s: Seconds that a job is kept after its end.
        time_in: Gives the time in a namespace.
    """

    def __init__(self, store: Store, *, kept_s: float, time_in: NamespaceClock) -> None:
        self._store = store
        self._kept = timedelta(seconds=kept_s)
        self._time_in = time_in
        self._pause = timedelta(seconds=min(kept_s, _MOST_SECONDS_BETWEEN))
        self._next: datetime | None = None

    async def sweep(self, now: datetime) -> bool:
        """Drop some jobs if it is time to, and say whether there are more to be dropped.

        Args:
            now: The time of the machine.
        """
        if self._next is not None and now < self._next:
            return False
        left = _MOST_AT_ONCE
        for namespace in await self._namespaces(now - self._kept):
            # By the slower clock of the two. A job ends by that of its namespace when a request
            # calls it off, else by the machine's: in a namespace whose time was moved, one of
            # them would be over at once.
            before = min(now, self._time_in(namespace)) - self._kept
            left -= await self._drop(namespace, before, limit=left)
            if left == 0:
                return True
        self._next = now + self._pause
        return False

    async def _namespaces(self, before: datetime) -> Sequence[str]:
        return await self._store.run(lambda tx: tx.jobs.namespaces_with_ended(before=before))

    async def _drop(self, namespace: str, before: datetime, *, limit: int) -> int:
        return await self._store.run(
            lambda tx: tx.jobs.drop_ended(namespace, before=before, limit=limit)
        )
