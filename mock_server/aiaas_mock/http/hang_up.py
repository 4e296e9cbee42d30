"""Stop working for a client that has left."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

_WATCH_AFTER_S: Final = 0.02  # most requests are over before a watch has paid for itself


class HangUpWatch:
    """Cancels the block inside when the client hangs up, and raises `ClientDisconnect`.

    The body must have been read: the next message of the channel is then the hang-up.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        """Start to watch, after a moment."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a hang-up can only be watched for inside a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._timer = self._loop.call_later(_WATCH_AFTER_S, self._start)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop to watch; tell a hang-up from a cancellation by somebody else."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if not self._left or self._task.uncancel() > self._cancelling:
            return
        if isinstance(error, asyncio.CancelledError):
            raise ClientDisconnect from error

    def _start(self) -> None:
        self._watcher = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._task.cancel()
