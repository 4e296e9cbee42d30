"""Counts of requests in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from aiaas_mock.storage.records import UsageCount
from aiaas_mock.storage.sql.schema import from_us, store, usage


class SqlUsage:
    """Implements `UsageTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, namespace: str, counts: Sequence[UsageCount]) -> None:
        """Add to the counts; the database adds, so that no other server's counts are lost."""
        for count in counts:
            row = (usage.c.namespace == namespace) & (usage.c.operation == count.operation)
            added = {
                "requests": usage.c.requests + count.requests,
                "failed_requests": usage.c.failed_requests + count.failed_requests,
                "inputs": usage.c.inputs + count.inputs,
            }
            if self._connection.execute(update(usage).where(row).values(added)).rowcount == 0:
                values = {
                    "namespace": namespace,
                    "operation": count.operation,
                    "requests": count.requests,
                    "failed_requests": count.failed_requests,
                    "inputs": count.inputs,
                }
                self._connection.execute(insert(usage).values(values))

    def read(self, namespace: str, operation: str | None = None) -> Sequence[UsageCount]:
        """Return the counts by operation."""
        query = select(usage).where(usage.c.namespace == namespace).order_by(usage.c.operation)
        if operation is not None:
            query = query.where(usage.c.operation == operation)
        return [
            UsageCount(
                operation=row.operation,
                requests=row.requests,
                failed_requests=row.failed_requests,
                inputs=row.inputs,
            )
            for row in self._connection.execute(query)
        ]

    def since(self) -> datetime:
        """Return when the store was made."""
        return from_us(self._connection.execute(select(store.c.created_us)).scalar_one())
