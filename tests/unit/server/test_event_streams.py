"""Events on their way out: any service may stream, and the SDK's decoder reads what is sent."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import BaseModel

from aiaas._core.sse import SseDecoder
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.http.exchange import Exchange
from aiaas_mock.http.sse import open_stream
from aiaas_mock.services.events import Events


class Word(BaseModel):
    """What the events of these tests hold."""

    text: str


class Source:
    """A service that tells some words and notes when it is stopped."""

    def __init__(self, *words: str, failure: Exception | None = None) -> None:
        self.closed = 0
        self._words = words
        self._failure = failure

    async def events(self) -> AsyncGenerator[tuple[str, BaseModel], None]:
        """Tell the words."""
        try:
            for word in self._words:
                yield "word", Word(text=word)
            if self._failure:
                raise self._failure
            yield "done", Word(text="")
        finally:
            self.closed += 1


def soon() -> float:
    return asyncio.get_running_loop().time() + 10


async def stays() -> dict[str, Any]:
    await asyncio.sleep(60)
    raise AssertionError


async def sent(source: Source, *, broken: bool = False) -> tuple[RequestRecord, list[Any]]:
    """Answer a request with the events; return its record and the messages."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        if broken:
            raise OSError("nobody is there")
        messages.append(message)

    record = RequestRecord("req_1", "text.generate")
    exchange = Exchange(record, stays, send)
    await exchange.run(open_stream(Events(source.events()), soon()), Recorder([]))
    return record, messages


async def test_every_event_is_a_piece_of_its_own_that_the_sdk_reads() -> None:
    words = ("one", "two\nlines", "event: error\n\ndata: {}", "\u2028 ü 😀 \r\r\n")
    source = Source(*words)
    record, messages = await sent(source)
    decoder = SseDecoder()
    events = [decoder.feed(message.get("body", b"")) for message in messages[1:-1]]
    assert [len(of_piece) for of_piece in events] == [1] * 5
    texts = [Word.model_validate_json(event.data).text for (event,) in events]
    assert texts == [*words, ""]
    assert [event.type for (event,) in events] == ["word"] * 4 + ["done"]
    assert (record.status, record.code, source.closed) == (200, None, 1)
    assert messages[-1] == {"type": "http.response.body", "body": b""}


async def test_what_goes_wrong_before_the_first_event_refuses_the_request() -> None:
    source = Source(failure=ApiError("overloaded", "Busy.", headers={"Retry-After": "1"}))
    record, messages = await sent(source)
    assert (record.status, record.code, source.closed) == (503, "overloaded", 1)
    assert (b"retry-after", b"1") in messages[0]["headers"]


@pytest.mark.parametrize(
    ("failure", "code", "status", "fault"),
    [
        (ApiError("overloaded", "Busy."), "overloaded", 503, False),
        (ApiError("model_unavailable", "No."), "model_unavailable", 503, True),
        (ValueError("secret"), "internal_error", 500, True),
    ],
)
async def test_what_goes_wrong_later_is_the_last_event(
    failure: Exception, code: str, status: int, fault: bool
) -> None:
    record, messages = await sent(Source("one", failure=failure))
    assert messages[0]["status"] == 200
    last = messages[-2]["body"].decode()
    assert last.startswith("event: error\ndata: {")
    assert f'"code":"{code}"' in last
    assert '"request_id":"req_1"' in last
    assert "secret" not in last
    assert (record.code, record.status) == (code, status)
    assert (record.fault is failure) is fault


async def test_a_stream_that_can_no_longer_be_sent_stops_the_service() -> None:
    source = Source("one", "two")
    with pytest.raises(OSError, match="nobody"):
        await sent(source, broken=True)
    assert source.closed == 1


async def test_a_service_that_is_cancelled_before_its_first_event_is_closed() -> None:
    closed = asyncio.Event()

    async def never() -> AsyncGenerator[tuple[str, BaseModel], None]:
        try:
            await asyncio.sleep(60)
            yield "done", Word(text="")
        finally:
            closed.set()

    opening = asyncio.ensure_future(open_stream(Events(never()), soon()))
    await asyncio.sleep(0.01)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert closed.is_set()


async def test_nobody_waits_for_events_that_nobody_wants() -> None:
    begun = False

    async def never() -> AsyncGenerator[tuple[str, BaseModel], None]:
        nonlocal begun
        begun = True
        yield "done", Word(text="")

    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    record = RequestRecord("req_1", "jobs.events")
    opening = open_stream(Events(never()), soon(), head=True)
    await Exchange(record, stays, send, head=True).run(opening, Recorder([]))
    assert [message.get("status") for message in messages] == [200, None]
    assert (b"content-type", b"text/event-stream") in messages[0]["headers"]
    assert not begun
