"""The stores that the conformance suite runs on."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiaas_mock.storage import Store
from aiaas_mock.storage.sql import SqlStore

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

At = Callable[[float], datetime]


def start() -> datetime:
    return START


@pytest.fixture
def at() -> At:
    """Give the moment some seconds after the tests' start."""
    return lambda seconds: START + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", "directory", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A new store of each kind."""
    if request.param == "memory":
        store = SqlStore(now=start)
    elif request.param == "postgresql":
        store = SqlStore(request.getfixturevalue("postgres_tables"), now=start)
    else:
        store = SqlStore.in_directory(tmp_path, now=start)
    yield store
    await store.close()
