"""A server that listens while the rest of it is still being imported.

Importing takes longer than everything else at start. Meanwhile the server says that it is alive,
and every other request waits for its answer instead of being refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas.contract.problems import MEDIA_TYPE
from aiaas.contract.system import HEALTH, Health
from aiaas_mock.context import random_id
from aiaas_mock.errors import ApiError

_JSON: Final = "application/json"


class StartingApp:
    """The ASGI application that stands in the place of one that is not there yet.

    Args:
        make: Makes that one; called in a thread.
        version: Version of the server.
        on_failure: Called when it cannot be made, for whoever is to stop listening.

    Attributes:
        failure: Why it cannot be made.
    """

    def __init__(
        self, make: Callable[[], Starlette], version: str, on_failure: Callable[[], object]
    ) -> None:
        self._make = make
        self._version = version
        self._on_failure = on_failure
        self._app: ASGIApp | None = None
        self._settled = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or wait for what does."""
        if self._app is not None and scope["type"] != "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._early(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()  # to start
        stopping = asyncio.Event()
        life = asyncio.create_task(self._be_there(stopping))
        await send({"type": "lifespan.startup.complete"})
        await receive()  # to stop
        stopping.set()
        await life
        await send({"type": "lifespan.shutdown.complete"})

    async def _be_there(self, stopping: asyncio.Event) -> None:
        try:
            app = await asyncio.to_thread(self._make)
        except Exception as error:  # told by the command line, which ends with it
            self.failure = error
            self._settled.set()
            self._on_failure()
            return
        async with app.router.lifespan_context(app):
            self._app = app
            self._settled.set()
            await stopping.wait()

    async def _early(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", HEALTH.path):
            alive = Health(version=self._version).model_dump_json()
            await _answer(send, 200, _JSON, random_id("req"), alive)
            return
        await self._settled.wait()
        if self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = ApiError("overloaded", "The server could not start.")
            problem = refusal.as_problem(random_id("req"))
            body = problem.model_dump_json()
            await _answer(send, problem.status, MEDIA_TYPE, problem.request_id or "", body)


async def _answer(send: Send, status: int, media_type: str, request_id: str, body: str) -> None:
    content = body.encode()
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(content)),
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
