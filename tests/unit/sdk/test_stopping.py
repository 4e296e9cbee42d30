"""Bulk calls that are interrupted, and many calls that leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import tracemalloc
from typing import TYPE_CHECKING

import httpx
import pytest

import aiaas
from aiaas.contract.system import HEALTH

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("aiaas")]


def test_an_interrupt_in_a_bulk_call_sends_nothing_more_and_leaves_no_thread(
    sync_cloud: Cloud,
) -> None:
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt  # as Ctrl-C, wherever the program is

    pictures = [b"x"] * 64 * 50
    with pytest.raises(KeyboardInterrupt):
        sync_cloud.run(
            lambda client: client.images.classify_many(pictures, progress=stop, concurrency=2)
        )
    assert len(sync_cloud.requests) <= 4
    assert our_threads() == []


def test_a_failure_in_a_bulk_call_ends_the_waits_of_the_other_requests() -> None:
    waiting = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if b"slow" in request.content:
            waiting.set()
            return httpx.Response(503, headers={"Retry-After": "50"})
        waiting.wait(10)
        return httpx.Response(404)

    told: list[int] = []
    started_s = time.monotonic()
    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.Client("k", http_client=http_client) as client,
        pytest.raises(aiaas.UnexpectedStatusError),
    ):
        client.images.classify_many(
            [b"slow"] * 64 + [b"lost"] * 64, progress=lambda done, total: told.append(done)
        )
    assert time.monotonic() - started_s < 20
    assert told == []
    assert our_threads() == []


def test_an_input_that_cannot_be_read_ends_a_bulk_call_and_leaves_no_thread(
    sync_cloud: Cloud,
) -> None:
    pictures = [b"x"] * 64 * 3 + ["/nowhere/cat.jpg"]
    with pytest.raises(FileNotFoundError):
        sync_cloud.run(lambda client: client.images.classify_many(pictures))
    assert our_threads() == []


async def test_a_cancelled_bulk_call_cancels_its_requests_and_leaves_no_task() -> None:
    tasks = asyncio.all_tasks()
    begun = asyncio.Event()
    cancelled = 0

    async def hang(request: httpx.Request) -> httpx.Response:
        nonlocal cancelled
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise
        raise AssertionError

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http_client,
        aiaas.AsyncClient("k", http_client=http_client) as client,
    ):
        call = asyncio.create_task(client.images.classify_many([b"x"] * 640, concurrency=3))
        await begun.wait()
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert 1 <= cancelled <= 3
    assert asyncio.all_tasks() == tasks


def test_two_thousand_calls_leave_no_memory_behind_whether_they_fail_or_not() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        status = 503 if "fail" in request.headers else 200
        return httpx.Response(status, json={"status": "ok", "version": "1"})

    def calls(client: aiaas.Client, count: int) -> None:
        for _ in range(count):
            client.request(HEALTH)
            with pytest.raises(aiaas.ServiceUnavailableError):
                client.request(HEALTH, headers={"Fail": "1"}, retries=0)

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.Client("k", http_client=http_client) as client,
    ):
        calls(client, 50)
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        calls(client, 1_000)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after - before < 50_000
