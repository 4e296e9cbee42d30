"""When the next request may leave, from what the answers before it said; no waiting here."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aiaas._core.rate_limits import RateLimit, rate_limit_in
from aiaas._core.waits import asked_wait_s

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})

_STATUSES_THAT_ASK_TO_WAIT: Final = frozenset({429, 503})


@dataclass(slots=True)
class _Pace:
    """What is known of one host. Times are the clock's, in seconds."""

    blocked_until_s: float = 0.0
    next_slot_s: float = 0.0
    limit: RateLimit | None = None
    remaining: int = 0
    reset_at_s: float = 0.0
    in_flight: int = 0


class PaceTable:
    """The paces of all hosts; may be used from many threads.

    Args:
        spread_below: Share of the quota below which requests are spread over the time that is
            left; above it a burst passes at once.
    """

    def __init__(self, *, spread_below: float) -> None:
        if not 0 <= spread_below <= 1:
            raise ValueError(f"spread_below must be from 0 to 1; got {spread_below}")
        self._spread_below = spread_below
        self._paces: dict[str, _Pace] = {}
        self._lock = threading.Lock()

    def reserve(self, host: str, *, now_s: float, within_s: float) -> float:
        """Take the next place in the line, and return the seconds until it is due.

        A place that is due later than `within_s` is not taken, and 0 is returned: the request
        leaves at once and the deployment decides.
        """
        with self._lock:
            pace = self._paces.setdefault(host, _Pace())
            pace.in_flight += 1
            due_s, interval_s = self._due(pace, now_s)
            if due_s - now_s > within_s:
                return 0.0
            pace.remaining -= 1
            pace.next_slot_s = due_s + interval_s
            return due_s - now_s

    def answered(
        self,
        host: str,
        *,
        status: int | None,
        headers: Mapping[str, str],
        now_s: float,
        wall_s: float,
    ) -> None:
        """Take in the answer to a request; no status when none came.

        Args:
            host: Where it came from.
            status: Its status.
            headers: Its headers.
            now_s: The clock that `reserve` is given.
            wall_s: Seconds since 1970, for a ``Retry-After`` that is a date.
        """
        with self._lock:
            pace = self._paces.setdefault(host, _Pace())
            pace.in_flight = max(0, pace.in_flight - 1)
            limit = rate_limit_in(headers)
            if limit is not None:
                pace.limit = limit
                # Others that are under way may not have been counted yet.
                pace.remaining = limit.remaining - pace.in_flight
                pace.reset_at_s = now_s + limit.reset_s
            if status in _STATUSES_THAT_ASK_TO_WAIT:
                asked_s = asked_wait_s(headers, now=wall_s)
                pace.blocked_until_s = max(pace.blocked_until_s, now_s + (asked_s or 0.0))

    def after_fork(self) -> None:
        """Keep what is known, and forget the requests of the parent."""
        self._lock = threading.Lock()
        for pace in self._paces.values():
            pace.in_flight = 0

    def _due(self, pace: _Pace, now_s: float) -> tuple[float, float]:
        """Return when the next request is due, and how far the one after it is from it."""
        due_s = max(now_s, pace.blocked_until_s)
        limit = pace.limit
        if limit is None:
            return due_s, 0.0
        if due_s < pace.reset_at_s and pace.remaining > 0:
            if not self._spread(limit, pace.remaining):
                return due_s, 0.0
            slot_s = max(due_s, pace.next_slot_s)
            return slot_s, max(0.0, pace.reset_at_s - slot_s) / pace.remaining
        if due_s < pace.reset_at_s:
            # One after the other from there on, so that not all who waited start together.
            return max(pace.reset_at_s, pace.next_slot_s), _full_pace_s(limit)
        return max(due_s, pace.next_slot_s), 0.0

    def _spread(self, limit: RateLimit, remaining: int) -> bool:
        return limit.limit is None or remaining < self._spread_below * limit.limit


def _full_pace_s(limit: RateLimit) -> float:
    return limit.window_s / limit.limit if limit.window_s and limit.limit else 0.0
