"""Files over HTTP: limits, expiry, namespaces, and nothing left behind."""

import asyncio
import hashlib
import itertools
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.case import Upload
from aiaas_mock.gateway.keys import new_key
from aiaas_mock.storage.sql.files import SqlFiles

OpenApp = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Serve = Callable[..., ServerProcess]

FILES = "/v1/files"
DATA = bytes(range(256)) * 3000  # more than two pieces


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def upload(
    client: httpx.AsyncClient, data: bytes = DATA, key: str | None = None, **options: object
) -> httpx.Response:
    body = Upload(data, options or None)
    headers = {"Content-Type": body.media_type or ""}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return await client.post(FILES, content=body.content, headers=headers)


async def total(client: httpx.AsyncClient) -> int:
    return len((await client.get(FILES)).json()["data"])


async def test_a_file_of_many_pieces_comes_back_whole(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        stored = (await upload(client)).json()
        content = await client.get(f"{FILES}/{stored['id']}/content")
    assert content.content == DATA
    assert content.headers["content-length"] == str(len(DATA))
    assert stored["sha256"] == hashlib.sha256(DATA).hexdigest()


async def test_content_is_never_a_page_that_a_browser_would_run(open_app: OpenApp) -> None:
    async with open_app(engine="null") as client:
        files = {"file": ('gru\u00df "x".html', b"<script>", "text/html")}
        stored = (await client.post(FILES, files=files)).json()
        content = await client.get(f"{FILES}/{stored['id']}/content")
    assert stored["media_type"] == "text/html"
    assert content.headers["content-type"] == "application/octet-stream"
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["content-disposition"].startswith('attachment; filename="gru_ ')
    assert "filename*=UTF-8''gru%C3%9F%20" in content.headers["content-disposition"]


async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(open_app: OpenApp) -> None:
    async with open_app(engine="null", max_file_bytes=300_000) as client:
        at_limit = await upload(client, bytes(300_000))
        above = await upload(client, bytes(300_001))
        far_above = await upload(client, bytes(900_000))
        assert await total(client) == 1
    assert at_limit.status_code == 200
    for refused in (above, far_above):
        assert (refused.status_code, refused.json()["code"]) == (413, "file_too_large")


async def test_files_are_not_bound_by_the_limit_on_other_bodies(open_app: OpenApp) -> None:
    async with open_app(engine="null", max_body_bytes=1024) as client:
        assert (await upload(client)).status_code == 200


async def test_a_namespace_has_a_quota_that_deleting_frees(open_app: OpenApp) -> None:
    async with open_app(engine="null", storage_quota_bytes=len(DATA) + 10) as client:
        stored = (await upload(client)).json()
        full = await upload(client, bytes(11))
        assert (full.status_code, full.json()["code"]) == (413, "storage_full")
        await client.delete(f"{FILES}/{stored['id']}")
        assert (await upload(client)).status_code == 200


async def test_an_expired_file_is_as_unknown_as_one_that_never_was(open_app: OpenApp) -> None:
    clock = Clock()
    async with open_app(engine="null", now=clock) as client:
        stored = (await upload(client, expires_after_s=60)).json()
        assert stored["expires_at"] == "2026-03-01T00:01:00Z"
        path = f"{FILES}/{stored['id']}"
        clock.now += timedelta(seconds=59)
        assert (await client.get(path)).status_code == 200
        clock.now += timedelta(seconds=1)
        for response in [
            await client.get(path),
            await client.get(f"{path}/content"),
            await client.delete(path),
        ]:
            assert (response.status_code, response.json()["code"]) == (404, "file_not_found")
        assert await total(client) == 0


async def test_a_file_of_another_namespace_is_as_unknown_as_one_that_never_was(
    open_app: OpenApp,
) -> None:
    ours, theirs = new_key("ours"), new_key("theirs")
    async with open_app(engine="null", api_key=(ours, theirs)) as client:
        stored = (await upload(client, key=ours)).json()
        headers = {"Authorization": f"Bearer {theirs}"}
        listed = (await client.get(FILES, headers=headers)).json()["data"]
        theirs_answer = await client.get(f"{FILES}/{stored['id']}", headers=headers)
        nobodys = await client.get(f"{FILES}/file_never-was", headers=headers)
        deleted = await client.delete(f"{FILES}/{stored['id']}", headers=headers)
    assert listed == []
    assert theirs_answer.status_code == deleted.status_code == 404
    assert shape(theirs_answer, stored["id"]) == shape(nobodys, "file_never-was")


def shape(response: httpx.Response, file_id: str) -> dict[str, object]:
    """Return a problem without what differs from request to request."""
    body = json.loads(response.text.replace(file_id, "ID"))
    return {name: value for name, value in body.items() if name not in ("instance", "request_id")}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (
            b'--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{}\r\n--b--\r\n',
            422,
            "invalid_request",
        ),
        (b"--b--\r\n", 422, "invalid_request"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf',
            400,
            "invalid_multipart",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="inputs"\r\n\r\nx\r\n--b--\r\n',
            400,
            "invalid_multipart",
        ),
        (
            2 * b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n' + b"--b--\r\n",
            400,
            "invalid_multipart",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n'
            + bytes(40_000)
            + b"\r\n--b--\r\n",
            400,
            "invalid_multipart",
        ),
    ],
    ids=["no file", "no parts", "cut off", "wrong part", "two files", "huge options"],
)
async def test_a_malformed_upload_is_refused_and_leaves_nothing(
    open_app: OpenApp, body: bytes, status: int, code: str
) -> None:
    async with open_app(engine="null") as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        response = await client.post(FILES, content=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert await total(client) == 0


async def test_an_upload_obeys_the_clients_deadline(open_app: OpenApp) -> None:
    body = Upload(DATA)

    async def slowly() -> AsyncIterator[bytes]:
        yield body.content[:1000]
        await anyio.sleep(1)
        yield body.content[1000:]

    async with open_app(engine="null", storage_quota_bytes=len(DATA)) as client:
        headers = {"Content-Type": body.media_type or "", "Aiaas-Deadline-Ms": "30"}
        started = time.monotonic()
        response = await client.post(FILES, content=slowly(), headers=headers)
        assert (response.status_code, response.json()["code"]) == (504, "deadline_exceeded")
        assert await total(client) == 0
        assert (await upload(client)).status_code == 200
    assert time.monotonic() - started < 5


async def test_an_upload_has_a_time_limit_of_its_own(open_app: OpenApp) -> None:
    async with open_app(engine="null", request_timeout_s=0.000_1, upload_timeout_s=30) as client:
        assert (await upload(client)).status_code == 200


def test_an_upload_that_is_hung_up_on_leaves_nothing(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    server = serve(
        "--data-dir", str(tmp_path), "--engine", "null", "--storage-quota-bytes", "600000"
    )
    body = Upload(bytes(600_000))
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            f"POST {FILES} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {api_key}\r\n"
            f"Content-Type: {body.media_type}\r\nContent-Length: {len(body.content)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body.content[:500_000])
    server.wait_for_log(r'"operation":"files.create","status":499')
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": body.media_type or ""}
    assert (
        httpx.post(f"{server.url}{FILES}", content=body.content, headers=headers).status_code == 200
    )
    listed = httpx.get(f"{server.url}{FILES}", headers=headers).json()["data"]
    assert len(listed) == 1


def test_a_download_that_is_hung_up_on_stops(serve: Serve, api_key: str) -> None:
    server = serve("--engine", "null")
    body = Upload(bytes(30_000_000))
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": body.media_type or ""}
    stored = httpx.post(f"{server.url}{FILES}", content=body.content, headers=headers).json()
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"GET {FILES}/{stored['id']}/content HTTP/1.1\r\nHost: test\r\n"
        connection.sendall(f"{head}Authorization: Bearer {api_key}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    server.wait_for_log(r'"operation":"files.content","status":499')


def test_a_large_file_moves_little_memory(serve: Serve, api_key: str, tmp_path: Path) -> None:
    server = serve("--data-dir", str(tmp_path), "--engine", "null", "--warm", "fashion-cnn")
    headers = {"Authorization": f"Bearer {api_key}"}
    chunk = bytes(1_000_000)
    head, _, tail = Upload(b"@@@").content.partition(b"@@@")

    def body(count: int) -> bytes | object:
        return iter([head, *(chunk for _ in range(count)), tail])

    with httpx.Client(base_url=server.url, timeout=60, headers=headers) as client:
        kind = {"Content-Type": Upload(b"").media_type or ""}
        client.post(FILES, content=body(1), headers=kind)  # type: ignore[arg-type]
        before = resident_bytes(server.pid)
        stored = client.post(FILES, content=body(100), headers=kind).json()  # type: ignore[arg-type]
        received = 0
        with client.stream("GET", f"{FILES}/{stored['id']}/content") as content:
            received = sum(len(piece) for piece in content.iter_raw())
        moved = resident_bytes(server.pid) - before
    assert received == stored["size_bytes"] == 100_000_000
    assert moved < 30_000_000


def resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("there is no /proc here")
    lines = status.read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def test_files_outlive_the_server_when_it_has_a_directory(
    serve: Serve, api_key: str, tmp_path: Path
) -> None:
    headers = {"Authorization": f"Bearer {api_key}"}
    first = serve("--data-dir", str(tmp_path), "--engine", "null")
    stored = httpx.post(f"{first.url}{FILES}", files={"file": b"kept"}, headers=headers).json()
    first.stop()
    second = serve("--data-dir", str(tmp_path), "--engine", "null")
    content = httpx.get(f"{second.url}{FILES}/{stored['id']}/content", headers=headers)
    assert content.content == b"kept"


async def test_uploads_under_way_have_no_more_room_together_than_files(open_app: OpenApp) -> None:
    body, go_on = Upload(bytes(900_000)), asyncio.Event()

    async def halting() -> AsyncIterator[bytes]:
        yield body.content[:-1000]
        await go_on.wait()
        yield body.content[-1000:]

    async def send(client: httpx.AsyncClient) -> httpx.Response:
        headers = {"Content-Type": body.media_type or ""}
        return await client.post(FILES, content=halting(), headers=headers)

    async with open_app(engine="null", storage_quota_bytes=1_000_000) as client:
        sent = [asyncio.create_task(send(client)) for _ in range(6)]
        async with asyncio.timeout(10):
            refused = [await task for task in itertools.islice(asyncio.as_completed(sent), 5)]
        assert [response.json()["code"] for response in refused] == ["storage_full"] * 5
        go_on.set()
        (last,) = [answer for answer in await asyncio.gather(*sent) if answer not in refused]
        assert last.status_code == 200
        await client.delete(f"{FILES}/{last.json()['id']}")
        assert (await send(client)).status_code == 200  # the refused left nothing behind


async def test_asking_for_the_head_of_a_content_reads_no_byte_of_it(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(engine="null") as client:
        stored = (await upload(client)).json()
        path = f"{FILES}/{stored['id']}/content"
        whole = await client.get(path)

        def never(*_: object) -> bytes:
            raise AssertionError("nobody gets these bytes")

        monkeypatch.setattr(SqlFiles, "piece", never)
        head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    unlike = {"date", "x-request-id", "ratelimit"}
    for name in set(whole.headers) - unlike:
        assert head.headers[name] == whole.headers[name]
