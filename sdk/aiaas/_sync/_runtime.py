"""What differs between threads and asyncio; the hand-written twin of `aiaas._async._runtime`."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import ParamSpec, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
P = ParamSpec("P")

Sleep = Callable[[float], None]
"""Waits for so many seconds."""

Lock = threading.Lock


def sleep(delay_s: float) -> None:
    """Wait."""
    time.sleep(delay_s)


def call_blocking(function: Callable[P, ResultT], /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
    """Call a function that waits for a disk or computes."""
    return function(*args, **kwargs)


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
