"""Servers in this process with backends and settings of a test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    nullcontext,
)
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from aiaas_mock.app import create_app
from aiaas_mock.context import Clock, utc_now
from aiaas_mock.inference.backend import Array, Inference, ModelBackend
from aiaas_mock.inference.bundles import Catalogue, ModelRef
from aiaas_mock.settings import Settings

LogLines = list[dict[str, Any]]
Infer = Callable[[Array], Awaitable[Inference]]
OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

TINY_DEFAULTS = {"images.classify": "tiny", "images.embed": "tiny-embedding"}


class ListLogger:
    """Keeps what is logged."""

    def __init__(self, lines: LogLines) -> None:
        self._lines = lines

    def info(self, event: str, **fields: Any) -> None:
        self._lines.append({"event": event, "level": "info", **fields})

    def error(self, event: str, **fields: Any) -> None:
        self._lines.append({"event": event, "level": "error", **fields})


class StubBackend:
    """Runs a coroutine function in place of models."""

    def __init__(self, catalogue: Catalogue, infer: Infer) -> None:
        self._catalogue = catalogue
        self._infer = infer

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogue

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def loaded(self) -> tuple[str, ...]:
        return ("tiny@1",)

    def admit(self, ref: ModelRef, inputs: int) -> AbstractContextManager[None]:
        return nullcontext()

    async def infer(self, ref: ModelRef, inputs: Array, *, deadline: float) -> Inference:
        return await self._infer(inputs)


@pytest.fixture
def log_lines() -> LogLines:
    """What the servers of `open_app` logged."""
    return []


@pytest.fixture
def open_app(api_key: str, log_lines: LogLines) -> OpenApp:
    """Start a server in this process and give a client of it."""

    @asynccontextmanager
    async def start(
        backend: ModelBackend | None = None, *, now: Clock = utc_now, **settings: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        given = Settings(**{"api_key": (SecretStr(api_key),), **settings})
        app = create_app(given, backend=backend, logger=ListLogger(log_lines), now=now)
        headers = {"Authorization": f"Bearer {api_key}"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://test", headers=headers
            ) as client,
        ):
            yield client

    return start


@pytest.fixture
def tiny_models(tmp_path: Path, write_bundle: Callable[..., Path]) -> Path:
    """A folder with a tiny classifier and a tiny embedding model."""
    write_bundle()
    write_bundle(
        name="tiny-embedding", task="image-embedding", output={"kind": "embedding", "size": 2}
    )
    return tmp_path / "models"


@pytest.fixture
def open_stub(open_app: OpenApp, tiny_models: Path) -> OpenApp:
    """Start a server whose models are a coroutine function."""

    def start(infer: Infer, **settings: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        backend = StubBackend(Catalogue.scan(tiny_models), infer)
        return open_app(backend, default=TINY_DEFAULTS, **settings)

    return start
