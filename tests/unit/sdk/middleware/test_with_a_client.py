"""Middleware at work in a client: inside of its retries, around its transport."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.unit.sdk.middleware.layers import Clock, Colour

import aiaas
from aiaas import RateLimitError, ServiceUnavailableError
from aiaas._async.streams import AsyncEventStream
from aiaas._core.event_streams import StreamTruncatedError, final_reader, typed_reader
from aiaas._sync.streams import EventStream
from aiaas.contract._base import ResponseModel
from aiaas.contract.models import LIST, ListModelsRequest
from aiaas.contract.problems import MEDIA_TYPE, problem
from aiaas.contract.system import Health
from aiaas.middleware import CircuitOpenError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
ANSWER = {
    "id": "ans_1",
    "object": "images",
    "model": "small@1",
    "usage": {"inputs": 1},
    "results": [
        {
            "index": 0,
            "width": 28,
            "height": 28,
            "format": "png",
            "predictions": [{"label": "cat", "score": 0.75}],
        }
    ],
}


class Cloud:
    """A client of either colour with middleware, and the wire beneath it."""

    def __init__(self, colour: Colour) -> None:
        self.colour = colour
        self.clock = Clock()
        self.requests: list[httpx.Request] = []
        self.script: list[httpx.Response | Exception] = []

    def make(self, name: str, *arguments: Any, **settings: Any) -> Any:
        prefix = "" if self.colour == "sync" else "Async"
        return getattr(aiaas.middleware, prefix + name)(*arguments, **settings)

    def problem(self, code: str, **headers: str) -> httpx.Response:
        body = problem(code, "No.")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body.model_dump_json(exclude_none=True)
        headers = {"Content-Type": MEDIA_TYPE, **names}
        return httpx.Response(body.status, content=content, headers=headers)

    def run(self, use: Callable[[Any], Any], *middleware: Any, **settings: Any) -> list[Any]:
        """Do something with a client three times, and return what came of it."""
        settings = {"api_key": "sk_test", "base_url": "http://cloud.test", **settings}
        transport = httpx.MockTransport(self._answer)
        if self.colour == "sync":
            with (
                httpx.Client(transport=transport) as http,
                aiaas.Client(
                    http_client=http, middleware=middleware, sleep=self.clock.sleep, **settings
                ) as client,
            ):
                return [use(client) for _ in range(3)]
        return asyncio.run(self._run_async(use, middleware, settings))

    async def _run_async(
        self, use: Callable[[Any], Any], middleware: Any, settings: dict[str, Any]
    ) -> list[Any]:
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(self._answer)) as http,
            aiaas.AsyncClient(
                http_client=http, middleware=middleware, sleep=self.clock.sleep_async, **settings
            ) as client,
        ):
            return [await use(client) for _ in range(3)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.script.pop(0) if self.script else httpx.Response(200, json=ANSWER)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(params=["sync", "async"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    return Cloud(request.param)


def classify(client: Any) -> Any:
    return client.images.classify(PNG)


def test_a_cached_answer_is_a_whole_result(cloud: Cloud) -> None:
    cache = cloud.make("ResponseCache")
    answers = cloud.run(classify, cache)
    assert [answer.label for answer in answers] == ["cat"] * 3
    assert len(cloud.requests) == 1
    assert cache.counts.hits == 2


def test_an_open_circuit_ends_the_retries_at_once(cloud: Cloud) -> None:
    cloud.script = [cloud.problem("overloaded") for _ in range(9)]
    breaker = cloud.make("CircuitBreaker", failure_threshold=2, clock=cloud.clock)
    with pytest.raises(CircuitOpenError):
        cloud.run(classify, breaker, retries=5)
    assert len(cloud.requests) == 2
    assert breaker.state("cloud.test") == "open"


def test_attempts_and_retries_are_seen_one_by_one(cloud: Cloud) -> None:
    cloud.script = [cloud.problem("overloaded"), httpx.ConnectError("down")]
    limit = cloud.make("ConcurrencyLimit", 4, adaptive=True)
    cloud.run(classify, limit)
    assert len(cloud.requests) == 5
    assert limit.in_flight == 0


def test_pacing_waits_before_the_next_call_where_retries_would_wait_after_it(
    cloud: Cloud,
) -> None:
    slept = cloud.clock.sleep if cloud.colour == "sync" else cloud.clock.sleep_async
    pacing = cloud.make("RatePacing", clock=cloud.clock, sleep=slept)
    cloud.script = [
        httpx.Response(200, json=ANSWER, headers={"RateLimit": '"default";r=0;t=5'}),
    ]
    cloud.run(classify, pacing)
    assert cloud.clock.sleeps == [5.0]


def test_without_pacing_the_same_is_an_error(cloud: Cloud) -> None:
    cloud.script = [cloud.problem("rate_limited")]
    with pytest.raises(RateLimitError):
        cloud.run(classify, retries=0)


def test_hedging_changes_no_answer(cloud: Cloud) -> None:
    hedging = cloud.make("Hedging", after_s=5.0)
    assert [answer.label for answer in cloud.run(classify, hedging)] == ["cat"] * 3
    assert hedging.counts.calls == 3
    hedging.close()


def test_telemetry_sends_its_headers(cloud: Cloud) -> None:
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    telemetry = cloud.make("OpenTelemetry", tracer_provider=sdk.TracerProvider())
    cloud.run(classify, telemetry)
    assert len({request.headers["traceparent"] for request in cloud.requests}) == 3


def test_all_of_it_together_in_the_order_that_is_advised(cloud: Cloud) -> None:
    cloud.script = [cloud.problem("overloaded", Retry_After="0")]
    layers = [
        cloud.make("ResponseCache"),
        cloud.make("CircuitBreaker"),
        cloud.make("RatePacing"),
        cloud.make("ConcurrencyLimit", 8, adaptive=True),
        cloud.make("Hedging", after_percentile=95),
    ]
    assert [answer.label for answer in cloud.run(classify, *layers)] == ["cat"] * 3
    assert len(cloud.requests) == 2
    layers[-1].close()


def test_a_failure_with_all_retries_spent_is_the_deployments(cloud: Cloud) -> None:
    cloud.script = [cloud.problem("overloaded") for _ in range(2)]
    with pytest.raises(ServiceUnavailableError):
        cloud.run(classify, cloud.make("CircuitBreaker"), cloud.make("ResponseCache"), retries=1)


def events(*pairs: tuple[str, object]) -> httpx.Response:
    text = "".join(f"event: {kind}\ndata: {json.dumps(data)}\n\n" for kind, data in pairs)
    return httpx.Response(200, content=text, headers={"Content-Type": "text/event-stream"})


READ = typed_reader(LIST, {"health": Health})
FINAL = final_reader(LIST, ResponseModel)
HEALTHY = ("health", {"status": "ok", "version": "1"})


def read_stream(client: Any) -> Any:
    with client.raw.stream(LIST, ListModelsRequest()) as response:
        return list(
            EventStream[Health, ResponseModel](
                response, operation=LIST, read=READ, read_final=FINAL
            )
        )


async def read_stream_async(client: Any) -> Any:
    async with client.raw.stream(LIST, ListModelsRequest()) as response:
        stream = AsyncEventStream[Health, ResponseModel](
            response, operation=LIST, read=READ, read_final=FINAL
        )
        return [event async for event in stream]


def test_a_streamed_answer_of_a_client_is_a_stream_of_events(cloud: Cloud) -> None:
    cloud.script = [events(HEALTHY, HEALTHY, ("done", {})) for _ in range(3)]
    use = read_stream if cloud.colour == "sync" else read_stream_async
    layers = [cloud.make("ResponseCache"), cloud.make("Hedging", after_s=0.0)]
    for got in cloud.run(use, *layers):
        assert [event.version for event in got] == ["1", "1"]


def test_a_streamed_answer_of_a_client_that_is_cut_raises(cloud: Cloud) -> None:
    cloud.script = [events(HEALTHY)]
    use = read_stream if cloud.colour == "sync" else read_stream_async
    with pytest.raises(StreamTruncatedError) as caught:
        cloud.run(use)
    assert caught.value.host == "cloud.test"
