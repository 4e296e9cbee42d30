"""Answers of pure operations are kept, for who asked and nobody else."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sdk.middleware.layers import Layer, a_call, answer

from aiaas._core.redaction import Secret
from aiaas._core.requests import Part
from aiaas._core.responses import RawResponse
from aiaas.middleware import AsyncResponseCache, Call, ResponseCache
from aiaas.middleware._cache import AnswerStore, FoldedHeaders


def cache(layer: Layer, **options: Any) -> None:
    layer.use("ResponseCache", clock=layer.clock, **options)


@pytest.mark.parametrize("single_flight", [True, False])
def test_the_same_question_is_sent_once(layer: Layer, single_flight: bool) -> None:
    cache(layer, single_flight=single_flight)
    layer.answers(answer(200, b"cat"))
    first, second = layer.send(), layer.send()
    assert (first.content, second.content) == (b"cat", b"cat")
    assert "Aiaas-Cache" not in first.headers
    assert second.headers["Aiaas-Cache"] == "hit"
    assert second.request_id == "req_1"
    assert len(layer.seen) == 1
    counts = layer.middleware.counts
    assert (counts.hits, counts.misses, counts.entries) == (1, 1, 1)


DIFFERENT: list[dict[str, Any]] = [
    {"content": b"another picture"},
    {"query": "top_k=3"},
    {"operation": "images.embed"},
    {"base_url": "http://other.test"},
    {"authorization": Secret("Bearer sk_other")},
    {"authorization": None},
    {"headers": {"Accept-Language": "de"}},
    {"own_headers": {"X-Namespace": "b"}},
    {"content": None, "parts": (Part(name="inputs", content=b"picture", media_type="image/png"),)},
    {"content": None, "parts": (Part(name="inputs", content=b"", media_type="image/png"),)},
]


@pytest.mark.parametrize("changes", DIFFERENT)
def test_what_may_change_the_answer_is_another_question(
    layer: Layer, changes: dict[str, Any]
) -> None:
    cache(layer)
    layer.send()
    layer.send(a_call(**changes))
    assert len(layer.seen) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt": 2},
        {"headers": {"traceparent": "00-1-2-01", "Aiaas-Retry-Count": "1"}},
        {"headers": {"Aiaas-Deadline-Ms": "99"}, "remaining_s": 3.0},
    ],
)
def test_what_cannot_change_the_answer_is_the_same_question(
    layer: Layer, changes: dict[str, Any]
) -> None:
    cache(layer)
    layer.send()
    layer.send(a_call(**changes))
    assert len(layer.seen) == 1


def test_all_questions_that_differ_have_different_keys() -> None:
    store = AnswerStore(max_entries=1, max_bytes=10**6, ttl_s=1)
    keys = {store.key_of(a_call(**changes)) for changes in [{}, *DIFFERENT]}
    assert len(keys) == len(DIFFERENT) + 1


def test_keys_cannot_be_computed_from_outside() -> None:
    one, other = (AnswerStore(max_entries=1, max_bytes=10**6, ttl_s=1) for _ in range(2))
    assert one.key_of(a_call()) != other.key_of(a_call())


@pytest.mark.parametrize("operation", ["models.list", "files.create"])
def test_reads_and_writes_are_not_kept(layer: Layer, operation: str) -> None:
    cache(layer)
    layer.send(a_call(operation))
    layer.send(a_call(operation))
    assert len(layer.seen) == 2


def test_access_tokens_are_not_kept(layer: Layer) -> None:
    cache(layer)
    layer.send(a_call("oauth.token"))
    layer.send(a_call("oauth.token"))
    assert len(layer.seen) == 2


def test_streams_are_not_kept(layer: Layer) -> None:
    cache(layer)
    layer.send(a_call(stream=True))
    layer.send(a_call(stream=True))
    assert len(layer.seen) == 2


@pytest.mark.parametrize(
    "first",
    [answer(500), answer(404), answer(429), answer(200, headers={"Cache-Control": "No-Store"})],
)
def test_failures_and_what_must_not_be_kept_are_not_kept(layer: Layer, first: RawResponse) -> None:
    cache(layer)
    layer.answers(first)
    assert layer.send() is first
    assert layer.send().status == 200
    assert len(layer.seen) == 2


def test_answers_are_forgotten_in_time(layer: Layer) -> None:
    cache(layer, ttl_s=60)
    layer.send()
    layer.clock.now_s += 59
    layer.send()
    assert len(layer.seen) == 1
    layer.clock.now_s += 1
    layer.send()
    assert len(layer.seen) == 2
    assert layer.middleware.counts.entries == 1


def test_the_answers_not_used_for_longest_make_room(layer: Layer) -> None:
    cache(layer, max_entries=2)
    for content in (b"a", b"b", b"a", b"c", b"a", b"b"):
        layer.send(a_call(content=content))
    assert [call.outgoing.content for call in layer.seen] == [b"a", b"b", b"c", b"b"]


def test_answers_take_no_more_bytes_than_allowed(layer: Layer) -> None:
    cache(layer, max_bytes=10_000)
    for number in range(20):
        layer.answers(answer(200, bytes(2000)))
        layer.send(a_call(content=b"%d" % number))
    counts = layer.middleware.counts
    assert 0 < counts.size_bytes <= 10_000
    assert counts.entries == 3


def test_an_answer_that_is_larger_than_the_cache_is_not_kept(layer: Layer) -> None:
    cache(layer, max_bytes=1000)
    layer.answers(answer(200, bytes(1000)))
    layer.send()
    assert layer.middleware.counts.entries == 0


def test_all_answers_can_be_forgotten(layer: Layer) -> None:
    cache(layer)
    layer.send()
    layer.middleware.clear()
    assert (layer.middleware.counts.entries, layer.middleware.counts.size_bytes) == (0, 0)
    layer.send()
    assert len(layer.seen) == 2


def test_changing_an_answer_does_not_reach_the_cache(layer: Layer) -> None:
    cache(layer)
    first = layer.send()
    first.content = b"changed"
    second = layer.send()
    second.content = b"changed too"
    assert layer.send().content == b"{}"


def test_a_kept_answer_says_nothing_of_limits_and_cookies(layer: Layer) -> None:
    cache(layer)
    layer.answers(answer(200, headers={"RateLimit": '"a";r=1;t=1', "Set-Cookie": "a=b"}))
    assert layer.send().headers["ratelimit"]
    assert {"ratelimit", "set-cookie"}.isdisjoint(layer.send().headers)


def test_no_key_or_body_is_kept_in_the_clear() -> None:
    kept = ResponseCache()
    kept(a_call(content=b"private picture"), lambda _: answer(200))
    text = repr(vars(kept._store))
    assert "sk_secret" not in text
    assert "private" not in text


def test_threads_that_ask_the_same_share_one_request() -> None:
    kept, asked, both_in = ResponseCache(), [], threading.Event()

    def proceed(call: Call) -> RawResponse:
        asked.append(call)
        both_in.wait(5)
        return answer(200, b"cat")

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(kept, a_call(), proceed) for _ in range(4)]
        while kept.counts.misses < 4:
            pass
        both_in.set()
        contents = [future.result() for future in futures]
    assert [response.content for response in contents] == [b"cat"] * 4
    assert len(asked) == 1
    assert kept.counts.shared + kept.counts.hits == 3


async def test_tasks_that_ask_the_same_share_one_request() -> None:
    kept, asked, go = AsyncResponseCache(), [], asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        asked.append(call)
        await go.wait()
        return answer(200, b"cat")

    tasks = [asyncio.create_task(kept(a_call(), proceed)) for _ in range(4)]
    await asyncio.sleep(0)
    go.set()
    responses = await asyncio.gather(*tasks)
    assert len(asked) == 1
    assert [response.headers.get("aiaas-cache") for response in responses] == [
        None, "shared", "shared", "shared",
    ]  # fmt: skip
    assert kept.counts.shared == 3


@pytest.mark.parametrize("failure", [answer(503), ValueError("lost")])
async def test_who_waited_for_a_failure_asks_on_its_own(failure: RawResponse | Exception) -> None:
    kept, script, go = AsyncResponseCache(), [failure, answer(200, b"cat")], asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        outcome = script.pop(0)
        await go.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    tasks = [asyncio.create_task(kept(a_call(), proceed)) for _ in range(2)]
    await asyncio.sleep(0)
    go.set()
    first, second = await asyncio.gather(*tasks, return_exceptions=True)
    assert first is failure
    assert isinstance(second, RawResponse)
    assert second.content == b"cat"


async def test_who_waits_goes_on_when_the_one_that_asked_is_cancelled() -> None:
    kept, asked, go = AsyncResponseCache(), [], asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        asked.append(call)
        await go.wait()
        return answer(200)

    tasks = [asyncio.create_task(kept(a_call(), proceed)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    go.set()
    assert (await tasks[1]).status == 200
    assert len(asked) == 2


async def test_nobody_waits_beyond_its_own_deadline_for_another() -> None:
    kept, asked, go = AsyncResponseCache(), [], asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        asked.append(call)
        if len(asked) == 1:
            await go.wait()
        return answer(200)

    first = asyncio.create_task(kept(a_call(), proceed))
    await asyncio.sleep(0)
    assert (await kept(a_call(remaining_s=0.001), proceed)).status == 200
    go.set()
    await first


def test_headers_of_an_answer_are_found_in_any_case() -> None:
    headers = FoldedHeaders({"X-Request-Id": "req_1"})
    assert headers["x-REQUEST-id"] == headers.get("x-request-id") == "req_1"
    assert (len(headers), list(headers)) == (1, ["x-request-id"])
    assert repr(headers) == "FoldedHeaders(x-request-id)"


@pytest.mark.parametrize("name", ["max_entries", "max_bytes", "ttl_s"])
def test_numbers_that_cannot_work_are_refused(layer: Layer, name: str) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        cache(layer, **{name: 0})


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000)), max_size=40))
def test_the_count_of_bytes_is_always_what_is_kept(sizes: list[tuple[int, int]]) -> None:
    store = AnswerStore(max_entries=5, max_bytes=8000, ttl_s=1)
    for key, size in sizes:
        store.put(str(key), answer(200, bytes(size)), now_s=0)
    kept = store._entries.values()
    assert store.counts.size_bytes == sum(entry.size_bytes for entry in kept) <= 8000
    assert len(kept) <= 5
