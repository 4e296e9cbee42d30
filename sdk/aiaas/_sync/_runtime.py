"""What differs between threads and asyncio; the hand-written twin of `aiaas._async._runtime`."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
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


_stop: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar(
    "aiaas_stop", default=None
)
"""Set in the threads of a bulk call: says that what they do is not wanted any more."""


class _Unwanted(BaseException):
    """Ends a thread that nobody waits for; no error, so that nothing on its way handles it."""


def sleep(delay_s: float) -> None:
    """Wait; in a thread of a bulk call, no longer than the call goes on."""
    stop = _stop.get()
    if stop is None:
        time.sleep(delay_s)
    elif stop.wait(delay_s):
        raise _Unwanted


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
    done: Callable[[ResultT], None],
) -> list[ResultT]:
    """Apply `function` to all items, at most `concurrency` at a time; results keep the order.

    Items are taken one by one as there is room for them, and `done` is told each result, one at a
    time. After the first failure nothing new is begun and nothing is repeated; what is under way
    is awaited, and the failure is raised. Ctrl-C is raised at once: a thread cannot be stopped,
    so the requests under way end by themselves, unheard, and keep no program from ending.
    """
    gate = threading.Semaphore(concurrency)
    stop = threading.Event()
    telling = threading.Lock()
    results: dict[int, ResultT] = {}
    failures: list[BaseException] = []
    threads: list[threading.Thread] = []

    def work(position: int, item: ItemT) -> None:
        _stop.set(stop)
        try:
            results[position] = function(item)
            with telling:
                if not stop.is_set():
                    done(results[position])
        except BaseException as failure:
            failures.append(failure)
            stop.set()
        finally:
            gate.release()

    def wait_for_all() -> None:
        # Not by `join` alone: interrupted in there, it takes a thread that runs for one that ended.
        for _ in range(concurrency - 1):
            gate.acquire()
        for thread in threads:
            thread.join()

    try:
        with closing(items):
            gate.acquire()
            for item in items:
                if stop.is_set():
                    break
                position = len(threads)
                # Tracing and log context of the caller must reach the threads.
                run = partial(contextvars.copy_context().run, work, position, item)
                thread = threading.Thread(target=run, name=f"aiaas_{position}", daemon=True)
                thread.start()
                threads.append(thread)
                gate.acquire()
        wait_for_all()
    except Exception:  # there is an item that cannot be read
        stop.set()
        wait_for_all()
        raise
    except BaseException:  # Ctrl-C
        stop.set()
        raise
    if failures:
        raise failures.pop(0)
    return [results[position] for position in range(len(threads))]
