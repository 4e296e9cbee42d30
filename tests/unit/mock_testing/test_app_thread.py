"""`AppThread`: the life of an application in a thread."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from aiaas_mock.testing import AppThread, InProcessTransport


def test_the_application_is_started_and_shut_down(small_app: Any) -> None:
    with AppThread(small_app):
        assert small_app.events == ["startup"]
    assert small_app.events == ["startup", "shutdown"]


def test_it_may_be_started_again_but_not_twice(small_app: Any) -> None:
    thread = AppThread(small_app)
    thread.stop()
    for _ in range(2):
        with thread, pytest.raises(RuntimeError, match="running already"):
            thread.start()
    assert small_app.events == ["startup", "shutdown"] * 2


def test_a_request_under_way_is_cancelled_after_its_grace(small_app: Any) -> None:
    with AppThread(small_app, grace_s=0.01) as running:
        client = httpx.Client(
            transport=InProcessTransport(running), base_url="http://mock.localhost"
        )
        with pytest.raises(httpx.ReadTimeout):
            client.get("/forever", timeout=0.01)
    client.close()
    assert small_app.events == ["startup", "cancelled", "shutdown"]


async def _failing(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    await send({"type": f"{message['type']}.failed", "message": "no disk"})


async def _raising(scope: Any, receive: Any, send: Any) -> None:
    raise ZeroDivisionError


async def _failing_and_raising(scope: Any, receive: Any, send: Any) -> None:
    await _failing(scope, receive, send)
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("app", "error"),
    [
        (_failing, RuntimeError),
        (_raising, ZeroDivisionError),
        (_failing_and_raising, ZeroDivisionError),
    ],
)
def test_a_start_that_fails_is_told(app: Any, error: type[Exception]) -> None:
    thread = AppThread(app)
    with pytest.raises(error):
        thread.start()
    thread.stop()


def test_an_application_that_knows_no_lifespan_may_end_at_once() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return

    with AppThread(app):
        pass


def test_a_shutdown_that_fails_is_told() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.failed"})

    thread = AppThread(app)
    thread.start()
    with pytest.raises(RuntimeError, match="shutdown failed"):
        thread.stop()


def test_starlettes_own_lifespan_is_run() -> None:
    from contextlib import asynccontextmanager

    lived = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        lived.append("up")
        yield
        lived.append("down")

    with AppThread(Starlette(lifespan=lifespan)):
        assert lived == ["up"]
    assert lived == ["up", "down"]
