"""Idempotency keys over HTTP: one effect, one answer, whatever happens in between."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.case import Upload
from aiaas_mock.gateway.key_file import KeyFile
from aiaas_mock.gateway.keys import new_key

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

FILES = "/v1/files"
DATA = b"some bytes" * 100


def keyed(key: str, credential: str | None = None) -> dict[str, str]:
    headers = {"Idempotency-Key": key, "Content-Type": Upload(b"").media_type or ""}
    if credential is not None:
        headers["Authorization"] = f"Bearer {credential}"
    return headers


async def create(
    client: httpx.AsyncClient,
    key: str,
    data: bytes = DATA,
    credential: str | None = None,
    **options: Any,
) -> httpx.Response:
    body = Upload(data, options or None)
    return await client.post(FILES, content=body.content, headers=keyed(key, credential))


async def count(client: httpx.AsyncClient) -> int:
    return len((await client.get(FILES)).json()["data"])


async def test_a_repeated_request_has_its_effect_once(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        first, second = await create(client, "k"), await create(client, "k")
        assert await count(client) == 1
    assert "aiaas-idempotent-replay" not in first.headers
    assert second.headers["aiaas-idempotent-replay"] == "true"
    assert second.content == first.content
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


async def test_a_key_of_another_request_is_refused(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        stored = (await create(client, "k")).json()
        others = [
            await create(client, "k", DATA + b"!"),
            await create(client, "k", purpose="other"),
            await client.delete(f"{FILES}/{stored['id']}", headers={"Idempotency-Key": "k"}),
        ]
        assert await count(client) == 1
    for other in others:
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_namespaces_do_not_share_keys(open_app: OpenApp) -> None:
    ours, theirs = new_key("ours"), new_key("theirs")
    async with open_app(engine="null", api_key=(ours, theirs)) as client:
        first = await create(client, "k", credential=ours)
        second = await create(client, "k", credential=theirs)
    assert first.json()["id"] != second.json()["id"]


async def test_another_key_of_the_namespace_does_not_get_the_answer(
    open_app: OpenApp, tmp_path: Path
) -> None:
    file = KeyFile.new()
    (_, first_key), (_, second_key) = file.create("default"), file.create("default")
    file.write(tmp_path / "keys")
    async with open_app(engine="null", key_file=tmp_path / "keys") as client:
        await create(client, "k", credential=first_key)
        second = await create(client, "k", credential=second_key)
    assert second.json()["code"] == "idempotency_key_reused"


async def test_reading_operations_do_not_look_at_the_key(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        for _ in range(2):
            response = await client.get(FILES, headers={"Idempotency-Key": "not one word"})
            assert response.status_code == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 256])
async def test_a_key_that_is_none_is_refused(open_app: OpenApp, key: str) -> None:
    async with open_app(engine="null") as client:
        response = await create(client, key)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_while_the_first_request_runs_the_second_is_told_to_wait(open_app: OpenApp) -> None:
    body = Upload(DATA)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def in_two_steps() -> AsyncIterator[bytes]:
        yield body.content[:-10]
        started.set()
        await go_on.wait()
        yield body.content[-10:]

    async with open_app(engine="null") as client:
        first = asyncio.create_task(client.post(FILES, content=in_two_steps(), headers=keyed("k")))
        await started.wait()
        second = await create(client, "k")
        go_on.set()
        answered, third = await first, await create(client, "k")
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
    assert second.headers["aiaas-should-retry"] == "true"
    assert int(second.headers["retry-after-ms"]) > 0
    assert third.content == answered.content


async def test_many_at_once_have_one_effect(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        answers = await asyncio.gather(*(create(client, "k") for _ in range(20)))
        assert await count(client) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1


async def test_a_refusal_that_would_be_the_same_is_repeated(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        path, headers = f"{FILES}/file_unknown", {"Idempotency-Key": "k"}
        first, second = [await client.delete(path, headers=headers) for _ in range(2)]
    assert first.status_code == second.status_code == 404
    assert second.headers["aiaas-idempotent-replay"] == "true"
    assert second.headers["content-type"] == "application/problem+json"
    assert second.content == first.content


async def test_after_damage_on_the_way_the_right_bytes_are_taken(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        right = (await create(client, "other")).json()["sha256"]
        damaged = await create(client, "k", DATA[:-1] + b"?", sha256=right)
        whole = await create(client, "k", sha256=right)
    assert damaged.json()["code"] == "checksum_mismatch"
    assert whole.status_code == 200


async def test_a_full_store_is_no_lasting_answer(open_app: OpenApp) -> None:
    async with open_app(engine="null", storage_quota_bytes=len(DATA)) as client:
        stored = (await create(client, "first")).json()
        full = await create(client, "k")
        await client.delete(f"{FILES}/{stored['id']}")
        again = await create(client, "k")
    assert (full.status_code, again.status_code) == (413, 200)


async def test_a_request_that_ran_out_of_time_gives_its_key_back(open_app: OpenApp) -> None:
    body = Upload(DATA)

    async def never() -> AsyncIterator[bytes]:
        yield body.content[:-10]
        await asyncio.Event().wait()

    async with open_app(engine="null") as client:
        headers = {**keyed("k"), "Aiaas-Deadline-Ms": "30"}
        late = await client.post(FILES, content=never(), headers=headers)
        again = await create(client, "k")
    assert (late.status_code, again.status_code) == (504, 200)


async def test_an_answer_is_kept_for_the_time_set(open_app: OpenApp) -> None:
    moment = [datetime(2026, 3, 1, tzinfo=UTC)]
    async with open_app(engine="null", now=lambda: moment[0], idempotency_kept_s=60) as client:
        first = await create(client, "k")
        moment[0] += timedelta(seconds=59)
        second = await create(client, "k")
        moment[0] += timedelta(seconds=1)
        third = await create(client, "k")
    assert second.json()["id"] == first.json()["id"] != third.json()["id"]


def test_a_request_whose_answer_was_lost_with_the_server_has_its_effect_once(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    options = ("--data-dir", str(tmp_path), "--engine", "null")
    first = serve(*options)
    with sent(first, Upload(DATA).content, api_key):
        first.wait_for_log(r'"operation":"files.create","status":200')  # and nobody read it
        first.signal(signal.SIGKILL)
        first.wait()
    second = serve(*options)
    headers = keyed("k", api_key)
    answer = httpx.post(f"{second.url}{FILES}", content=Upload(DATA).content, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["aiaas-idempotent-replay"] == "true"
    listed = httpx.get(f"{second.url}{FILES}", headers=headers).json()["data"]
    assert [file["id"] for file in listed] == [answer.json()["id"]]


def test_a_request_that_died_half_way_leaves_its_key_free(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    options = ("--data-dir", str(tmp_path), "--engine", "null")
    first = serve(*options)
    content = Upload(bytes(1_000_000)).content
    with sent(first, content, api_key, size_bytes=len(content) - 10):
        in_progress = httpx.Response(200)
        while in_progress.status_code != 409:  # until the first has its claim
            headers = {"Idempotency-Key": "k", "Authorization": f"Bearer {api_key}"}
            in_progress = httpx.delete(f"{first.url}{FILES}/file_x", headers=headers)
        first.signal(signal.SIGKILL)
        first.wait()
    second = serve(*options)
    answer = httpx.post(f"{second.url}{FILES}", content=content, headers=keyed("k", api_key))
    assert answer.status_code == 200
    assert "aiaas-idempotent-replay" not in answer.headers


def sent(
    server: ServerProcess, content: bytes, api_key: str, size_bytes: int | None = None
) -> socket.socket:
    """Send an upload, or the beginning of one, and read no answer."""
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=10)
    lines = [f"POST {FILES} HTTP/1.1", "Host: test", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in keyed("k", api_key).items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + content[:size_bytes])
    return connection


async def test_after_a_body_that_was_cut_off_the_whole_one_is_taken(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        body = Upload(DATA).content
        cut = await client.post(FILES, content=body[:-20], headers=keyed("k"))
        whole = await create(client, "k")
    assert (cut.status_code, cut.json()["code"]) == (400, "invalid_multipart")
    assert whole.status_code == 200
