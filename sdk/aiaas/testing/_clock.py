"""Time that passes only when somebody waits."""

from __future__ import annotations

import threading
from typing import Final

START_S: Final = 1_767_225_600.0
"""When every test begins: 2026-01-01 00:00 UTC."""


class VirtualClock:
    """A clock for tests: a wait of an hour takes no time, and is remembered.

    Attributes:
        sleeps: Every wait of the client between attempts, in seconds, in order.
    """

    def __init__(self, start_s: float = START_S) -> None:
        self._now_s = start_s
        self._lock = threading.Lock()
        self.sleeps: list[float] = []

    def time(self) -> float:
        """Return the seconds since 1970."""
        return self._now_s

    def advance(self, duration_s: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now_s += duration_s

    def sleep(self, delay_s: float) -> None:
        """Wait, as a synchronous client does between attempts."""
        self.sleeps.append(delay_s)
        self.advance(delay_s)

    async def sleep_async(self, delay_s: float) -> None:
        """Wait, as an asynchronous client does between attempts."""
        self.sleep(delay_s)
