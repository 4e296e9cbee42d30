"""What differs between asyncio and threads; `aiaas._sync._runtime` is its hand-written twin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Generic, ParamSpec, Protocol, TypeVar, cast

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
ClosableT = TypeVar("ClosableT", bound="Closable")
P = ParamSpec("P")

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


class Closable(Protocol):
    """What has to be closed."""

    def close(self) -> None:
        """Close it; may wait for a disk."""
        ...


class OutOfTime(Exception):
    """The time that `time_limit` gave is over."""


async def sleep(delay_s: float) -> None:
    """Wait without holding up anything else."""
    await asyncio.sleep(delay_s)


async def call_blocking(
    function: Callable[P, ResultT], /, *args: P.args, **kwargs: P.kwargs
) -> ResultT:
    """Call a function that waits for a disk or computes, without holding up the event loop.

    Who is cancelled meanwhile waits for its end all the same: a thread cannot be stopped, and
    must not go on with what its caller believes to be its own again.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            try:
                await asyncio.wait([work])
            except asyncio.CancelledError:
                continue
        raise


@asynccontextmanager
async def opened(make: Callable[[], ClosableT]) -> AsyncGenerator[ClosableT, None]:
    """Make something in a thread, and close it in one whatever happens, cancellation included."""
    made: list[ClosableT] = []
    try:
        await call_blocking(lambda: made.append(make()))
        yield made[0]
    finally:
        for one in made:
            await call_blocking(one.close)


@asynccontextmanager
async def time_limit(limit_s: float | None) -> AsyncGenerator[None, None]:
    """End the block after some seconds.

    Raises:
        OutOfTime: It was ended.
    """
    try:
        async with asyncio.timeout(limit_s) as limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise OutOfTime from None
        raise


class Flight(Generic[ResultT]):
    """Lets those who want the same thing at the same time share one request for it.

    It is bound to no event loop until somebody waits, so that a client outlives a loop.
    """

    def __init__(self) -> None:
        self._landing: asyncio.Future[ResultT | Exception | None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether somebody is asking for it."""
        return self._shared() is not None

    async def share(
        self,
        make: Callable[[], Awaitable[ResultT]],
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
        landing = self._shared()
        if landing is not None:
            await asyncio.wait([landing], timeout=timeout_s)
            return landing.result() if landing.done() else None
        landing = self._landing = asyncio.get_running_loop().create_future()
        outcome: ResultT | Exception | None = None
        try:
            outcome = await make()
            return outcome
        except Exception as failure:
            outcome = failure if everybodys(failure) else None
            raise
        finally:
            if self._landing is landing:
                self._landing = None
            landing.set_result(outcome)

    def _shared(self) -> asyncio.Future[ResultT | Exception | None] | None:
        landing = self._landing
        if landing is None or landing.get_loop() is not asyncio.get_running_loop():
            return None  # one of a loop that was stopped never lands
        return landing


async def resolved(value: ResultT | Awaitable[ResultT]) -> ResultT:
    """Return a value that may have to be waited for."""
    return cast("ResultT", await value if isinstance(value, Awaitable) else value)


async def map_bounded(
    function: Callable[[ItemT], Awaitable[ResultT]],
    items: AsyncGenerator[ItemT, None],
    *,
    concurrency: int,
    done: Callable[[ResultT], None],
) -> list[ResultT]:
    """Apply `function` to all items, at most `concurrency` at a time; results keep the order.

    Items are taken one by one as there is room for them, and `done` is told each result. The
    first failure cancels what is under way and is raised.
    """
    gate = asyncio.Semaphore(concurrency)
    tasks: list[asyncio.Task[ResultT]] = []

    async def run(item: ItemT) -> ResultT:
        try:
            result = await function(item)
            done(result)
            return result
        finally:
            gate.release()

    try:
        async with asyncio.TaskGroup() as group, aclosing(items):
            await gate.acquire()
            async for item in items:
                tasks.append(group.create_task(run(item)))
                await gate.acquire()
    except BaseExceptionGroup as failures:
        # The caller asked for one thing; that it was done in parallel is not theirs to unwrap.
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
