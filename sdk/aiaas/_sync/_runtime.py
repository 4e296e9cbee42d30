"""What differs between threads and asyncio; the hand-written twin of `aiaas._async._runtime`."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Generic, ParamSpec, Protocol, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
ClosableT = TypeVar("ClosableT", bound="Closable")
P = ParamSpec("P")

Sleep = Callable[[float], None]
"""Waits for so many seconds."""


class Closable(Protocol):
    """What has to be closed."""

    def close(self) -> None:
        """Close it; may wait for a disk."""
        ...


class OutOfTime(Exception):
    """The time that `time_limit` gave is over; a thread cannot be stopped, so it never is here."""


def sleep(delay_s: float) -> None:
    """Wait."""
    time.sleep(delay_s)


def call_blocking(function: Callable[P, ResultT], /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
    """Call a function that waits for a disk or computes."""
    return function(*args, **kwargs)


def opened(make: Callable[[], ClosableT]) -> AbstractContextManager[ClosableT]:
    """Make something, and close it whatever happens."""
    return closing(make())


def time_limit(limit_s: float | None) -> AbstractContextManager[None]:
    """Do nothing: who waits in a thread has to look at the clock."""
    return nullcontext()


class Flight(Generic[ResultT]):
    """Lets those who want the same thing at the same time share one request for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._landing: Future[ResultT | Exception | None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether somebody is asking for it."""
        return self._landing is not None

    def share(
        self,
        make: Callable[[], ResultT],
        *,
        timeout_s: float | None,
        everybodys: Callable[[Exception], bool],
    ) -> ResultT | Exception | None:
        """Return the result or the failure of whoever asks; None if there was neither.

        Args:
            make: Asks for it; what it raises is raised as it is for who asked.
            timeout_s: Seconds to wait for somebody else's.
            everybodys: Whether a failure is one for those who wait, too.
        """
        ours: Future[ResultT | Exception | None] = Future()
        with self._lock:
            landing = self._landing = self._landing or ours
        if landing is not ours:
            wait([landing], timeout_s)
            return landing.result() if landing.done() else None
        outcome: ResultT | Exception | None = None
        try:
            outcome = make()
            return outcome
        except Exception as failure:
            outcome = failure if everybodys(failure) else None
            raise
        finally:
            with self._lock:
                self._landing = None
            ours.set_result(outcome)


def resolved(value: ResultT | Awaitable[ResultT]) -> ResultT:
    """Return a value that is there already.

    Raises:
        TypeError: It would have to be waited for.
    """
    if isinstance(value, Awaitable):
        if isinstance(value, Coroutine):
            value.close()  # or it would warn that nobody waited for it
        raise TypeError("a coroutine function was given to a Client; AsyncClient takes them")
    return value


def map_bounded(
    function: Callable[[ItemT], ResultT],
    items: Generator[ItemT, None, None],
    *,
    concurrency: int,
) -> list[ResultT]:
    """Apply `function` to all items, at most `concurrency` at a time; results keep the order.

    Items are taken one by one as there is room for them. After the first failure nothing new is
    begun; what is under way is awaited, and the failure is raised.
    """
    gate = threading.Semaphore(concurrency)
    failed = threading.Event()
    futures: list[Future[ResultT]] = []

    def run(item: ItemT) -> ResultT:
        try:
            return function(item)
        except BaseException:
            failed.set()
            raise
        finally:
            gate.release()

    with ThreadPoolExecutor(concurrency, "aiaas") as pool, closing(items):
        try:
            gate.acquire()
            for item in items:
                if failed.is_set():
                    break
                # Tracing and log context of the caller must reach the threads.
                futures.append(pool.submit(contextvars.copy_context().run, run, item))
                gate.acquire()
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
        except BaseException:  # Ctrl-C too: what was not begun is not begun any more
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]
