"""The clock of a namespace, and the rate limit that goes by it."""

from datetime import UTC, datetime, timedelta

import pytest

from aiaas_mock.lab.clock import LAST, BeyondTime, SteeredClock
from aiaas_mock.lab.limits import MovingWindow, Rate, SteeredLimits

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Machine:
    """A machine whose time passes when it is told."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def passes(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SteeredClock:
    return SteeredClock(machine)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_clock_shows_the_machines_time_until_it_is_steered(
    clock: SteeredClock, machine: Machine
) -> None:
    machine.passes(1)
    assert (clock.now(), clock.frozen, clock.ahead_s) == (after(1), False, 0)


def test_a_frozen_clock_stands_still_and_runs_on_from_there(
    clock: SteeredClock, machine: Machine
) -> None:
    clock.freeze()
    machine.passes(10)
    assert (clock.now(), clock.frozen, clock.ahead_s) == (NOON, True, -10)
    clock.resume()
    machine.passes(1)
    assert (clock.now(), clock.frozen) == (after(1), False)


def test_a_clock_that_runs_is_not_stopped_by_resuming_it(
    clock: SteeredClock, machine: Machine
) -> None:
    clock.advance(timedelta(seconds=5))
    clock.resume()
    machine.passes(1)
    assert clock.now() == after(6)


@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_jumps_ahead(clock: SteeredClock, *, frozen: bool) -> None:
    if frozen:
        clock.freeze()
    clock.advance(timedelta(hours=1))
    assert (clock.now(), clock.frozen) == (after(3600), frozen)


def test_an_instant_is_shown_in_utc(clock: SteeredClock) -> None:
    clock.freeze(datetime.fromisoformat("2026-03-01T20:00:00+08:00"))
    assert clock.now().isoformat() == "2026-03-01T12:00:00+00:00"


def test_no_clock_leaves_the_calendar(clock: SteeredClock) -> None:
    with pytest.raises(BeyondTime):
        clock.freeze(LAST + timedelta(seconds=1))
    with pytest.raises(BeyondTime):
        clock.advance(timedelta(days=400_000))
    assert clock.now() == NOON


def test_a_clock_is_reset_and_restored(clock: SteeredClock) -> None:
    clock.advance(timedelta(seconds=7))
    copied = clock.copy()
    clock.reset()
    assert clock.now() == NOON
    clock.restore(copied)
    assert clock.now() == after(7)


async def test_a_window_moves_with_the_clock(machine: Machine) -> None:
    window = MovingWindow(Rate(2, 60), machine)
    first = await window.hit("a")
    machine.passes(20)
    said = [await window.hit("a"), await window.hit("a"), await window.hit("b")]
    assert (first.allowed, first.remaining, first.reset_s) == (True, 1, 60)
    assert [(one.allowed, one.remaining, one.reset_s) for one in said] == [
        (True, 0, 40),
        (False, 0, 40),
        (True, 1, 60),
    ]
    machine.passes(40)
    assert (await window.hit("a")).allowed


async def test_a_window_forgets_what_a_clock_that_was_put_back_has_yet_to_see(
    machine: Machine,
) -> None:
    window = MovingWindow(Rate(1, 60), machine)
    await window.hit("a")
    machine.passes(-3600)
    assert (await window.hit("a")).allowed


async def test_a_limit_that_was_set_counts_all_keys_together(machine: Machine) -> None:
    limits = SteeredLimits(None, machine)
    limits.set(60, remaining=1)
    assert limits.window is not None
    assert [(await limits.window.hit(key)).allowed for key in ("a", "b")] == [True, False]
    assert limits.window.peek().remaining == 0
    limits.reset()
    assert limits.current is None


async def test_a_limit_comes_back_with_what_was_counted(machine: Machine) -> None:
    limits = SteeredLimits(Rate(2, 60), machine)
    assert limits.window is not None
    await limits.window.hit("a")
    copied = limits.copy()
    await limits.window.hit("a")
    limits.set(5)
    limits.restore(copied)
    assert limits.window is not None
    assert (limits.window.quota, limits.window.peek("a").remaining) == (2, 1)
    unlimited = SteeredLimits(None, machine)
    limits.restore(unlimited.copy())
    assert limits.window is None
