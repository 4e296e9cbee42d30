"""What differs between asyncio and threads; the folder beside this has its hand-written twin."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

ResultT = TypeVar("ResultT")

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


async def sleep(delay_s: float) -> None:
    """Wait without holding up anything else."""
    await asyncio.sleep(delay_s)


class Gate:
    """Lets in as many as a limit says that may change; who came first goes first.

    It is bound to no event loop until somebody waits, so that a client outlives a loop.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def inside(self) -> int:
        """How many are inside."""
        return self._inside

    async def enter(self, *, timeout_s: float | None) -> None:
        """Wait for room and go in.

        Raises:
            TimeoutError: There was no room in time.
        """
        if not self._waiting and self._inside < self._limit():
            self._inside += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(timeout_s):
                await turn
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                self.leave()  # let in at the moment of giving up
            raise

    def leave(self) -> None:
        """Go out."""
        self._inside = max(0, self._inside - 1)
        self.wake()

    def after_fork(self) -> None:
        """Begin empty: whoever is inside or waits is so in the parent."""
        self._inside = 0
        self._waiting.clear()

    def wake(self) -> None:
        """Let in who has room now that the limit grew."""
        while self._waiting and self._inside < self._limit():
            turn = self._waiting.popleft()
            if not turn.done():
                self._inside += 1
                turn.set_result(None)


class Race:
    """Sends a request again while the first one is under way, and takes the first good answer."""

    async def run(
        self,
        send: Callable[[], Coroutine[Any, Any, ResultT]],
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
        if delay_s is None:
            return await send(), False
        racers = [asyncio.create_task(send())]
        under_way = set(racers)
        adding = True
        try:
            while under_way:
                adding = adding and len(racers) <= most
                done, under_way = await asyncio.wait(
                    under_way,
                    timeout=delay_s if adding else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for racer in (racer for racer in racers if racer in done):
                    if not racer.cancelled() and not racer.exception() and good(racer.result()):
                        return racer.result(), racer is not racers[0]
                if not done:
                    adding = may_add()
                    if adding:
                        racers.append(asyncio.create_task(send()))
                        under_way = {*under_way, racers[-1]}
            return racers[0].result(), False
        finally:
            for racer in racers:
                racer.cancel()
            # Awaited, so that their connections are back before anybody goes on.
            await asyncio.gather(*racers, return_exceptions=True)

    def close(self) -> None:
        """Do nothing: there are no threads to let go."""

    def after_fork(self) -> None:
        """Do nothing: there are no threads that are missing."""


class Flights(Generic[ResultT]):
    """Lets those who ask for the same thing at the same time share one answer."""

    def __init__(self) -> None:
        self._landing: dict[str, asyncio.Future[ResultT | None]] = {}

    async def share(
        self,
        key: str,
        make: Callable[[], Awaitable[ResultT]],
        *,
        timeout_s: float | None,
    ) -> tuple[ResultT, bool]:
        """Return the answer, and whether somebody else asked for it.

        Who waited for one that failed, or for longer than `timeout_s`, asks on its own.
        """
        landing = self._landing.get(key)
        if landing is not None:
            await asyncio.wait([landing], timeout=timeout_s)
            shared = landing.result() if landing.done() else None
            return (await make(), False) if shared is None else (shared, True)
        landing = asyncio.get_running_loop().create_future()
        self._landing[key] = landing
        result: ResultT | None = None
        try:
            result = await make()
            return result, False
        finally:
            self._landing.pop(key, None)
            landing.set_result(result)

    def after_fork(self) -> None:
        """Wait for nobody: who asks does so in the parent."""
        self._landing = {}
