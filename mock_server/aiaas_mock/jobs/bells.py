"""Who waits in this process until something happens to a job."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Bells:
    """One bell per job, for as long as somebody listens."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    def ring(self, job_id: str) -> None:
        """Set the events of those who listen."""
        for listener in self._listeners.get(job_id, ()):
            listener.set()

    @contextmanager
    def listening(self, job_id: str) -> Iterator[asyncio.Event]:
        """Give an event that every ring sets; clearing it is up to the listener."""
        listener = asyncio.Event()
        listeners = self._listeners.setdefault(job_id, set())
        listeners.add(listener)
        try:
            yield listener
        finally:
            listeners.discard(listener)
            if not listeners and self._listeners.get(job_id) is listeners:
                del self._listeners[job_id]
