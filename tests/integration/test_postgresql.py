"""Servers on one PostgreSQL database."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from aiaas_mock.conformance import ServerProcess

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

FILES = "/v1/files"


@pytest.fixture
def settings(postgres_tables: str, tmp_path: Path) -> dict[str, Any]:
    """Those of servers that belong together: one database, and one secret."""
    url = SecretStr(postgres_tables)
    return {"engine": "null", "database_url": url, "data_dir": tmp_path / "data"}


async def create(client: httpx.AsyncClient, key: str, data: bytes = b"hello") -> httpx.Response:
    return await client.post(
        FILES, files={"file": ("a\0b.txt", data)}, headers={"Idempotency-Key": key}
    )


async def test_two_servers_keep_their_files_and_answers_in_one_place(
    open_app: OpenApp, settings: dict[str, Any]
) -> None:
    async with open_app(**settings) as first, open_app(**settings) as second:
        created = await create(first, "k")
        assert created.status_code == 200, created.text
        again = await create(second, "k")
        assert again.json()["id"] == created.json()["id"]
        assert again.headers["aiaas-idempotent-replay"] == "true"
        content = await second.get(f"{FILES}/{created.json()['id']}/content")
        assert content.content == b"hello"
    async with open_app(**settings) as third:
        listed = (await third.get(FILES)).json()["data"]
        assert [file["id"] for file in listed] == [created.json()["id"]]
        usage = (await third.get("/v1/usage")).json()["data"]
        assert {row["operation"]: row["requests"] for row in usage}["files.create"] == 2


async def test_of_many_requests_with_one_key_on_two_servers_one_has_an_effect(
    open_app: OpenApp, settings: dict[str, Any]
) -> None:
    async with open_app(**settings) as first, open_app(**settings) as second:
        answers = await asyncio.gather(
            *(create(client, "k") for client in (first, second) for _ in range(5))
        )
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.json()["id"] for answer in answers if answer.is_success}) == 1
        assert len((await first.get(FILES)).json()["data"]) == 1


async def test_an_id_that_postgresql_has_no_place_for_is_not_found(
    open_app: OpenApp, postgres_tables: str
) -> None:
    async with open_app(engine="null", database_url=SecretStr(postgres_tables)) as client:
        assert (await client.get(f"{FILES}/file_%00")).status_code in (404, 422)


async def test_with_a_database_the_folder_holds_the_secret_alone(
    open_app: OpenApp, settings: dict[str, Any]
) -> None:
    async with open_app(**settings), open_app(**settings):
        assert [path.name for path in settings["data_dir"].iterdir()] == ["secret.key"]


def test_a_server_without_its_database_is_not_ready_and_tells_no_password(serve: Serve) -> None:
    url = "postgresql://ann:s3cret-word@127.0.0.1:1/name"
    server = serve("--database-url", url, "--engine", "null")
    server.wait_for_log("cannot be opened.*refused.*not ready")
    assert httpx.get(f"{server.url}/readyz").status_code == 503
    assert "s3cret-word" not in server.log
    assert "ann:***@127.0.0.1" in server.log
