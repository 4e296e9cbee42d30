"""A middleware of either colour, over a wire that answers from a script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import aiaas.middleware
from aiaas._core.calls import Call
from aiaas._core.options import Settings
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse
from aiaas._core.retry import Retry
from aiaas.contract.operations import get_operation

Colour = Literal["sync", "async"]
Answer = RawResponse | Exception | Callable[[Call], RawResponse]


class Clock:
    """Time that passes when a test says so, or somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, delay_s: float) -> None:
        self.sleeps.append(delay_s)
        self.now_s += delay_s

    async def sleep_async(self, delay_s: float) -> None:
        self.sleep(delay_s)


class Layer:
    """One middleware at work."""

    def __init__(self, colour: Colour, runner: asyncio.Runner) -> None:
        self.colour = colour
        self.clock = Clock()
        self.script: list[Answer] = []
        self.seen: list[Call] = []
        self._runner = runner

    def use(self, name: str, **settings: Any) -> Any:
        """Make the middleware that is called `name`, on this layer's clock."""
        if settings.pop("sleeps", False):
            sync = self.colour == "sync"
            settings["sleep"] = self.clock.sleep if sync else self.clock.sleep_async
        prefix = "" if self.colour == "sync" else "Async"
        kind = getattr(aiaas.middleware, prefix + name)
        self.middleware = kind(**settings)
        return self.middleware

    def answers(self, *answers: Answer) -> None:
        """Answer the next requests like this; the others get a 200."""
        self.script.extend(answers)

    def send(self, call: Call | None = None) -> RawResponse:
        """Send a call through the middleware."""
        call = call or a_call()
        response: RawResponse
        if self.colour == "sync":
            response = self.middleware(call, self._answer)
        else:
            response = self._runner.run(self.middleware(call, self._answer_async))
        return response

    def send_many(self, *statuses: int) -> None:
        """Send a call for each status, which is its answer."""
        for status in statuses:
            self.answers(answer(status))
            self.send()

    def _answer(self, call: Call) -> RawResponse:
        self.seen.append(call)
        answer_ = self.script.pop(0) if self.script else answer(200)
        if isinstance(answer_, Exception):
            raise answer_
        return answer_ if isinstance(answer_, RawResponse) else answer_(call)

    async def _answer_async(self, call: Call) -> RawResponse:
        return self._answer(call)


def answer(
    status: int, content: bytes = b"{}", headers: Mapping[str, str] | None = None
) -> RawResponse:
    """Return an answer, its headers in lower case."""
    names = {name.lower(): value for name, value in (headers or {}).items()}
    return RawResponse(status, {"x-request-id": "req_1", **names}, content)


def a_call(operation: str = "images.classify", **changes: Any) -> Call:
    """Return an attempt of a call; changes may be of the call or of what it asks for."""
    row = get_operation(operation)
    asked = {"path": row.path, "content": b"picture", "content_type": "image/png"}
    for name in ("path", "query", "content", "parts", "url"):
        if name in changes:
            asked[name] = changes.pop(name)
    headers = changes.pop("own_headers", {})
    if "remaining_s" in changes:
        clock = changes.setdefault("clock", time.monotonic)
        changes["ends_at_s"] = clock() + changes.pop("remaining_s")
    settings: dict[str, Any] = {
        "outgoing": Outgoing(operation=row, **asked),  # type: ignore[arg-type]
        "settings": Settings(timeout_s=5.0, retry=Retry(), headers=headers),
        "headers": {},
        "base_url": "https://cloud.test:8443",
        "authorization": Secret("Bearer sk_secret"),
    }
    return Call(**{**settings, **changes})
