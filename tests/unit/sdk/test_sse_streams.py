"""Streams of events tell the truth about how they ended, and give their connection back."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import pytest
import uvicorn
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from aiaas import APIConnectionError, APITimeoutError, ResponseValidationError, ServerError
from aiaas._async.streams import AsyncEventStream
from aiaas._core.event_streams import (
    StreamIdleError,
    StreamTruncatedError,
    final_reader,
    typed_reader,
)
from aiaas._core.sse import Event
from aiaas._sync.streams import EventStream
from aiaas.contract.operations import get_operation
from aiaas.contract.problems import problem

OPERATION = get_operation("models.list")
DONE = b'event: done\ndata: {"tokens": 2}\n\n'
Colour = Literal["sync", "async"]


class Token(BaseModel):
    text: str


class Total(BaseModel):
    tokens: int = 0


TOTAL = final_reader(OPERATION, Total)


def token(text: str) -> bytes:
    return f"event: token\ndata: {json.dumps({'text': text})}\n\n".encode()


class Source:
    """An answer of httpx as the transports hand it on."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.closed = 0

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    @property
    def host(self) -> str:
        return "cloud.test"

    def _failure(self, error: httpx.RequestError) -> APIConnectionError:
        kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
        return kind(str(error), host=self.host, phase="read")


