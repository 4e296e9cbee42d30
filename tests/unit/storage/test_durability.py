"""A killed process loses no event that it acknowledged, and keeps none twice."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiaas_mock.storage.sql import SqlStore

BATCH = 50
ENOUGH = 5

PROGRAM = f"""
import asyncio, sys
from datetime import UTC, datetime
from aiaas_mock.storage import StoredEvent
from aiaas_mock.storage.sql import SqlStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)

async def main():
    store = SqlStore(sys.argv[1], now=lambda: NOW)
    for batch in range(1_000_000):
        events = [
            StoredEvent(id=f"{{batch}}-{{n}}", type="t", user="u", item="i", time=NOW)
            for n in range({BATCH})
        ]
        assert all(await store.run(lambda tx: tx.events.add("ours", events)))
        print(batch, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_every_acknowledged_event_survives_a_kill_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'aiaas.db'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgres_tables")
    acknowledged = kill_amid_writing(url)
    store = SqlStore(url, now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    found = await store.run(
        lambda tx: tx.events.batches("ours", types=None, after=0, limit=1_000_000)
    )
    await store.close()
    ids = [event.id for _, event in found]
    assert len(ids) == len(set(ids))
    assert {f"{batch}-{n}" for batch in range(acknowledged) for n in range(BATCH)} <= set(ids)
    assert len(ids) % BATCH == 0  # a batch is there whole or not at all


def kill_amid_writing(url: str) -> int:
    """Start a process that adds events, kill it, and return how many batches it had reported."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(ENOUGH):
            process.stdout.readline()
        process.kill()
        return ENOUGH + len(process.stdout.readlines())
