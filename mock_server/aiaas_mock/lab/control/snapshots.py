"""Answers what can be asked of resets and snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiaas.contract.answers import Page
from aiaas_mock.context import random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.contract.snapshots import (
    DeletedSnapshot,
    ResetDone,
    ResetRequest,
    SnapshotRequest,
    SnapshotState,
)
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.namespace import STATE, Namespace, Snapshot


@dataclass(frozen=True, slots=True)
class _Answers:
    desk: Desk

    async def reset(self, request: ResetRequest, space: MakeSpace) -> ResetDone:
        known = self.desk.scopes
        scopes = known if request.scope is None else tuple(dict.fromkeys(request.scope))
        for place, scope in enumerate(scopes):
            if scope not in known:
                raise ApiError(
                    "invalid_request",
                    f"There is no such scope; there are {', '.join(known)}.",
                    param=f"/scope/{place}",
                )
        found = await space()
        if STATE in scopes:
            await self.desk.stored.erase(found.name)
        for scope in scopes:
            found.parts[scope].reset()
        return ResetDone(namespace=found.name, scope=scopes)

    async def list(self, request: None, space: MakeSpace) -> Page[SnapshotState]:
        found = await space()
        shown = tuple(_shown(found, id) for id in found.snapshots)
        return Page[SnapshotState](data=shown, has_more=False)

    async def create(self, request: None, space: MakeSpace) -> SnapshotState:
        found, snapshot_id = await space(), random_id("snap")
        rows = await self.desk.stored.copy(found.name)
        snapshot = Snapshot.of(rows, found.copy(), made_at=self.desk.spaces.machine())
        self._check_room(snapshot.weight_bytes)
        found.keep(snapshot_id, snapshot)
        return _shown(found, snapshot_id)

    def _check_room(self, needed_bytes: int) -> None:
        most = self.desk.snapshot_bytes
        used = sum(space.snapshot_bytes for space in self.desk.spaces)
        if used + needed_bytes > most:
            raise ApiError(
                "storage_full",
                f"Snapshots may take {most} bytes together, and {used} are taken; this one needs "
                f"{needed_bytes}. Delete some, or start the server with more --snapshot-bytes.",
            )

    async def restore(self, request: SnapshotRequest, space: MakeSpace) -> SnapshotState:
        found = await space()
        snapshot = _get(found, request.snapshot)
        await self.desk.stored.restore(found.name, snapshot.rows)
        found.restore(snapshot.parts)
        return _shown(found, request.snapshot)

    async def delete(self, request: SnapshotRequest, space: MakeSpace) -> DeletedSnapshot:
        found = await space()
        _get(found, request.snapshot)
        del found.snapshots[request.snapshot]
        return DeletedSnapshot(id=request.snapshot)


def _get(space: Namespace, snapshot_id: str) -> Snapshot:
    found = space.snapshots.get(snapshot_id)
    if found is None:
        raise ApiError(
            "not_found",
            f"The namespace {space.name!r} has no snapshot {snapshot_id!r}.",
            param="/snapshot",
        )
    return found


def _shown(space: Namespace, snapshot_id: str) -> SnapshotState:
    made_at = space.snapshots[snapshot_id].made_at
    return SnapshotState(id=snapshot_id, namespace=space.name, made_at=made_at)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    answers = _Answers(desk)
    return {
        "mock.reset": answers.reset,
        "mock.snapshots.list": answers.list,
        "mock.snapshots.create": answers.create,
        "mock.snapshots.restore": answers.restore,
        "mock.snapshots.delete": answers.delete,
    }
