"""A cloud made of a script: what it answers is decided by the test, what it was asked is kept."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import AsyncIterable, Callable, Iterator
from typing import Any, Literal

import httpx
import pytest
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.contract.problems import MEDIA_TYPE, problem
from aiaas.testing import FakeCloud

KEY = "sk_test_default_0123456789abcdef"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)

Run = Callable[..., Result]
"""Runs the command line with these arguments."""

Colour = Literal["sync", "async"]
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Cloud:
    """Answers from a script, then classifies and embeds whatever it gets."""

    def __init__(self, colour: Colour) -> None:
        self.colour = colour
        self.requests: list[httpx.Request] = []
        self.script: list[Answer] = []
        self.sleeps: list[float] = []
        self.settings: dict[str, Any] = {"api_key": KEY, "base_url": "http://cloud.test"}

    # What a test says about the cloud.

    def answers(self, *answers: Answer) -> None:
        """Answer the next requests like this."""
        self.script.extend(answers)

    def problem(self, code: str, **headers: str) -> httpx.Response:
        """Return an answer that carries a problem."""
        body = problem(code, f"This is {code}.", request_id="req_problem")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(
            body.status,
            content=body.model_dump_json(exclude_none=True),
            headers={"Content-Type": MEDIA_TYPE, "X-Request-Id": "req_problem", **names},
        )

    def json(self, body: object, status: int = 200) -> httpx.Response:
        """Return an answer that carries JSON."""
        return httpx.Response(status, json=body, headers={"X-Request-Id": "req_json"})

    # What a test does with a client of it.

    def run(self, use: Callable[[Any], Any], **settings: Any) -> Any:
        """Use a client of this cloud, of whichever colour, and return what that gives."""
        settings = {**self.settings, **settings}
        if self.colour == "sync":
            result = self._run_sync(use, settings)
        else:
            result = asyncio.run(self._run_async(use, settings))
        return result

    def _run_sync(self, use: Callable[[Any], Any], settings: dict[str, Any]) -> Any:
        transport = httpx.MockTransport(self._answer)
        with (
            httpx.Client(transport=transport) as http_client,
            aiaas.Client(http_client=http_client, sleep=self.sleeps.append, **settings) as client,
        ):
            result = use(client)
            return list(result) if isinstance(result, aiaas.Paginator | Iterator) else result

    async def _run_async(self, use: Callable[[Any], Any], settings: dict[str, Any]) -> Any:
        async def sleep(delay_s: float) -> None:
            self.sleeps.append(delay_s)

        transport = httpx.MockTransport(self._answer)
        async with (
            httpx.AsyncClient(transport=transport) as http_client,
            aiaas.AsyncClient(http_client=http_client, sleep=sleep, **settings) as client,
        ):
            result = use(client)
            if inspect.isawaitable(result):
                return await result
            if isinstance(result, AsyncIterable):
                return [item async for item in result]
            return result

    # How it answers.

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.script.pop(0) if self.script else self._infer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def _infer(self, request: httpx.Request) -> httpx.Response:
        pictures = pictures_in(request)
        embedding = request.url.path.endswith("/embed")
        results = [
            {
                "index": index,
                "width": 28,
                "height": 28,
                "format": "png",
                # The label is the picture, so that a swapped answer is seen.
                **(
                    {"embedding": "AACAPwAAAAA="}
                    if embedding
                    else {"predictions": [{"label": picture.decode("latin-1"), "score": 0.75}]}
                ),
            }
            for index, picture in enumerate(pictures)
        ]
        return self.json(answer_of(results, **({"dimensions": 2} if embedding else {})))


def answer_of(results: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    """Return the envelope of an inference answer."""
    return {
        "id": "ans_1",
        "object": "images",
        "model": "small@1",
        "usage": {"inputs": len(results)},
        "results": results,
        **more,
    }


def parts_in(request: httpx.Request) -> list[tuple[str, bytes]]:
    """Return the headers and the content of the parts of a multipart body."""
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    pieces = request.content.split(b"--" + boundary)[1:-1]
    split = [piece.removeprefix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces]
    return [(head.decode(), content.removesuffix(b"\r\n")) for head, _, content in split]


def pictures_in(request: httpx.Request) -> list[bytes]:
    """Return the pictures of a request."""
    if not request.headers["content-type"].startswith("multipart/"):
        return [request.content]
    return [content for head, content in parts_in(request) if 'name="inputs"' in head]


def options_in(request: httpx.Request) -> dict[str, Any]:
    """Return the JSON part of a multipart request."""
    options: dict[str, Any] = json.loads(
        next(content for head, content in parts_in(request) if 'name="request"' in head)
    )
    return options


@pytest.fixture(params=["sync", "async"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """A cloud for each colour of client."""
    return Cloud(request.param)


@pytest.fixture
def sync_cloud() -> Cloud:
    """A cloud for what does not depend on the colour."""
    return Cloud("sync")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIAAS_API_KEY", raising=False)
    monkeypatch.delenv("AIAAS_BASE_URL", raising=False)
    monkeypatch.delenv("AIAAS_PROFILE", raising=False)
    monkeypatch.setenv("AIAAS_CONFIG", "/nowhere/config.toml")


@pytest.fixture
def debug_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that is logged, at the finest level."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def fake() -> FakeCloud:
    """A cloud that answers what it is told."""
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    """Run the command line on it."""

    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments: CliRunner().invoke(app, list(arguments), obj=make)
