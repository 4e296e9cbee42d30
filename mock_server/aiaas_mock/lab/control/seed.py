"""Answers what can be asked of a seed."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas_mock.lab.contract.seed import SeedChange, SeedState
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk


async def _retrieve(request: None, space: MakeSpace) -> SeedState:
    return SeedState(seed=(await space()).draws.seed)


async def _update(request: SeedChange, space: MakeSpace) -> SeedState:
    draws = (await space()).draws
    draws.seed = request.seed
    return SeedState(seed=draws.seed)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {"mock.seed.retrieve": _retrieve, "mock.seed.update": _update}
