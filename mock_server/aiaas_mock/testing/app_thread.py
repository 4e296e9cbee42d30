"""An ASGI application in an event loop of its own, in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, Final, Self

from starlette.types import ASGIApp

from aiaas_mock.testing.exchange import Exchange
from aiaas_mock.testing.messages import Deliver

_GRACE_S: Final = 2.0
_STOPPED: Final = "the application is not running: start it first, for instance with 'with'"


class AppThread:
    """Runs an application, its start-up and its shutdown.

    Args:
        app: The application.
        grace_s: Seconds that requests under way are given when it stops.

    Example:
        >>> with AppThread(app) as running:
        ...     client = httpx.Client(transport=InProcessTransport(running), base_url="http://x")
    """

    def __init__(self, app: ASGIApp, *, grace_s: float = _GRACE_S) -> None:
        self._app = app
        self._grace_s = grace_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Start, and wait until the application has started.

        Raises:
            Exception: What the application raised meanwhile.
        """
        if self._thread is not None:
            raise RuntimeError("the application is running already")
        started = threading.Event()
        self._failure = None
        self._thread = threading.Thread(
            target=self._run, args=(started,), name="aiaas-mock", daemon=True
        )
        self._thread.start()
        started.wait()
        if self._loop is None:  # it has ended already
            self.stop()

    def stop(self) -> None:
        """Stop, and wait until the application has shut down; safe to call twice.

        Raises:
            Exception: What the application raised meanwhile.
        """
        thread, loop, self._thread = self._thread, self._loop, None
        if thread is None:
            return
        if loop is not None:
            loop.call_soon_threadsafe(self._stopping.set)
        thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def begin(
        self, scope: MutableMapping[str, Any], deliver: Deliver, body: bytes, *, more: bool
    ) -> Exchange:
        """Have the application answer a request; from any thread.

        Args:
            scope: The request.
            deliver: Takes the response away.
            body: The first piece of its body.
            more: Whether more will be fed.

        Raises:
            RuntimeError: It is not running.
        """
        exchange = Exchange(scope, deliver)
        exchange.feed(body, more)
        self.call(self._spawn, exchange)
        return exchange

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call a function in the event loop; from any thread.

        Raises:
            RuntimeError: It is not running.
        """
        loop = self._loop
        if loop is None:
            raise RuntimeError(_STOPPED)
        loop.call_soon_threadsafe(function, *args)

    def tell(self, function: Callable[..., object], *args: object) -> None:
        """As `call`, for what matters only while it is running."""
        try:
            self.call(function, *args)
        except RuntimeError:
            return

    def _spawn(self, exchange: Exchange) -> None:
        task = asyncio.get_running_loop().create_task(exchange.run(self._app))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self, started: threading.Event) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve(started))
        except BaseException as failure:  # of another thread's making: `start` or `stop` raises it
            self._failure = failure
        finally:
            self._loop = None
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        self._stopping = asyncio.Event()
        lifespan = _Lifespan(self._app)
        await lifespan.start()
        self._loop = asyncio.get_running_loop()
        started.set()
        await self._stopping.wait()
        self._loop = None  # whoever comes now is refused
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._grace_s)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await lifespan.stop()


class _Lifespan:
    """Start-up and shutdown of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outbox: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._speak())
        await self._ask("startup")

    async def stop(self) -> None:
        await self._ask("shutdown")
        await self._task

    async def _speak(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        await self._app(scope, self._inbox.get, self._outbox.put)

    async def _ask(self, what: str) -> None:
        self._inbox.put_nowait({"type": f"lifespan.{what}"})
        answer = asyncio.create_task(self._outbox.get())
        await asyncio.wait([answer, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():  # the application ended instead
            answer.cancel()
            await self._task
            return
        message = answer.result()
        if message["type"].endswith(".failed"):
            await asyncio.wait([self._task])
            if self._task.exception() is not None:
                await self._task
            raise RuntimeError(f"{what} failed: {message.get('message', '')}")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # Windows has none
        return asyncio.new_event_loop
    return uvloop.new_event_loop
