"""Servers with a lab, in this process; their models compute nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from aiaas_mock.app import create_app
from aiaas_mock.context import Clock, utc_now
from aiaas_mock.settings import Settings

OpenLab = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


class Silent:
    """Logs nothing."""

    def info(self, event: str, **fields: Any) -> None:
        pass

    def error(self, event: str, **fields: Any) -> None:
        pass


@pytest.fixture
def open_lab(api_key: str) -> OpenLab:
    """Start a server and give a client of it with the development key."""

    @asynccontextmanager
    async def start(
        *, peer: str = "127.0.0.1", now: Clock = utc_now, **settings: Any
    ) -> AsyncIterator[httpx.AsyncClient]:
        given = Settings(
            **{"api_key": (SecretStr(api_key),), "engine": "null", "warm": (), **settings}
        )
        app = create_app(given, logger=Silent(), now=now)
        transport = httpx.ASGITransport(app, client=(peer, 4711))
        headers = {"Authorization": f"Bearer {api_key}"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=transport, base_url="http://test", headers=headers
            ) as client,
        ):
            yield client

    return start


@pytest.fixture
async def lab(open_lab: OpenLab) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server with a lab as it is by default."""
    async with open_lab() as client:
        yield client
