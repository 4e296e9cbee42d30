"""Jobs that a snapshot brings back while they run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.unit.jobs.conftest import NAMESPACE, PATIENCE_S, Does, Serve

from aiaas_mock.jobs.handler import RunningJob
from aiaas_mock.jobs.timing import Timing
from aiaas_mock.storage.sql import SqlStore


async def test_a_job_that_comes_back_is_not_run_twice_at_once(
    store: SqlStore, serve: Serve
) -> None:
    at_once: list[int] = []
    running = 0

    async def count(job: RunningJob) -> Mapping[str, Any]:
        nonlocal running
        running += 1
        at_once.append(running)
        try:
            await asyncio.sleep(3600)
        finally:
            running -= 1
        raise AssertionError

    server = serve(store, Does(count), workers=2, timing=Timing(beat_s=60, note_s=0), start=False)
    await server.submit("job_1")
    snapshot = await store.run(lambda tx: tx.namespaces.copy(NAMESPACE))
    server.worker.start()
    server.queue.wake("job_1")
    async with asyncio.timeout(PATIENCE_S):
        while len(at_once) < 1:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await store.run(lambda tx: tx.namespaces.restore(NAMESPACE, snapshot))
        server.worker.wake("job_2")
        while len(at_once) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert at_once == [1, 1]
    await server.worker.close()
    assert running == 0
