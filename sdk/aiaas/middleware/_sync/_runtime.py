"""What differs between threads and asyncio; the folder beside this has its hand-written twin."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

from aiaas._sync import _runtime

ResultT = TypeVar("ResultT")

Sleep = Callable[[float], None]
"""Waits for so many seconds."""

_MAX_THREADS: Final = 32


def sleep(delay_s: float) -> None:
    """Wait; in a thread of a bulk call, no longer than the call goes on."""
    _runtime.sleep(delay_s)


class Gate:
    """Lets in as many as a limit says that may change."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._inside = 0
        self._changed = threading.Condition()

    @property
    def inside(self) -> int:
        """How many are inside."""
        return self._inside

    def enter(self, *, timeout_s: float | None) -> None:
        """Wait for room and go in.

        Raises:
            TimeoutError: There was no room in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._inside < self._limit(), timeout_s):
                raise TimeoutError
            self._inside += 1

    def leave(self) -> None:
        """Go out."""
        with self._changed:
            self._inside = max(0, self._inside - 1)
            self._changed.notify()

    def wake(self) -> None:
        """Let in who has room now that the limit grew."""
        with self._changed:
            self._changed.notify_all()

    def after_fork(self) -> None:
        """Begin empty: whoever is inside or waits is so in the parent."""
        self._inside = 0
        self._changed = threading.Condition()


class _Threads:
    """Threads that are started as they are needed, and used again.

    Unlike an executor's they do not hold up the end of the process, as nobody hears them any
    more when they are late.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0

    def submit(self, function: Callable[[], ResultT]) -> Future[ResultT]:
        """Call a function in a thread."""
        future: Future[ResultT] = Future()

        def run() -> None:
            try:
                result = function()
            except BaseException as failure:  # whoever waits for the future raises it
                future.set_exception(failure)
            else:
                future.set_result(result)

        self._tasks.put(run)
        if not self._idle.acquire(blocking=False):
            self._started += 1
            name = f"aiaas-hedging-{self._started}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
        return future

    def close(self) -> None:
        """End each thread as soon as it has nothing to do."""
        for _ in range(self._started):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
            del task  # or the last answer would be kept until the next one
            self._idle.release()


class Race:
    """Sends a request again while the first one is under way, and takes the first good answer.

    A thread cannot be stopped, so who loses goes on until its own time-out and is heard no more.
    The number of threads is bounded; while all are busy, requests go the ordinary way.
    """

    def __init__(self) -> None:
        self._free = threading.Semaphore(_MAX_THREADS)
        self._lock = threading.Lock()
        self._threads: _Threads | None = None

    def run(
        self,
        send: Callable[[], ResultT],
        *,
        delay_s: float | None,
        most: int,
        may_add: Callable[[], bool],
        good: Callable[[ResultT], bool],
    ) -> tuple[ResultT, bool]:
        """Return the answer, and whether an additional request gave it.

        Without a good answer it is what the first request gave: its answer or its error.

        Args:
            send: Sends the request once.
            delay_s: Seconds before each additional request; None for none at all.
            most: How many additional requests there may be.
            may_add: Asked before each of them.
            good: Whether an answer ends the race.
        """
        first = None if delay_s is None else self._start(send)
        if first is None:
            return send(), False
        racers = [first]
        under_way = set(racers)
        adding = True
        while under_way:
            adding = adding and len(racers) <= most
            done, under_way = wait(under_way, delay_s if adding else None, FIRST_COMPLETED)
            for racer in (racer for racer in racers if racer in done):
                if not racer.exception() and good(racer.result()):
                    return racer.result(), racer is not racers[0]
            if not done:
                another = self._start(send) if may_add() else None
                adding = another is not None
                if another is not None:
                    racers.append(another)
                    under_way = {*under_way, another}
        return racers[0].result(), False

    def close(self) -> None:
        """Let the threads go as soon as they are done."""
        with self._lock:
            if self._threads is not None:
                self._threads.close()
                self._threads = None

    def after_fork(self) -> None:
        """Begin without threads: those of the parent are not here."""
        self._free = threading.Semaphore(_MAX_THREADS)
        self._lock = threading.Lock()
        self._threads = None

    def _start(self, send: Callable[[], ResultT]) -> Future[ResultT] | None:
        """Send in a thread; None when there is none left."""
        if not self._free.acquire(blocking=False):
            return None
        free = self._free
        # Tracing and log context of the caller must reach the threads.
        context = contextvars.copy_context()
        with self._lock:
            threads = self._threads = self._threads or _Threads()
            future = threads.submit(lambda: context.run(send))
        future.add_done_callback(lambda _: free.release())
        return future


class Flights(Generic[ResultT]):
    """Lets those who ask for the same thing at the same time share one answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._landing: dict[str, Future[ResultT | None]] = {}

    def share(
        self,
        key: str,
        make: Callable[[], ResultT],
        *,
        timeout_s: float | None,
    ) -> tuple[ResultT, bool]:
        """Return the answer, and whether somebody else asked for it.

        Who waited for one that failed, or for longer than `timeout_s`, asks on its own.
        """
        ours: Future[ResultT | None] = Future()
        with self._lock:
            landing = self._landing.setdefault(key, ours)
        if landing is not ours:
            wait([landing], timeout_s)
            shared = landing.result() if landing.done() else None
            return (make(), False) if shared is None else (shared, True)
        result: ResultT | None = None
        try:
            result = make()
            return result, False
        finally:
            with self._lock:
                self._landing.pop(key, None)
            ours.set_result(result)

    def after_fork(self) -> None:
        """Wait for nobody: who asks does so in the parent."""
        self._lock = threading.Lock()
        self._landing = {}
