"""`AsyncInProcessTransport`: the same for asynchronous clients, from whatever event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from aiaas_mock.testing import AppThread, AsyncInProcessTransport


@pytest.fixture
def anyio_http(running: AppThread) -> httpx.AsyncClient:
    """An asynchronous client of the application."""
    transport = AsyncInProcessTransport(running)
    return httpx.AsyncClient(transport=transport, base_url="http://mock.localhost")


async def test_pieces_arrive_when_they_are_sent(anyio_http: httpx.AsyncClient) -> None:
    async with anyio_http.stream("GET", "/pieces") as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"one"
        await anyio_http.get("/release")
        assert [piece async for piece in pieces] == [b"two"]


async def test_bodies_are_sent_whole_and_in_pieces(anyio_http: httpx.AsyncClient) -> None:
    async def body() -> AsyncIterator[bytes]:
        for number in range(50):
            yield bytes([number]) * 100_000

    assert (await anyio_http.post("/echo", content=b"whole")).content == b"whole"
    whole = b"".join([piece async for piece in body()])
    assert (await anyio_http.post("/echo", content=body())).content == whole


async def test_a_closed_response_is_told_to_the_application(
    anyio_http: httpx.AsyncClient, small_app: Any
) -> None:
    async with anyio_http.stream("GET", "/flood") as answer:
        pieces = answer.aiter_raw()
        for _ in range(100):
            await anext(pieces)
    assert await asyncio.to_thread(small_app.left.wait, 5)


async def test_a_cancelled_request_is_told_to_the_application(
    anyio_http: httpx.AsyncClient, small_app: Any
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await anyio_http.get("/silent", timeout=None)
    assert await asyncio.to_thread(small_app.left.wait, 5)


async def test_time_outs_are_those_of_the_client(anyio_http: httpx.AsyncClient) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield bytes(200_000)
        yield bytes(200_000)

    with pytest.raises(httpx.ReadTimeout):
        await anyio_http.get("/silent", timeout=0.02)
    with pytest.raises(httpx.WriteTimeout):
        await anyio_http.post("/deaf", content=body(), timeout=0.02)


async def test_a_refusal_is_read_before_the_body_is_sent(anyio_http: httpx.AsyncClient) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield bytes(200_000)

    assert (await anyio_http.post("/refuses", content=body())).status_code == 413
    assert sent < 1000


async def test_what_the_application_raises_is_raised_for_the_caller(
    anyio_http: httpx.AsyncClient,
) -> None:
    with pytest.raises(ZeroDivisionError):
        await anyio_http.get("/fails")
    with pytest.raises(httpx.RemoteProtocolError):
        await anyio_http.get("/stops")


async def test_tasks_get_their_own_answers(anyio_http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(anyio_http.post("/echo", content=str(number).encode()) for number in range(200))
    )
    assert [answer.text for answer in answers] == [str(number) for number in range(200)]


async def test_a_synchronous_body_is_refused(running: AppThread) -> None:
    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b""

    transport = AsyncInProcessTransport(running)
    request = httpx.Request("POST", "http://mock.localhost/echo", stream=Body())
    with pytest.raises(RuntimeError):
        await transport.handle_async_request(request)


def test_one_client_serves_event_loops_that_come_and_go(anyio_http: httpx.AsyncClient) -> None:
    for _ in range(3):
        assert asyncio.run(anyio_http.post("/echo", content=b"x")).content == b"x"


def test_an_answer_for_an_event_loop_that_is_gone_is_dropped(
    anyio_http: httpx.AsyncClient, running: AppThread, small_app: Any
) -> None:
    async def leave_open() -> None:
        await anyio_http.send(anyio_http.build_request("GET", "/pieces"), stream=True)

    asyncio.run(leave_open())
    running.call(small_app.go_on.set)
    asyncio.run(anyio_http.get("/release"))
