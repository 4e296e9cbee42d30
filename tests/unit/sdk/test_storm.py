"""Thousands of calls while almost every third attempt is lost, before or after it was done."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

import aiaas

CALLS = 1_500
_RANDOM = random.Random(1)
RETRY = aiaas.Retry(
    max_attempts=13, random=_RANDOM.random, budget=aiaas.RetryBudget(capacity=2_000)
)


class Storm:
    """Deletes files once per idempotency key, and loses 30 % of the attempts or their answers."""

    def __init__(self) -> None:
        self.attempts = 0
        self.done: dict[str, str] = {}
        self._random = random.Random(2)
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.attempts += 1
            fate = self._random.random()
            if fate < 0.08:
                raise httpx.ConnectError("refused")
            if fate < 0.15:
                return httpx.Response(503)
            key, file = request.headers["idempotency-key"], request.url.path
            assert self.done.setdefault(key, file) == file
            if fate < 0.3:
                raise httpx.ReadError("reset after it was done")
        body = {"id": file.rpartition("/")[2], "deleted": True}
        return httpx.Response(200, json=body)

    def check(self, deleted: list[str]) -> None:
        assert deleted == [f"file_{number}" for number in range(CALLS)]
        assert len(self.done) == len(set(self.done.values())) == CALLS
        assert self.attempts < 1.6 * CALLS


def test_all_calls_from_sixteen_threads_are_done_exactly_once() -> None:
    storm = Storm()
    with (
        httpx.Client(transport=httpx.MockTransport(storm)) as http_client,
        aiaas.Client(
            "k", http_client=http_client, retries=RETRY, deadline_s=60, sleep=lambda delay_s: None
        ) as client,
        ThreadPoolExecutor(16) as pool,
    ):
        names = [f"file_{number}" for number in range(CALLS)]
        storm.check([file.id for file in pool.map(client.files.delete, names)])


async def test_all_calls_from_many_tasks_are_done_exactly_once() -> None:
    async def sleep(delay_s: float) -> None:
        await asyncio.sleep(0)

    storm = Storm()
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(storm)) as http_client,
        aiaas.AsyncClient(
            "k", http_client=http_client, retries=RETRY, deadline_s=60, sleep=sleep
        ) as client,
    ):
        calls = (client.files.delete(f"file_{number}") for number in range(CALLS))
        storm.check([file.id for file in await asyncio.gather(*calls)])
