"""How many requests may be under way at once: additive increase, multiplicative decrease.

The rule by which TCP shares a line (Chiu and Jain, 1989): every success adds a little, every sign
of overload takes half away, and clients that do not know of each other end up with equal shares.
"""

from __future__ import annotations

import threading
from typing import Final

OVERLOADED: Final = frozenset({429, 503})
_DECREASE: Final = 0.5


class ConcurrencyWindow:
    """The limit in force, which answers move between 1 and `most`."""

    def __init__(self, most: int, *, adaptive: bool) -> None:
        if most < 1:
            raise ValueError(f"a concurrency limit must be at least 1; got {most}")
        self._most = most
        self._adaptive = adaptive
        self._limit = float(most)
        self._era = 0
        self._lock = threading.Lock()

    @property
    def limit(self) -> int:
        """How many requests may be under way now."""
        return int(self._limit)

    @property
    def era(self) -> int:
        """Grows with every decrease; a request remembers the one that it began in."""
        return self._era

    def after_fork(self) -> None:
        """Take a new lock: another thread may have held this one when the process was copied."""
        self._lock = threading.Lock()

    def answered(self, status: int, *, era: int) -> bool:
        """Take in an answer, and say whether the limit grew by a whole request."""
        if not self._adaptive:
            return False
        with self._lock:
            before = int(self._limit)
            if status in OVERLOADED:
                # Once for all that were under way together: they report the same overload.
                if era == self._era:
                    self._limit = max(1.0, self._limit * _DECREASE)
                    self._era += 1
            elif status < 500:
                self._limit = min(float(self._most), self._limit + 1 / self._limit)
            return int(self._limit) > before
