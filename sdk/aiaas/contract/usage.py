"""Usage: what a namespace has asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation


class UsageRequest(RequestModel):
    """Which usage to give.

    Attributes:
        operation: Only this operation, for instance ``images.classify``.
    """

    operation: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class OperationUsage(ResponseModel):
    """Usage of one operation.

    Attributes:
        operation: Name of the operation.
        requests: Requests that were answered with success.
        failed_requests: Requests that were refused or failed.
        inputs: Inputs that were answered.
    """

    operation: str
    requests: int
    failed_requests: int
    inputs: int


class UsageReport(ResponseModel):
    """Usage of the namespace of the key since the store was made.

    Attributes:
        namespace: Whose usage it is.
        since: When counting began (RFC 3339, UTC).
        data: One row per operation that was called, by name.
    """

    object: Literal["usage"] = "usage"
    namespace: str
    since: datetime
    data: tuple[OperationUsage, ...]


RETRIEVE: Final[Operation[UsageRequest, UsageReport]] = Operation(
    name="usage.retrieve",
    method="GET",
    path="/v1/usage",
    summary="Say what the key's namespace has asked for.",
    request=UsageRequest,
    response=UsageReport,
    scope="usage:read",
    effect="read",
)

OPERATIONS: Final = (RETRIEVE,)
