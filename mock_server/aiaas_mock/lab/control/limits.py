"""Answers what can be asked of a rate limit."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas_mock.lab.contract.limits import LimitsChange, LimitsState
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.limits import SteeredLimits


def _shown(limits: SteeredLimits) -> LimitsState:
    window = limits.window
    if window is None or not window.together:
        return LimitsState(rpm=None, remaining=None, reset_s=None)
    left = window.peek()
    return LimitsState(rpm=window.quota, remaining=left.remaining, reset_s=left.reset_s)


async def _retrieve(request: None, space: MakeSpace) -> LimitsState:
    return _shown((await space()).limits)


async def _update(request: LimitsChange, space: MakeSpace) -> LimitsState:
    limits = (await space()).limits
    if request.rpm is None:
        limits.reset()
    else:
        limits.set(request.rpm, remaining=request.remaining)
    return _shown(limits)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {"mock.limits.retrieve": _retrieve, "mock.limits.update": _update}
