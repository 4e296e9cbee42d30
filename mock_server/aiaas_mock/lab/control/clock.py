"""Answers what can be asked of a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aiaas_mock.errors import ApiError
from aiaas_mock.lab.clock import FIRST, LAST, BeyondTime, SteeredClock
from aiaas_mock.lab.contract.clock import ClockChange, ClockState
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk


def steer(clock: SteeredClock, change: ClockChange) -> None:
    """Have a clock do what is asked.

    Raises:
        ApiError: It would show a time that no clock here shows.
    """
    try:
        if change.action == "freeze":
            clock.freeze(change.instant)
        elif change.by_s is not None:
            clock.advance(timedelta(seconds=change.by_s))
        else:
            clock.resume()
    except (BeyondTime, OverflowError) as error:
        raise ApiError(
            "invalid_request",
            f"Clocks show times from {FIRST:%Y} to {LAST:%Y}.",
            param="/instant" if change.action == "freeze" else "/by_s",
        ) from error


def shown(clock: SteeredClock) -> ClockState:
    """Describe a clock."""
    return ClockState(now=clock.now(), frozen=clock.frozen, ahead_s=clock.ahead_s)


async def _retrieve(request: None, space: MakeSpace) -> ClockState:
    return shown((await space()).clock)


async def _update(request: ClockChange, space: MakeSpace) -> ClockState:
    clock = (await space()).clock
    steer(clock, request)
    return shown(clock)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {"mock.clock.retrieve": _retrieve, "mock.clock.update": _update}
