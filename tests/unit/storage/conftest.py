"""The stores that the conformance suite runs on."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiaas_mock.storage import Store
from aiaas_mock.storage.sql import SqlStore

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

At = Callable[[float], datetime]


@pytest.fixture
def at() -> At:
    """Give the moment some seconds after the tests' start."""
    return lambda seconds: START + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", "directory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A new store of each kind."""

    def now() -> datetime:
        return START

    store = (
        SqlStore(now=now) if request.param == "memory" else SqlStore.in_directory(tmp_path, now=now)
    )
    yield store
    await store.close()
