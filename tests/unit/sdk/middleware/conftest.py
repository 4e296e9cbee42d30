"""A middleware of each colour."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.unit.sdk.middleware.layers import Layer


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """An event loop for the asynchronous colour."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=["sync", "async"])
def layer(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Layer:
    """A layer of each colour."""
    return Layer(request.param, runner)
