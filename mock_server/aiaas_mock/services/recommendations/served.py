"""How many answers each model gave: counted in memory and written to the store in batches."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiaas_mock.storage import Transaction
from aiaas_mock.storage.buffered import BufferedCounts
from aiaas_mock.storage.recommendations import ServedCount

_DAY_S: Final = 86_400

Key = tuple[str, str, str | None, int]
"""Namespace, model, group and day; what is counted are answers."""


class ServedCounter(BufferedCounts[Key]):
    """Counts answers by namespace, model, group and day."""

    def count(self, namespace: str, model: str, group: str | None, *, now: datetime) -> None:
        """Count an answer."""
        self._counts.setdefault((namespace, model, group, day_of(now)), [0])[0] += 1

    def _write(self, transaction: Transaction, counts: dict[Key, list[int]]) -> None:
        for (namespace, model, group, day), (answers,) in counts.items():
            count = ServedCount(model=model, group=group, day=day, answers=answers)
            transaction.recommenders.add_served(namespace, [count])


def day_of(time: datetime) -> int:
    """Return the day of a time, in days since 1970 (UTC)."""
    return int(time.timestamp() // _DAY_S)
