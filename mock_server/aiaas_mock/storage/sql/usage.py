"""Counts of requests in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from aiaas_mock.storage.records import UsageCount
from aiaas_mock.storage.sql.dialect import insert_into
from aiaas_mock.storage.sql.schema import from_us, store, usage


class SqlUsage:
    """Implements `UsageTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, namespace: str, counts: Sequence[UsageCount]) -> None:
        """Add to the counts; the database adds, so that no other server's counts are lost."""
        rows = [
            {
                "namespace": namespace,
                "operation": count.operation,
                "requests": count.requests,
                "failed_requests": count.failed_requests,
                "inputs": count.inputs,
            }
            # In one order everywhere, or two servers could block each other.
            for count in sorted(counts, key=lambda count: count.operation)
        ]
        if not rows:
            return
        statement = insert_into(self._connection, usage)
        added = {
            name: usage.c[name] + statement.excluded[name]
            for name in ("requests", "failed_requests", "inputs")
        }
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["namespace", "operation"], set_=added),
            rows,
        )

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
