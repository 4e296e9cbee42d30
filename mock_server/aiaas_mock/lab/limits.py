"""Rate limits of a namespace, by its own clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiaas_mock.context import Clock
from aiaas_mock.gateway.limits import Allowance, Limits

_ALL: Final = ""  # a limit that was set in the lab counts all keys of a namespace together
MINUTE_S: Final = 60

Hits = Mapping[str, tuple[datetime, ...]]
"""Times of the requests that still count, by key."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests per window."""

    quota: int
    window_s: int


class MovingWindow:
    """Counts requests in a window that moves with a clock that may be steered.

    Args:
        rate: How many may pass.
        clock: Gives the time.
        together: Whether all keys count as one.

    Attributes:
        together: The same.
    """

    def __init__(self, rate: Rate, clock: Clock, *, together: bool = False) -> None:
        self._rate = rate
        self._window = timedelta(seconds=rate.window_s)
        self._clock = clock
        self.together: Final = together
        self._hits: dict[str, deque[datetime]] = {}

    @property
    def quota(self) -> int:
        """Requests per window."""
        return self._rate.quota

    @property
    def window_s(self) -> int:
        """Length of the window, in seconds."""
        return self._rate.window_s

    async def hit(self, key: str) -> Allowance:
        """Count a request."""
        now = self._clock()
        hits = self._counting(key, now)
        allowed = len(hits) < self.quota
        if allowed:
            hits.append(now)
        return self._allowance(hits, now, allowed=allowed)

    def peek(self, key: str = _ALL) -> Allowance:
        """Tell what the next request would be told, counting none."""
        now = self._clock()
        hits = self._counting(key, now)
        return self._allowance(hits, now, allowed=len(hits) < self.quota)

    def leave(self, remaining: int, key: str = _ALL) -> None:
        """Let so many more pass now."""
        now = self._clock()
        self._hits[key] = deque([now] * (self.quota - remaining))

    def copy(self) -> Hits:
        """Return what was counted."""
        return {key: tuple(hits) for key, hits in self._hits.items()}

    def restore(self, hits: Hits) -> None:
        """Have counted what `copy` returned."""
        self._hits = {key: deque(times) for key, times in hits.items()}

    def _counting(self, key: str, now: datetime) -> deque[datetime]:
        """Return the requests that still count."""
        hits = self._hits.setdefault(_ALL if self.together else key, deque())
        if hits and hits[-1] > now:  # the clock was put back
            hits.clear()
        while hits and hits[0] <= now - self._window:
            hits.popleft()
        return hits

    def _allowance(self, hits: deque[datetime], now: datetime, *, allowed: bool) -> Allowance:
        reset = hits[0] + self._window - now if hits else timedelta(0)
        return Allowance(
            allowed=allowed, remaining=self.quota - len(hits), reset_s=reset.total_seconds()
        )


class SteeredLimits:
    """The limit of a namespace: the deployment's for every key, until one is set here.

    Args:
        rate: The deployment's; None for no limit.
        clock: Gives the time.

    Attributes:
        current: What requests are held against; None for no limit.
        window: What counts them.
    """

    __slots__ = ("_clock", "_rate", "current", "window")

    def __init__(self, rate: Rate | None, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self.current: Limits | None = None
        self.window: MovingWindow | None = None
        self.reset()

    def set(self, quota: int, *, remaining: int | None = None) -> None:
        """Let all keys together send `quota` requests a minute, and `remaining` of them now."""
        window = MovingWindow(Rate(quota, MINUTE_S), self._clock, together=True)
        if remaining is not None:
            window.leave(remaining)
        self._use(window)

    def reset(self) -> None:
        """Come back to the deployment's limit, with nothing counted."""
        self._use(None if self._rate is None else MovingWindow(self._rate, self._clock))

    def copy(self) -> tuple[MovingWindow | None, Hits]:
        """Return the limit and what was counted."""
        return self.window, {} if self.window is None else self.window.copy()

    def restore(self, copied: tuple[MovingWindow | None, Hits]) -> None:
        """Apply the limit again, with what was counted then."""
        window, hits = copied
        if window is not None:
            window.restore(hits)
        self._use(window)

    def _use(self, window: MovingWindow | None) -> None:
        self.window = window
        self.current = None if window is None else Limits(window)
