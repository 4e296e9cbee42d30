"""Rate limits and usage over HTTP."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT
from aiaas_mock.gateway.keys import new_key

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

MODELS, USAGE = "/v1/models", "/v1/usage"
CLASSIFY = "/v1/images/classify?model=fashion-cnn"
PNG = {"Content-Type": "image/png"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_what_is_left_is_told_with_every_answer(open_app: OpenApp) -> None:
    async with open_app(engine="null", rate_limit="3/minute") as client:
        answers = [
            await client.get(MODELS),
            await client.get(f"{MODELS}/no-such-model"),
            await client.get(MODELS, params={"limit": 0}),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 422]
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"default";q=3;w=60'] * 3
    assert [answer.headers["ratelimit"].split(";t=")[0] for answer in answers] == [
        '"default";r=2',
        '"default";r=1',
        '"default";r=0',
    ]


async def test_one_request_too_many_is_told_when_to_come_back(open_app: OpenApp) -> None:
    async with open_app(engine="null", rate_limit="1/minute") as client:
        await client.get(MODELS)
        refused = await client.get(MODELS)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 50 <= int(refused.headers["retry-after"]) <= 60
    assert 50_000 <= int(refused.headers["retry-after-ms"]) <= 60_000
    assert refused.headers["ratelimit"] == f'"default";r=0;t={refused.headers["retry-after"]}'


async def test_every_key_has_a_limit_of_its_own(open_app: OpenApp) -> None:
    ours, theirs = new_key("ours"), new_key("theirs")
    async with open_app(engine="null", rate_limit="1/minute", api_key=(ours, theirs)) as client:
        statuses = [
            (await client.get(MODELS, headers=bearer(key))).status_code
            for key in (ours, ours, theirs, theirs)
        ]
    assert statuses == [200, 429, 200, 429]


async def test_the_tokens_of_a_key_share_its_limit(open_app: OpenApp, api_key: str) -> None:
    form = {"grant_type": "client_credentials", "client_secret": api_key}
    async with open_app(engine="null", rate_limit="2/minute") as client:
        token = (await client.post("/oauth/token", data=form)).json()["access_token"]
        statuses = [
            (await client.get(MODELS, headers=bearer(credential))).status_code
            for credential in (api_key, token, token)
        ]
    assert statuses == [200, 200, 429]


async def test_public_operations_are_not_limited(open_app: OpenApp) -> None:
    async with open_app(engine="null", rate_limit="1/minute") as client:
        answers = [await client.get("/healthz") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


async def test_nobody_is_counted_without_a_key(open_app: OpenApp) -> None:
    async with open_app(engine="null", rate_limit="1/minute") as client:
        refused = [await client.get(MODELS, headers=bearer("nobody-knows-me-here")) for _ in "ab"]
    assert [answer.status_code for answer in refused] == [401, 401]
    assert "ratelimit-policy" in refused[0].headers


async def test_a_deployment_without_limits_says_nothing_of_them(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        assert "ratelimit-policy" not in (await client.get(MODELS)).headers


async def test_usage_counts_requests_failures_and_inputs(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        for content in (ANKLE_BOOT, ANKLE_BOOT, b"not a picture"):
            await client.post(CLASSIFY, content=content, headers=PNG)
        await client.post(f"{CLASSIFY}&top_k=0", content=ANKLE_BOOT, headers=PNG)
        report = (await client.get(USAGE)).json()
    assert report["namespace"] == "default"
    assert report["data"] == [
        {"operation": "images.classify", "requests": 3, "failed_requests": 1, "inputs": 2}
    ]


async def test_usage_is_of_the_keys_namespace_only(open_app: OpenApp) -> None:
    ours, theirs = new_key("ours"), new_key("theirs")
    async with open_app(engine="null", api_key=(ours, theirs)) as client:
        await client.get(MODELS, headers=bearer(ours))
        assert (await client.get(USAGE, headers=bearer(theirs))).json()["data"] == []
        assert len((await client.get(USAGE, headers=bearer(ours))).json()["data"]) == 1


async def test_public_operations_and_strangers_are_nobodys_usage(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        await client.get("/healthz")
        await client.get(MODELS, headers=bearer("nobody-knows-me-here"))
        assert (await client.get(USAGE)).json()["data"] == []


def test_usage_outlives_the_server_when_it_has_a_directory(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    options = ("--data-dir", str(tmp_path), "--engine", "null")
    first = serve(*options)
    httpx.get(f"{first.url}{MODELS}", headers=bearer(api_key))
    first.stop()
    second = serve(*options)
    report = httpx.get(f"{second.url}{USAGE}", headers=bearer(api_key)).json()
    assert [row["operation"] for row in report["data"]] == ["models.list"]


@pytest.mark.parametrize("rate", ["many", "-1/minute", "10/fortnight"])
def test_a_rate_that_is_none_is_refused_at_the_start(rate: str) -> None:
    from pydantic import ValidationError

    from aiaas_mock.settings import Settings

    with pytest.raises(ValidationError, match="is not a rate"):
        Settings(rate_limit=rate)


async def test_a_deployment_without_a_lab_has_the_same_limits(open_app: OpenApp) -> None:
    async with open_app(engine="null", lab="off", rate_limit="1/minute") as client:
        answers = [await client.get(MODELS) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=1;w=60'
