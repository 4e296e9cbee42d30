"""After how long a request counts as slow, and how many more may be sent because of it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

_REMEMBERED: Final = 256
_ENOUGH: Final = 20  # with fewer, a high percentile is just the slowest one seen
_RENEWED_EVERY: Final = 16  # sorting is not for every call


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgingCounts:
    """What hedging did so far.

    Attributes:
        calls: Requests that might have been hedged.
        hedges: Additional requests sent.
        wins: Additional requests that answered first.
    """

    calls: int = 0
    hedges: int = 0
    wins: int = 0


class _Latencies:
    """The latest times of one operation."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._since_sorted = 0
        self._percentile_s: float | None = None

    def add(self, elapsed_s: float) -> None:
        self._times_s.append(elapsed_s)
        self._since_sorted += 1

    def percentile_s(self, percentile: float) -> float | None:
        if len(self._times_s) < _ENOUGH:
            return None
        if self._percentile_s is None or self._since_sorted >= _RENEWED_EVERY:
            ordered = sorted(self._times_s)
            rank = min(len(ordered) - 1, int(len(ordered) * percentile / 100))
            self._percentile_s = ordered[rank]
            self._since_sorted = 0
        return self._percentile_s


class HedgingPlan:
    """When to hedge; may be used from many threads.

    Args:
        after_s: Seconds after which a request is hedged.
        after_percentile: Instead of `after_s`: the percentile of the operation's own times.
        max_hedges: Additional requests for one request at most.
        max_ratio: Additional requests to all requests at most, so that a deployment that is slow
            because it is overloaded is not sent twice as much.
        burst: Additional requests that `max_ratio` does not count.
    """

    def __init__(
        self,
        *,
        after_s: float | None,
        after_percentile: float | None,
        max_hedges: int,
        max_ratio: float,
        burst: int = 10,
    ) -> None:
        if (after_s is None) == (after_percentile is None):
            raise ValueError("pass either after_s or after_percentile")
        if after_percentile is not None and not 0 < after_percentile < 100:
            raise ValueError(f"after_percentile must be within 0 and 100; got {after_percentile}")
        if after_s is not None and after_s < 0:
            raise ValueError(f"after_s must not be negative; got {after_s}")
        if max_hedges < 1:
            raise ValueError(f"max_hedges must be at least 1; got {max_hedges}")
        self.max_hedges = max_hedges
        self._after_s = after_s
        self._after_percentile = after_percentile
        self._max_ratio = max_ratio
        self._burst = burst
        self._latencies: dict[str, _Latencies] = {}
        self._calls = 0
        self._hedges = 0
        self._wins = 0
        self._lock = threading.Lock()

    @property
    def counts(self) -> HedgingCounts:
        """What was done so far."""
        with self._lock:
            return HedgingCounts(calls=self._calls, hedges=self._hedges, wins=self._wins)

    def after_fork(self) -> None:
        """Take a new lock: another thread may have held this one when the process was copied."""
        self._lock = threading.Lock()

    def delay_s(self, operation: str) -> float | None:
        """Count a call, and return the seconds after which it is slow; None: not known yet."""
        with self._lock:
            self._calls += 1
            if self._after_percentile is None:
                return self._after_s
            seen = self._latencies.get(operation)
            return seen.percentile_s(self._after_percentile) if seen else None

    def may_hedge(self) -> bool:
        """Count an additional request if one may be sent."""
        with self._lock:
            if self._hedges >= self._burst + self._max_ratio * self._calls:
                return False
            self._hedges += 1
            return True

    def finished(self, operation: str, elapsed_s: float, *, hedge_won: bool) -> None:
        """Take in how long the answer of the first to answer took since the first was sent."""
        with self._lock:
            self._wins += hedge_won
            if self._after_percentile is not None:
                self._latencies.setdefault(operation, _Latencies()).add(elapsed_s)
