"""Popularity: how many different users an item has.

A user counts once per item, so that nobody makes an item popular alone. Counting looks at all
events. Where that takes long, it is done a twentieth of the time, and what is told is so much
older; where there are few, what is told is as new as the last event, however busy the machine.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.storage import Store, Transaction

Seconds = Callable[[], float]
"""Gives the seconds of a clock that only goes forward."""

_QUICK_S: Final = 0.01
"""Counting that is done sooner can be done again at once."""
_FEW_EVENTS: Final = 10_000
"""So many are counted quickly; where it took long, the machine had something else to do."""
_PAUSE: Final = 20.0
"""The least time from one count to the next, in times of what it takes beyond that."""

_REST_S: Final = 0.05
"""The least time between counts that nobody waits for: events come faster than that."""

_WINDOW_AGE_S: Final = 1.0
"""A window moves with time: its count is not used longer than that."""

_MOST_WINDOWS: Final = 64


@dataclass(frozen=True, slots=True)
class Window:
    """Which events count.

    Attributes:
        type: Only those of this type.
        window_s: Only those of so many seconds before now; all when None.
        back: How many windows before that one.
    """

    type: str | None = None
    window_s: int | None = None
    back: int = 0

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Return when the window begins and ends; None for no bound."""
        if self.window_s is None:
            return None, None
        length = timedelta(seconds=self.window_s)
        until = now - self.back * length
        # The window of now has no end: clocks differ, and an event may be ahead of ours.
        return until - length, until if self.back else None


ALL_TIME: Final = Window()


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many users items have.

    Attributes:
        users: Their number, by position.
        levels: The same as 0 for none to 1 for the most, by order of magnitude: found once for
            each count, since logarithms of a large catalogue take as long as half an answer.
    """

    users: Floats
    levels: Floats

    @classmethod
    def of(cls, users: Floats) -> Crowd:
        """Make that of numbers of users."""
        most = float(users.max(initial=0.0))
        if not most:
            return cls(users, np.zeros(len(users), np.float32))
        return cls(users, (np.log1p(users) / np.log1p(most)).astype(np.float32))

    def fitted(self, size: int) -> Crowd:
        """Give items that came after the count no users yet."""
        if len(self.users) == size:
            return self
        return Crowd(_fitted(self.users, size), _fitted(self.levels, size))


@dataclass(slots=True)
class _Count:
    crowd: Crowd
    counted_at: float
    took_s: float
    good_until: float
    """When it may be counted anew."""
    touches: int
    catalogue: CatalogueView
    now: datetime | None = None
    """The time of the namespace when its window was counted."""


class Popularity:
    """The counts of one namespace.

    Args:
        store: Where the events are.
        namespace: Whose they are.
        clock: Measures how long counting takes.
    """

    def __init__(self, store: Store, namespace: str, *, clock: Seconds) -> None:
        self._store = store
        self._namespace = namespace
        self._clock = clock
        self._all_time: _Count | None = None
        self._windows: OrderedDict[Window, _Count] = OrderedDict()
        self._touches = 0
        self._task: asyncio.Task[None] | None = None

    def touch(self) -> None:
        """Note that there are other events than before."""
        self._touches += 1
        if self._all_time is not None and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._count_later(self._all_time))

    async def settle(self) -> None:
        """Wait until what was touched has been counted."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def stop(self) -> None:
        """Stop counting."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Stop counting, and wait until that is so."""
        self.stop()
        await self.settle()

    async def all_time(self, catalogue: CatalogueView, *, fresh: bool) -> Crowd:
        """Return the users of each item.

        Args:
            catalogue: The items.
            fresh: Whether to wait for a new count when it is time for one, for those who get
                nothing but what is popular.
        """
        count = self._all_time
        is_old = fresh and count is not None and not self._is_fresh(ALL_TIME, count)
        if count is None or count.catalogue is not catalogue or is_old:
            count = await self._count(ALL_TIME, catalogue, now=None)
        return count.crowd.fitted(len(catalogue))

    async def within(self, window: Window, catalogue: CatalogueView, *, now: datetime) -> Floats:
        """Return the users of each item in a window."""
        count = self._all_time if window == ALL_TIME else self._windows.get(window)
        if (
            count is None
            or count.catalogue is not catalogue
            or (window.window_s is not None and self._has_jumped(count, now))
            or not self._is_fresh(window, count)
        ):
            count = await self._count(window, catalogue, now=now)
        return _fitted(count.crowd.users, len(catalogue))

    def _has_jumped(self, count: _Count, now: datetime) -> bool:
        """Say whether the namespace's clock was steered since: its window lies elsewhere then."""
        if count.now is None:
            return False
        moved_s = abs((now - count.now).total_seconds())
        return moved_s > self._clock() - count.counted_at + count.took_s + _WINDOW_AGE_S

    def _is_fresh(self, window: Window, count: _Count) -> bool:
        now = self._clock()
        if now < count.good_until:
            return True
        has_moved = window.window_s is not None and now - count.counted_at >= _WINDOW_AGE_S
        return count.touches == self._touches and not has_moved

    async def _count(
        self, window: Window, catalogue: CatalogueView, *, now: datetime | None
    ) -> _Count:
        since, until = (None, None) if now is None else window.bounds(now)
        touches, begun = self._touches, self._clock()

        def read(transaction: Transaction) -> tuple[Crowd, int]:
            found = transaction.events.users_by_item(
                self._namespace, since=since, until=until, type=window.type
            )
            places = catalogue.places(list(found))
            numbers = np.fromiter(found.values(), np.float32, len(found))
            users = np.zeros(len(catalogue), np.float32)
            there = (places >= 0) & (places < len(users))
            users[places[there]] = numbers[there]
            return Crowd.of(users), transaction.events.last_place(self._namespace)

        crowd, events = await self._store.run(read)
        ended = self._clock()
        took_s = ended - begun
        pause_s = _PAUSE * max(0.0, took_s - _QUICK_S) if events > _FEW_EVENTS else 0.0
        count = _Count(crowd, ended, took_s, ended + pause_s, touches, catalogue, now)
        self._keep(window, count)
        return count

    def _keep(self, window: Window, count: _Count) -> None:
        if window == ALL_TIME:
            self._all_time = count
            return
        self._windows[window] = count
        self._windows.move_to_end(window)
        if len(self._windows) > _MOST_WINDOWS:
            self._windows.popitem(last=False)

    async def _count_later(self, count: _Count) -> None:
        while count.touches != self._touches:
            await asyncio.sleep(max(_REST_S, count.good_until - self._clock()))
            try:
                count = await self._count(ALL_TIME, count.catalogue, now=None)
            except Exception:  # the next event has it tried again, and requests tell of the store
                return


def _fitted(users: Floats, size: int) -> Floats:
    """Give items that came after the count no users yet."""
    if len(users) >= size:
        return users[:size]
    return np.concatenate([users, np.zeros(size - len(users), np.float32)])
