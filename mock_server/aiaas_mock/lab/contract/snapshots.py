"""Coming back: resets and snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page


class ResetRequest(RequestModel):
    """What shall be as in a new namespace.

    Attributes:
        scope: Names of parts; everything when omitted. `mock.capabilities` lists them.
    """

    scope: Annotated[tuple[str, ...], Field(min_length=1, max_length=16)] | None = None


class ResetDone(ResponseModel):
    """What was reset.

    Attributes:
        namespace: Where.
        scope: Which parts.
    """

    namespace: str
    scope: tuple[str, ...]


class SnapshotRequest(RequestModel):
    """Which snapshot."""

    snapshot: Annotated[str, Field(min_length=1, max_length=64)]


class SnapshotState(ResponseModel):
    """A moment of a namespace that it can come back to.

    Attributes:
        id: ``snap_...``.
        namespace: Whose moment it is.
        made_at: When, by the machine's clock.
    """

    id: str
    namespace: str
    made_at: datetime


class DeletedSnapshot(ResponseModel):
    """A snapshot that is no more."""

    id: str
    deleted: bool = True


RESET: Final[Operation[ResetRequest, ResetDone]] = Operation(
    name="mock.reset",
    method="POST",
    path="/_mock/reset",
    summary="Reset the namespace, or parts of it.",
    request=ResetRequest,
    response=ResetDone,
    bodies=("json",),
    scope=None,
    effect="write",
)

LIST: Final[Operation[None, Page[SnapshotState]]] = Operation(
    name="mock.snapshots.list",
    method="GET",
    path="/_mock/snapshots",
    summary="List the snapshots of the namespace, the oldest first.",
    request=None,
    response=Page[SnapshotState],
    scope=None,
    effect="read",
)

CREATE: Final[Operation[None, SnapshotState]] = Operation(
    name="mock.snapshots.create",
    method="POST",
    path="/_mock/snapshots",
    summary="Keep this moment of the namespace; the oldest of too many gives way.",
    request=None,
    response=SnapshotState,
    scope=None,
    effect="write",
)

RESTORE: Final[Operation[SnapshotRequest, SnapshotState]] = Operation(
    name="mock.snapshots.restore",
    method="POST",
    path="/_mock/snapshots/{snapshot}/restore",
    summary="Bring the namespace back to a moment.",
    request=SnapshotRequest,
    response=SnapshotState,
    scope=None,
    effect="write",
)

DELETE: Final[Operation[SnapshotRequest, DeletedSnapshot]] = Operation(
    name="mock.snapshots.delete",
    method="DELETE",
    path="/_mock/snapshots/{snapshot}",
    summary="Forget a snapshot.",
    request=SnapshotRequest,
    response=DeletedSnapshot,
    scope=None,
    effect="write",
)

OPERATIONS: Final = (RESET, LIST, CREATE, RESTORE, DELETE)

EXAMPLES: Final[dict[str, Any]] = {"mock.reset": {"scope": ["state", "clock"]}}
