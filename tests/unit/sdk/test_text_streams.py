"""Generated text, token by token: what is repeated, what is raised, and what is given back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.contract.problems import problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

ANSWER = {
    "id": "t_1",
    "object": "text.generation",
    "model": "m@1",
    "usage": {"inputs": 1, "prompt_tokens": 2, "completion_tokens": 2},
    "text": "Hello",
    "finish_reason": "length",
    "seed": 7,
}


def event(kind: str, data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def token(index: int, text: str) -> bytes:
    return event("token", {"index": index, "text": text})


def failure(code: str) -> bytes:
    return event("error", problem(code, f"This is {code}.").model_dump(mode="json"))


HEL, LO, DONE = token(0, "Hel"), token(1, "lo"), event("done", ANSWER)


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in chunks; a chunk may be an error, or something to do meanwhile."""

    def __init__(self, *chunks: bytes | Exception | Callable[[], object]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            if isinstance(chunk, bytes):
                yield chunk
            else:
                chunk()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def streaming(*chunks: bytes | Exception | Callable[[], object]) -> httpx.Response:
    headers = {"Content-Type": "text/event-stream", "X-Request-Id": "req_7"}
    return httpx.Response(200, headers=headers, stream=Body(*chunks))


class Reader:
    """Reads a stream of either colour, and keeps what came of it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.got: list[str] = []
        self.stream: Any = None

    def read(
        self,
        *answers: httpx.Response | Exception,
        take: int | None = None,
        final: bool = True,
        iterate: bool = True,
        **options: Any,
    ) -> Any:
        """Read a stream, or leave it after `take` tokens; return the whole answer."""
        self.cloud.answers(*answers)

        def use(client: Any) -> Any:
            with client.text.generate_stream("to", **options) as self.stream:
                for one in self.stream if iterate else ():
                    self.got.append(one.text)
                    if len(self.got) == take:
                        break
                return self.stream.final() if final else None

        async def use_async(client: Any) -> Any:
            async with client.text.generate_stream("to", **options) as self.stream:
                if iterate:
                    async for one in self.stream:
                        self.got.append(one.text)
                        if len(self.got) == take:
                            break
                return await self.stream.final() if final else None

        return self.cloud.run(use if self.cloud.colour == "sync" else use_async)

    @property
    def attempts(self) -> int:
        """How many requests were sent."""
        return len(self.cloud.requests)


@pytest.fixture
def reader(cloud: Cloud) -> Reader:
    return Reader(cloud)


def test_tokens_come_one_by_one_and_the_whole_answer_at_the_end(reader: Reader) -> None:
    response = streaming(HEL, b": alive\n\n", LO + DONE)
    whole = reader.read(response, max_tokens=2, seed=7)

    assert reader.got == ["Hel", "lo"]
    assert type(whole) is aiaas.GeneratedText
    assert (whole.text, whole.seed, whole.usage.completion_tokens) == ("Hello", 7, 2)
    assert (whole.model, whole.request_id) == ("m@1", "req_7")
    assert reader.stream.request_id == "req_7"
    (request,) = reader.cloud.requests
    assert json.loads(request.content) == {
        "prompt": "to",
        "max_tokens": 2,
        "seed": 7,
        "stream": True,
    }
    assert request.headers["accept"] == "text/event-stream"
    assert response.is_closed


def test_the_whole_answer_can_be_had_without_looking_at_tokens(reader: Reader) -> None:
    assert reader.read(streaming(HEL, LO, DONE), iterate=False).text == "Hello"


def test_a_text_may_have_no_token(reader: Reader) -> None:
    assert reader.read(streaming(event("done", {**ANSWER, "text": ""}))).text == ""
    assert reader.got == []


@pytest.mark.parametrize(
    "first",
    [
        lambda cloud: cloud.problem("overloaded"),
        lambda cloud: httpx.ConnectError("refused"),
        lambda cloud: streaming(httpx.ReadError("reset")),
        lambda cloud: streaming(b": alive\n\n"),
        lambda cloud: streaming(b"event: new\ndata: 1\n\n"),
        lambda cloud: streaming(failure("overloaded")),
        lambda cloud: streaming(HEL[:-5]),
    ],
)
def test_what_fails_before_the_first_token_is_repeated(
    reader: Reader, first: Callable[[Cloud], httpx.Response]
) -> None:
    failing = first(reader.cloud)
    assert reader.read(failing, streaming(HEL, LO, DONE)).text == "Hello"
    assert reader.got == ["Hel", "lo"]
    assert reader.attempts == 2
    assert reader.cloud.requests[1].headers["aiaas-retry-count"] == "1"
    if isinstance(failing, httpx.Response):
        assert failing.is_closed


def test_it_is_repeated_only_so_often(reader: Reader) -> None:
    with pytest.raises(aiaas.StreamTruncatedError) as caught:
        reader.read(*[streaming() for _ in range(9)], retries=1)
    assert (reader.attempts, caught.value.attempts) == (2, 2)


@pytest.mark.parametrize("code", ["invalid_api_key", "model_not_found", "internal_error"])
def test_what_would_fail_again_is_not_repeated(reader: Reader, code: str) -> None:
    with pytest.raises(aiaas.APIStatusError) as caught:
        reader.read(reader.cloud.problem(code))
    assert (caught.value.code, reader.attempts) == (code, 1)
    with pytest.raises(aiaas.APIStatusError) as caught:
        reader.read(streaming(failure(code)))
    assert (caught.value.code, reader.attempts) == (code, 2)


@pytest.mark.parametrize(
    ("end", "error"),
    [
        ([failure("overloaded")], aiaas.ServiceUnavailableError),
        ([failure("internal_error")], aiaas.ServerError),
        ([], aiaas.StreamTruncatedError),
        ([httpx.ReadError("reset")], aiaas.StreamTruncatedError),
        ([httpx.ReadTimeout("slow")], aiaas.StreamIdleError),
        ([event("token", {"index": 1})], aiaas.ResponseValidationError),
        ([event("done", {**ANSWER, "seed": "seven"})], aiaas.ResponseValidationError),
    ],
)
def test_what_fails_after_a_token_is_raised_and_not_repeated(
    reader: Reader, end: list[bytes | Exception], error: type[Exception]
) -> None:
    response = streaming(HEL, *end)
    with pytest.raises(error) as caught:
        reader.read(response)
    assert reader.got == ["Hel"]
    assert reader.attempts == 1
    assert getattr(caught.value, "request_id", None) == "req_7"
    assert response.is_closed


def test_leaving_early_gives_the_connection_back(reader: Reader) -> None:
    response = streaming(HEL, *[LO] * 100)
    reader.read(response, take=1, final=False)
    assert reader.got == ["Hel"]
    assert response.is_closed


def test_leaving_without_a_look_gives_the_connection_back(reader: Reader) -> None:
    response = streaming(HEL, *[LO] * 100)
    reader.read(response, iterate=False, final=False)
    assert response.is_closed
    with pytest.raises(RuntimeError, match="only once"):
        reader.cloud.run(lambda _: read_again(reader))


def read_again(reader: Reader) -> Any:
    async def again() -> None:
        async for _ in reader.stream:
            pass

    return again() if reader.cloud.colour == "async" else list(reader.stream)


def test_there_is_no_whole_answer_of_a_stream_that_was_left(reader: Reader) -> None:
    with pytest.raises(RuntimeError, match="left before its end"):
        reader.read(streaming(HEL, LO, DONE), take=1)


def test_an_answer_in_json_is_no_stream(reader: Reader) -> None:
    with pytest.raises(aiaas.ResponseValidationError, match="no stream of events"):
        reader.read(reader.cloud.json(ANSWER))
    assert reader.attempts == 1


def test_an_exception_of_the_caller_closes_the_stream(cloud: Cloud) -> None:
    response = streaming(HEL, LO, DONE)
    cloud.answers(response)

    def use(client: Any) -> None:
        with client.text.generate_stream("to"):
            raise KeyError("the caller's own")

    async def use_async(client: Any) -> None:
        async with client.text.generate_stream("to"):
            raise KeyError("the caller's own")

    with pytest.raises(KeyError, match="own"):
        cloud.run(use if cloud.colour == "sync" else use_async)
    assert response.is_closed


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, duration_s: float) -> Callable[[], None]:
        def pass_time() -> None:
            self.now_s += duration_s

        return pass_time


def test_the_deadline_ends_a_stream_that_goes_on(reader: Reader) -> None:
    clock = Clock()
    reader.cloud.settings["clock"] = clock
    response = streaming(HEL, clock.wait(4), LO, clock.wait(7), LO, DONE)
    with pytest.raises(aiaas.CallDeadlineError, match="deadline_s=10"):
        reader.read(response, deadline_s=10)
    assert reader.got == ["Hel", "lo", "lo"]
    assert reader.cloud.requests[0].headers["aiaas-deadline-ms"] == "10000"
    assert response.is_closed


def test_silence_until_the_deadline_is_the_deadline(reader: Reader) -> None:
    clock = Clock()
    reader.cloud.settings["clock"] = clock
    with pytest.raises(aiaas.CallDeadlineError):
        reader.read(streaming(HEL, clock.wait(10), httpx.ReadTimeout("")), deadline_s=10)


def test_comments_do_not_hide_that_no_token_comes(reader: Reader) -> None:
    clock = Clock()
    reader.cloud.settings["clock"] = clock
    alive: list[Any] = [clock.wait(4), b": alive\n\n"] * 3
    with pytest.raises(aiaas.StreamIdleError, match="no event for 10 s"):
        reader.read(streaming(HEL, *alive), timeout_s=10)


def test_middleware_sees_each_attempt(cloud: Cloud) -> None:
    seen: list[tuple[str, int, bool, int]] = []

    def layer(call: aiaas.Call, proceed: Any) -> Any:
        response = proceed(call)
        seen.append((call.operation.name, call.attempt, call.stream, response.status))
        return response

    async def layer_async(call: aiaas.Call, proceed: Any) -> Any:
        response = await proceed(call)
        seen.append((call.operation.name, call.attempt, call.stream, response.status))
        return response

    cloud.settings["middleware"] = [layer if cloud.colour == "sync" else layer_async]
    Reader(cloud).read(streaming(failure("overloaded")), streaming(HEL, DONE))
    assert seen == [("text.generate", 1, True, 200), ("text.generate", 2, True, 200)]
