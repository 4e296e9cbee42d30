"""Usage: what was asked for so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.requests import arguments, build
from aiaas._core.responses import parse
from aiaas._core.results import Origin, attach
from aiaas._core.usage_types import UsageReport
from aiaas.contract.usage import RETRIEVE, UsageRequest

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class AsyncUsage:
    """See what the namespace of the key has asked for. Reach it as ``client.usage``."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    async def retrieve(
        self, *, operation: str | None = None, **options: Unpack[CallOptions]
    ) -> UsageReport:
        """Return the usage, operation by operation.

        Args:
            operation: Only this operation, for instance ``images.classify``.
            options: Options for this call; see `CallOptions`.

        Raises:
            ValueError: `operation` is empty or too long.

        Example:
            >>> for row in (await client.usage.retrieve()).data:
            ...     print(row.operation, row.requests, row.inputs)
        """
        with arguments():
            request = UsageRequest(operation=operation)
        response = await self._pipeline.send(build(RETRIEVE, request), options)
        report = parse(RETRIEVE, response, UsageReport)
        attach(report, Origin(response.headers))
        return report
