"""Usage: requests are counted in memory and written to the store in batches."""

from __future__ import annotations

from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.storage import Transaction, UsageCount
from aiaas_mock.storage.buffered import BufferedCounts

Key = tuple[str, str]
"""Namespace and operation; what is counted are successes, failures and inputs."""


class UsageCounter(BufferedCounts[Key]):
    """A sink of records that counts the requests of each namespace."""

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

    def _write(self, transaction: Transaction, counts: dict[Key, list[int]]) -> None:
        for (namespace, operation), (requests, failed, inputs) in counts.items():
            count = UsageCount(
                operation=operation, requests=requests, failed_requests=failed, inputs=inputs
            )
            transaction.usage.add(namespace, [count])
