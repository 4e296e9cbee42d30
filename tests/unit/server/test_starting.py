"""A server that listens while the rest of it is being made."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from aiaas.contract.system import Health
from aiaas_mock.cli.starting import StartingApp


class Making:
    """Makes an application when it is allowed to, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.allowed = threading.Event()
        self.failures = 0
        self.life: list[str] = []
        self._failure = failure

    def make(self) -> Starlette:
        assert self.allowed.wait(10)
        if self._failure is not None:
            raise self._failure

        async def hello(request: Request) -> PlainTextResponse:
            return PlainTextResponse("hello")

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            self.life.append("begun")
            yield
            self.life.append("ended")

        return Starlette(routes=[Route("/hello", hello)], lifespan=lifespan)

    def failed(self) -> None:
        self.failures += 1


@asynccontextmanager
async def running(making: Making) -> AsyncIterator[tuple[StartingApp, httpx.AsyncClient]]:
    """Start as a server does, and stop."""
    app = StartingApp(making.make, "1.2.3", making.failed)
    told: asyncio.Queue[Any] = asyncio.Queue()
    said: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan"}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield app, client
    await told.put({"type": "lifespan.shutdown"})
    making.allowed.set()
    assert (await said.get())["type"] == "lifespan.shutdown.complete"
    await life


async def test_it_is_alive_before_it_is_made_and_other_requests_wait() -> None:
    making = Making()
    async with running(making) as (_, client):
        answer = await client.get("/healthz")
        assert Health.model_validate_json(answer.content) == Health(version="1.2.3")
        assert answer.headers["x-request-id"].startswith("req_")
        waiting = [asyncio.create_task(client.get("/hello")) for _ in range(3)]
        await asyncio.sleep(0.02)
        assert not any(task.done() for task in waiting)
        making.allowed.set()
        assert [(await task).text for task in waiting] == ["hello"] * 3
        assert (await client.get("/hello")).text == "hello"
        assert (await client.get("/healthz")).status_code == 404  # the application's own, now
    assert making.life == ["begun", "ended"]


async def test_what_waits_for_a_server_that_cannot_be_made_is_told_so() -> None:
    making = Making(ValueError("no such model"))
    async with running(making) as (app, client):
        waiting = asyncio.create_task(client.get("/hello"))
        await asyncio.sleep(0.01)
        making.allowed.set()
        answer = await waiting
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert "no such model" not in answer.text
        assert str(app.failure) == "no such model"
        assert making.failures == 1
        sent: list[Any] = []
        await app({"type": "websocket"}, asyncio.Event().wait, sent.append)  # type: ignore[arg-type]
        assert sent == []


async def test_it_stops_when_it_is_told_to_while_it_is_being_made() -> None:
    making = Making()
    async with running(making):
        pass
    assert making.life == ["begun", "ended"]