class SyncSource(Source):
    def chunks(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except httpx.RequestError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        self.closed += 1
        self._response.close()


class AsyncSource(Source):
    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except httpx.RequestError as error:
            raise self._failure(error) from error

    async def aclose(self) -> None:
        self.closed += 1
        await self._response.aclose()


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The chunks of an answer; a chunk may be an error, or something to do meanwhile."""

    def __init__(self, *chunks: bytes | Exception | Callable[[], object]) -> None:
        self.chunks = chunks
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.taken += 1
            if isinstance(chunk, Exception):
                raise chunk
            if isinstance(chunk, bytes):
                yield chunk
            else:
                chunk()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class Listener:
    """Reads a stream of either colour, and keeps what came of it."""

    def __init__(self, colour: Colour) -> None:
        self.colour = colour
        self.got: list[Any] = []
        self.now_s = 0.0
        self.source: Source
        self.stream: Any

    def listen(
        self,
        body: Body,
        *,
        media_type: str = "text/event-stream",
        take: int | None = None,
        typed: bool = True,
        **options: Any,
    ) -> list[Any]:
        """Read a body to its end, or leave after `take` events."""
        headers = {"Content-Type": media_type, "X-Request-Id": "req_7"}
        answer = httpx.Response(200, headers=headers, stream=body)
        transport = httpx.MockTransport(lambda _: answer)
        options = {
            "operation": OPERATION,
            "read": typed_reader(OPERATION, {"token": Token}) if typed else _as_it_came,
            "read_final": TOTAL,
            "clock": lambda: self.now_s,
            **options,
        }
        if self.colour == "sync":
            self._listen(transport, take, options)
        else:
            asyncio.run(self._listen_async(transport, take, options))
        return self.got

    def _listen(
        self, transport: httpx.MockTransport, take: int | None, options: dict[str, Any]
    ) -> None:
        with httpx.Client(transport=transport, base_url="http://cloud.test") as client:
            response = client.send(client.build_request("GET", "/"), stream=True)
            self.source = source = SyncSource(response)
            with EventStream[Any, Total](source, **options) as self.stream:
                for event in self.stream:
                    self.got.append(event)
                    if len(self.got) == take:
                        break

    async def _listen_async(
        self, transport: httpx.MockTransport, take: int | None, options: dict[str, Any]
    ) -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud.test") as client:
            response = await client.send(client.build_request("GET", "/"), stream=True)
            self.source = source = AsyncSource(response)
            async with AsyncEventStream[Any, Total](source, **options) as self.stream:
                async for event in self.stream:
                    self.got.append(event)
                    if len(self.got) == take:
                        break


def _as_it_came(event: Event, head: object) -> Event:
    return event


@pytest.fixture(params=["sync", "async"])
def listener(request: pytest.FixtureRequest) -> Listener:
    return Listener(request.param)


def test_events_come_typed_and_done_ends_them(listener: Listener) -> None:
    body = Body(token("Hel"), b": keep-alive\n\n", token("lo") + DONE, token("never"))
    assert [event.text for event in listener.listen(body)] == ["Hel", "lo"]
    assert listener.stream.done == Event(type="done", data='{"tokens": 2}')
    assert listener.stream.request_id == "req_7"
    assert listener.stream.headers["content-type"] == "text/event-stream"
    assert listener.source.closed


def test_the_body_is_read_to_its_end_so_that_the_connection_can_be_used_again(
    listener: Listener,
) -> None:
    body = Body(token("a"), DONE)
    listener.listen(body)
    assert body.taken == 2


def test_a_connection_that_breaks_after_done_is_no_failure(listener: Listener) -> None:
    body = Body(token("a"), DONE, httpx.ReadError("reset"))
    assert len(listener.listen(body)) == 1


def test_a_body_that_goes_on_after_done_is_not_read(listener: Listener) -> None:
    body = Body(DONE, *[b": more\n"] * 100)
    assert listener.listen(body) == []
    assert body.taken == 2


def test_types_of_events_that_are_not_known_are_left_out(listener: Listener) -> None:
    body = Body(b"event: new\ndata: 1\n\n", token("a"), DONE)
    assert len(listener.listen(body)) == 1


def test_events_can_be_had_as_they_came(listener: Listener) -> None:
    body = Body(b"id: 4\ndata: x\n\n", DONE)
    assert listener.listen(body, typed=False) == [Event(data="x", id="4")]
    assert listener.stream.last_event_id == "4"


@pytest.mark.parametrize("end", [[], [httpx.ReadError("reset")], [httpx.RemoteProtocolError("")]])
def test_a_stream_that_ends_without_done_was_cut_off(
    listener: Listener, end: list[Exception]
) -> None:
    with pytest.raises(StreamTruncatedError, match="ended without 'done' after 1 event") as caught:
        listener.listen(Body(token("half"), b"event: done\ndata: {", *end))
    assert (caught.value.request_id, caught.value.events) == ("req_7", 1)
    assert isinstance(caught.value, APIConnectionError)
    assert caught.value.retryable
    assert [event.text for event in listener.got] == ["half"]
    assert listener.source.closed


def test_an_error_event_raises_the_problems_exception(listener: Listener) -> None:
    body = problem("internal_error", "It broke.", request_id="req_8").model_dump_json()
    with pytest.raises(ServerError, match="It broke") as caught:
        listener.listen(Body(token("a"), f"event: error\ndata: {body}\n\n".encode()))
    assert (caught.value.code, caught.value.request_id) == ("internal_error", "req_8")
    assert len(listener.got) == 1
    assert listener.source.closed


def test_an_error_event_without_a_problem_is_reported_as_that(listener: Listener) -> None:
    with pytest.raises(ResponseValidationError, match="an error event without a problem"):
        listener.listen(Body(b"event: error\ndata: oh\n\n"))


def test_an_event_of_the_wrong_shape_says_where(listener: Listener) -> None:
    with pytest.raises(ResponseValidationError) as caught:
        listener.listen(Body(b'event: token\ndata: {"text": 1}\n\n', DONE))
    assert (caught.value.place, caught.value.request_id) == ("text", "req_7")
    assert listener.source.closed


def test_an_answer_that_is_no_stream_is_refused(listener: Listener) -> None:
    with pytest.raises(ResponseValidationError, match=r"no stream of events \(text/html\)"):
        listener.listen(Body(b"<html>"), media_type="text/html; charset=utf-8")
    assert listener.source.closed


def test_an_endless_event_is_refused(listener: Listener) -> None:
    with pytest.raises(ResponseValidationError, match="longer than 16777216 characters"):
        listener.listen(Body(*[b"data: " + bytes(1024 * 1024)] * 20))


def test_leaving_early_closes_the_answer(listener: Listener) -> None:
    body = Body(*[token("a")] * 100)
    assert len(listener.listen(body, take=1)) == 1
    assert listener.source.closed
    assert body.taken == 1


def test_a_stream_is_read_only_once(listener: Listener) -> None:
    listener.listen(Body(DONE))
    again = {
        "sync": lambda: next(iter(listener.stream)),
        "async": lambda: asyncio.run(anext(aiter(listener.stream))),
    }
    with pytest.raises(RuntimeError, match="only once"):
        again[listener.colour]()


def test_comments_do_not_hide_that_no_event_comes(listener: Listener) -> None:
    def wait() -> None:
        listener.now_s += 4

    body = Body(token("a"), wait, b": alive\n\n", wait, b": alive\n\n", wait, b": alive\n\n")
    with pytest.raises(StreamIdleError, match="gave no event for 10 s after 1 event") as caught:
        listener.listen(body, idle_timeout_s=10)
    assert (caught.value.idle_timeout_s, caught.value.events) == (10, 1)
    assert isinstance(caught.value, APITimeoutError)


def test_the_time_between_events_counts_anew_with_each(listener: Listener) -> None:
    def wait() -> None:
        listener.now_s += 9

    body = Body(token("a"), wait, token("b"), wait, token("c"), wait, DONE)
    assert len(listener.listen(body, idle_timeout_s=10)) == 3


def test_silence_is_the_idle_timeout_too(listener: Listener) -> None:
    with pytest.raises(StreamIdleError):
        listener.listen(Body(token("a"), httpx.ReadTimeout("")), idle_timeout_s=10)


def test_silence_without_an_idle_timeout_is_the_transports_timeout(listener: Listener) -> None:
    with pytest.raises(APITimeoutError) as caught:
        listener.listen(Body(token("a"), httpx.ReadTimeout("")))
    assert type(caught.value) is APITimeoutError


async def _speak(request: Request) -> StreamingResponse:
    async def body() -> AsyncIterator[bytes]:
        yield token("\N{SNOWMAN}")[:25]
        await asyncio.sleep(0.005)
        yield token("\N{SNOWMAN}")[25:]
        if request.query_params.get("stall"):
            await asyncio.sleep(30)
        if not request.query_params.get("cut"):
            yield DONE

    return StreamingResponse(body(), media_type="text/event-stream")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server on this machine that streams."""
    with _served(Starlette(routes=[Route("/", _speak)])) as address:
        yield address


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


def open_stream(client: httpx.Client, query: str = "", **options: Any) -> EventStream[Any, Total]:
    response = client.send(client.build_request("GET", f"/?{query}"), stream=True)
    read = typed_reader(OPERATION, {"token": Token})
    source = SyncSource(response)
    return EventStream(source, operation=OPERATION, read=read, read_final=TOTAL, **options)


async def open_async_stream(
    client: httpx.AsyncClient, query: str = ""
) -> AsyncEventStream[Any, Total]:
    response = await client.send(client.build_request("GET", f"/?{query}"), stream=True)
    read = typed_reader(OPERATION, {"token": Token})
    source = AsyncSource(response)
    return AsyncEventStream(source, operation=OPERATION, read=read, read_final=TOTAL)


def test_a_real_stream_is_read_and_its_connection_used_again(address: str) -> None:
    # One connection, and no patience for a second.
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.01)
    with httpx.Client(base_url=address, limits=limits, timeout=timeout) as client:
        for _ in range(3):
            assert [event.text for event in open_stream(client)] == ["\N{SNOWMAN}"]


