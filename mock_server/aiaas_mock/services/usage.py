"""Usage: the counts of a namespace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiaas.contract.usage import OperationUsage, UsageReport, UsageRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.storage import Store, Transaction


class UsageService:
    """Answers ``usage.retrieve``.

    Args:
        store: Where the counts are.
        flush: Writes those that are not there yet.
    """

    def __init__(self, store: Store, flush: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._flush = flush

    async def retrieve(self, request: UsageRequest, context: RequestContext) -> UsageReport:
        """Answer ``usage.retrieve``; a request is counted when it is over, so not this one."""
        await self._flush()

        def read(transaction: Transaction) -> UsageReport:
            counts = transaction.usage.read(context.namespace, request.operation)
            return UsageReport(
                namespace=context.namespace,
                since=transaction.usage.since(),
                data=tuple(
                    OperationUsage(
                        operation=count.operation,
                        requests=count.requests,
                        failed_requests=count.failed_requests,
                        inputs=count.inputs,
                    )
                    for count in counts
                ),
            )

        return await self._store.run(read)
