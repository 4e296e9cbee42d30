"""The whole answer: status, headers, bytes, and what is left of the rate limit."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas._core.rate_limits import rate_limit_in
from aiaas.contract.files import CONTENT, FileRequest
from aiaas.contract.models import RETRIEVE, RetrieveModelRequest
from aiaas.contract.system import HEALTH
from aiaas.contract.usage import UsageReport

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

LIMITS = {"RateLimit": '"default";r=59;t=1', "RateLimit-Policy": '"default";q=60;w=60'}
HEALTHY = {"status": "ok", "version": "1"}
USAGE = {
    "namespace": "default",
    "since": "2026-01-01T00:00:00Z",
    "data": [{"operation": "images.classify", "requests": 2, "failed_requests": 0, "inputs": 3}],
}


def limited(cloud: Cloud, body: object) -> httpx.Response:
    answer = cloud.json(body)
    answer.headers.update(LIMITS)
    return answer


def test_an_answer_shows_all_that_is_around_it(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), limited(cloud, HEALTHY))
    response = cloud.run(lambda client: client.raw.send(HEALTH))
    assert (response.status, response.request_id, response.attempts) == (200, "req_json", 2)
    assert response.headers["RATELIMIT"] == LIMITS["RateLimit"]
    assert response.content.startswith(b'{"status"')
    assert response.http_version == "HTTP/1.1"
    assert response.elapsed_s > 0
    assert response.rate_limit == aiaas.RateLimit(limit=60, remaining=59, reset_s=1, window_s=60)
    assert response.idempotent_replay is False
    assert response.parse().version == "1"
    assert "status 200" in repr(response)


def test_an_answer_that_cannot_be_parsed_is_there_all_the_same(cloud: Cloud) -> None:
    cloud.answers(httpx.Response(200, html="<h1>"))
    request = RetrieveModelRequest(model="m")
    response = cloud.run(lambda client: client.raw.send(RETRIEVE, request))
    assert response.content == b"<h1>"
    with pytest.raises(aiaas.ResponseValidationError):
        response.parse()


def test_bytes_are_parsed_as_bytes(cloud: Cloud) -> None:
    cloud.answers(httpx.Response(200, content=b"\xff\x00"))
    response = cloud.run(lambda client: client.raw.send(CONTENT, FileRequest(file="f")))
    assert response.parse() == b"\xff\x00"


def test_an_answer_can_be_read_as_it_comes(cloud: Cloud) -> None:
    def use(client: Any) -> Any:
        if isinstance(client, aiaas.AsyncClient):
            return use_async(client)
        with client.raw.stream(CONTENT, FileRequest(file="f")) as response:
            assert (response.status, response.content) == (200, b"")
            return b"".join(response.chunks())

    async def use_async(client: Any) -> bytes:
        async with client.raw.stream(CONTENT, FileRequest(file="f")) as response:
            assert (response.status, response.content) == (200, b"")
            return b"".join([chunk async for chunk in response.chunks()])

    cloud.answers(cloud.problem("overloaded"), httpx.Response(200, content=b"bytes"))
    assert cloud.run(use) == b"bytes"


def test_results_know_what_is_left_of_the_rate_limit(cloud: Cloud) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        made = cloud._infer(request)
        made.headers.update(LIMITS)
        return made

    cloud.answers(answer)
    result = cloud.run(lambda client: client.images.classify(b"x"))
    assert result.rate_limit.remaining == 59
    again = pickle.loads(pickle.dumps(result))  # noqa: S301
    assert (again.rate_limit, again.request_id, again.model) == (
        result.rate_limit,
        "req_json",
        "small@1",
    )
    assert cloud.run(lambda client: client.images.classify(b"x")).rate_limit is None


def test_usage_is_told(cloud: Cloud) -> None:
    cloud.answers(limited(cloud, USAGE))
    report = cloud.run(lambda client: client.usage.retrieve(operation="images.classify"))
    assert isinstance(report, UsageReport)
    assert isinstance(report, aiaas.UsageReport)
    assert report.rate_limit is not None
    assert (report.data[0].requests, report.rate_limit.limit) == (2, 60)
    assert cloud.requests[0].url.params["operation"] == "images.classify"


@pytest.mark.parametrize(
    ("said", "remaining"),
    [
        ('"default";r=5;t=9', 5),
        ('"a";r=50;t=1, "b";r=1;t=60', 1),  # the tighter one
        ('"a";r=0;t=3', 0),
        ("nonsense", None),
        ('"a";r=' + "9" * 400 + ";t=1", None),
        ('"a";r=5;t=' + "9" * 400, 5),
        ('"a";t=3', None),
        ('"a";r=x', None),
        ("", None),
    ],
)
def test_rate_limits_are_read_as_the_draft_says(said: str, remaining: int | None) -> None:
    limit = rate_limit_in({"ratelimit": said})
    assert (limit and limit.remaining) == remaining


def test_a_streamed_answer_that_is_read_twice_says_so(cloud: Cloud) -> None:
    def use(client: Any) -> Any:
        if isinstance(client, aiaas.AsyncClient):
            return use_async(client)
        with client.raw.stream(CONTENT, FileRequest(file="f")) as response:
            list(response.chunks())
            return list(response.chunks())

    async def use_async(client: Any) -> None:
        async with client.raw.stream(CONTENT, FileRequest(file="f")) as response:
            for _ in range(2):
                async for _ in response.chunks():
                    pass

    cloud.answers(httpx.Response(200, stream=httpx.ByteStream(b"bytes")))
    with pytest.raises(RuntimeError, match="can be read once") as info:
        cloud.run(use)
    assert type(info.value) is RuntimeError