@pytest.mark.parametrize("query", ["cut=1", "stall=1"])
def test_a_real_stream_that_is_left_gives_its_connection_back(address: str, query: str) -> None:
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.01)
    with httpx.Client(base_url=address, limits=limits, timeout=timeout) as client:
        for _ in range(3):
            for event in open_stream(client, query):
                assert event.text == "\N{SNOWMAN}"
                break


async def test_a_real_stream_that_is_left_gives_its_connection_back_on_a_loop_too(
    address: str,
) -> None:
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.5)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=timeout) as client:
        for _ in range(3):
            async with await open_async_stream(client, "stall=1") as stream:
                async for event in stream:
                    assert event.text == "\N{SNOWMAN}"
                    break
        for _ in range(3):
            async for _event in await open_async_stream(client, "stall=1"):
                break  # without a block: the loop closes what is left over
            gc.collect()


async def test_a_task_that_is_cancelled_in_a_stream_gives_its_connection_back(
    address: str,
) -> None:
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.5)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=timeout) as client:
        got = asyncio.Event()

        async def listen() -> None:
            async for _event in await open_async_stream(client, "stall=1"):
                got.set()

        task = asyncio.create_task(listen())
        await got.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [event.text async for event in await open_async_stream(client)] == ["\N{SNOWMAN}"]


def test_a_real_stream_that_is_cut_raises(address: str) -> None:
    with httpx.Client(base_url=address) as client, pytest.raises(StreamTruncatedError):
        list(open_stream(client, "cut=1"))


def test_a_real_stream_that_stalls_raises(address: str) -> None:
    with (
        httpx.Client(base_url=address, timeout=0.05) as client,
        pytest.raises(StreamIdleError, match=r"0\.05 s after 1 event"),
    ):
        list(open_stream(client, "stall=1", idle_timeout_s=0.05))
