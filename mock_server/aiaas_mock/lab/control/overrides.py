"""Answers what can be asked of overrides."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.overrides import (
    DeletedOverrides,
    Override,
    OverrideRequest,
    OverrideState,
)
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.overrides.overrides import ActiveOverride


def _shown(active: ActiveOverride) -> OverrideState:
    return OverrideState(id=active.id, override=active.override, used=active.used)


async def _list(request: None, space: MakeSpace) -> Page[OverrideState]:
    found = (await space()).overrides.all.values()
    return Page[OverrideState](data=tuple(map(_shown, found)), has_more=False)


async def _create(request: Override, space: MakeSpace) -> OverrideState:
    return _shown((await space()).overrides.add(request))


async def _retrieve(request: OverrideRequest, space: MakeSpace) -> OverrideState:
    return _shown((await space()).overrides.get(request.override))


async def _delete(request: OverrideRequest, space: MakeSpace) -> DeletedOverrides:
    (await space()).overrides.remove(request.override)
    return DeletedOverrides(ids=(request.override,))


async def _clear(request: None, space: MakeSpace) -> DeletedOverrides:
    overrides = (await space()).overrides
    ids = tuple(overrides.all)
    overrides.reset()
    return DeletedOverrides(ids=ids)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {
        "mock.overrides.list": _list,
        "mock.overrides.create": _create,
        "mock.overrides.retrieve": _retrieve,
        "mock.overrides.delete": _delete,
        "mock.overrides.clear": _clear,
    }
