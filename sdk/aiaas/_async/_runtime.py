"""What differs between asyncio and threads; `aiaas._sync._runtime` is its hand-written twin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import ParamSpec, TypeVar, cast

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
P = ParamSpec("P")

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

Lock = asyncio.Lock


async def sleep(delay_s: float) -> None:
    """Wait without holding up anything else."""
    await asyncio.sleep(delay_s)


async def call_blocking(
    function: Callable[P, ResultT], /, *args: P.args, **kwargs: P.kwargs
) -> ResultT:
    """Call a function that waits for a disk or computes, without holding up the event loop."""
    return await asyncio.to_thread(function, *args, **kwargs)


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
