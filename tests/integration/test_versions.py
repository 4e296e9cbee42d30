"""Clients of other versions, over HTTP and through the SDK."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from aiaas import AsyncClient, BadRequestError

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

NEWER = {"Aiaas-Client-Version": "python/99.0.0"}


async def test_a_newer_client_is_served_and_told_so_whatever_the_answer(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        answers = [
            await client.get("/v1/models", headers=NEWER),
            await client.get("/v1/models/no-such-model", headers=NEWER),
            await client.get("/v1/models"),
        ]
    assert [answer.status_code for answer in answers] == [200, 404, 200]
    warnings = [answer.headers.get("aiaas-version-warning") for answer in answers]
    assert warnings[0] == warnings[1]
    assert warnings[0].startswith("The client's version 99.0.0 is newer than the server's, ")
    assert warnings[2] is None


async def test_a_strict_server_refuses_other_versions_and_tells_its_health_all_the_same(
    open_app: OpenApp,
) -> None:
    async with open_app(engine="null", strict=True) as client:
        refused = await client.get("/v1/models", headers=NEWER)
        healthy = await client.get("/healthz", headers=NEWER)
        stranger = await client.get("/v1/models")
    assert refused.status_code == 400
    assert refused.json()["code"] == "client_version_refused"
    assert (healthy.status_code, stranger.status_code) == (200, 200)


async def test_the_sdk_logs_once_what_a_deployment_says_of_its_version(
    open_app: OpenApp, api_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        open_app(engine="null") as http,
        AsyncClient(
            base_url="http://test", api_key=api_key, http_client=http, headers=NEWER
        ) as client,
    ):
        for _ in range(3):
            await client.models.retrieve("fashion-cnn")
    said = [(record.levelno, record.message) for record in caplog.records if record.name == "aiaas"]
    assert len(said) == 1
    assert said[0][0] == logging.WARNING
    assert "99.0.0 is newer" in said[0][1]


async def test_the_sdk_names_a_refusal_for_its_version(open_app: OpenApp, api_key: str) -> None:
    async with (
        open_app(engine="null", strict=True) as http,
        AsyncClient(
            base_url="http://test", api_key=api_key, http_client=http, headers=NEWER
        ) as client,
    ):
        with pytest.raises(BadRequestError, match="--strict") as refused:
            await client.models.retrieve("fashion-cnn")
    assert refused.value.code == "client_version_refused"
