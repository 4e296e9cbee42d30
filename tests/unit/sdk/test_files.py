"""Files: streamed there and back, with checksums."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sdk.conftest import options_in, parts_in

import aiaas
from aiaas._core.uploads import CHUNK_BYTES, Upload

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

DATA = bytes(range(256)) * 4_000  # a million bytes: several chunks


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stored(content: bytes, **changes: object) -> dict[str, object]:
    return {
        "id": "file_1",
        "object": "file",
        "filename": "f",
        "media_type": "application/octet-stream",
        "purpose": "general",
        "size_bytes": len(content),
        "sha256": sha256(content),
        "created_at": "2026-01-01T00:00:00Z",
        **changes,
    }


def keep(request: httpx.Request) -> httpx.Response:
    """Store what is uploaded."""
    (content,) = (body for head, body in parts_in(request) if 'name="file"' in head)
    return httpx.Response(200, json=stored(content), headers={"X-Request-Id": "req_1"})


class Pipe(io.RawIOBase):
    """Reads once, and cannot seek."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)

    def seekable(self) -> bool:
        return False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "photos.zip"
    path.write_bytes(DATA)
    return path


def test_a_file_is_stored_with_its_name_type_length_and_checksum(cloud: Cloud, path: Path) -> None:
    cloud.answers(keep)
    file = cloud.run(lambda client: client.files.create(path, purpose="batch", expires_after_s=60))
    (request,) = cloud.requests
    assert options_in(request) == {
        "purpose": "batch",
        "expires_after_s": 60,
        "sha256": sha256(DATA),
    }
    head = next(head for head, _ in parts_in(request) if 'name="file"' in head)
    assert 'filename="photos.zip"' in head
    assert "Content-Type: application/zip" in head
    assert str(path.parent) not in head
    assert int(request.headers["content-length"]) == len(request.content)
    assert "transfer-encoding" not in request.headers
    assert (file.sha256, file.request_id, type(file)) == (sha256(DATA), "req_1", aiaas.File)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_in_memory_are_stored(cloud: Cloud, kind: Any) -> None:
    cloud.answers(keep)
    assert cloud.run(lambda client: client.files.create(kind(DATA))).size_bytes == len(DATA)


def test_an_open_file_is_read_from_where_it_is_and_again_when_that_fails(
    cloud: Cloud, path: Path
) -> None:
    cloud.answers(httpx.WriteError("reset"), cloud.problem("overloaded"), keep)
    with path.open("rb") as file:
        file.seek(1_000)
        assert cloud.run(lambda client: client.files.create(file)).sha256 == sha256(DATA[1_000:])
        assert not file.closed
    assert len(cloud.requests) == 3
    assert len({request.headers["idempotency-key"] for request in cloud.requests}) == 1


def test_a_pipe_is_sent_once_without_a_length(cloud: Cloud) -> None:
    cloud.answers(keep)
    assert cloud.run(lambda client: client.files.create(Pipe(DATA))).sha256 == sha256(DATA)
    (request,) = cloud.requests
    assert request.headers["transfer-encoding"] == "chunked"
    assert "sha256" not in options_in(request)


def test_a_pipe_that_failed_is_not_sent_again_and_the_error_says_so(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"))
    with pytest.raises(aiaas.ServiceUnavailableError) as info:
        cloud.run(lambda client: client.files.create(Pipe(DATA)))
    assert "can be read only once" in info.value.__notes__[0]
    assert len(cloud.requests) == 1


def test_without_a_checksum_the_file_is_read_once(cloud: Cloud, path: Path) -> None:
    cloud.answers(keep)
    cloud.run(lambda client: client.files.create(path, checksum=False))
    (request,) = cloud.requests
    assert "sha256" not in options_in(request)
    assert int(request.headers["content-length"]) == len(request.content)


def test_bytes_that_changed_on_the_way_are_found_out(cloud: Cloud) -> None:
    cloud.answers(cloud.json(stored(b"other")))
    with pytest.raises(aiaas.ChecksumError, match="is not what was sent") as info:
        cloud.run(lambda client: client.files.create(b"mine"))
    assert (info.value.expected, info.value.actual) == (sha256(b"mine"), sha256(b"other"))


@pytest.mark.parametrize("file", [io.StringIO("text"), 3, None])
def test_what_is_no_file_is_refused(sync_cloud: Cloud, file: Any) -> None:
    with pytest.raises(TypeError, match="opened in"):
        sync_cloud.run(lambda client: client.files.create(file))
    assert sync_cloud.requests == []


def test_a_missing_file_is_found_out_before_anything_is_sent(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cloud.run(lambda client: client.files.create(tmp_path / "none"))
    assert cloud.requests == []


def test_files_are_listed_from_a_cursor(cloud: Cloud) -> None:
    def page(name: str, cursor: str | None) -> httpx.Response:
        data = [stored(b"", id=name)]
        return cloud.json({"data": data, "has_more": cursor is not None, "next_cursor": cursor})

    cloud.answers(page("file_2", "c2"), page("file_3", None))
    files = cloud.run(lambda client: client.files.list(purpose="batch", cursor="c1", limit=1))
    assert [file.id for file in files] == ["file_2", "file_3"]
    assert {file.request_id for file in files} == {"req_json"}
    assert [request.url.params["cursor"] for request in cloud.requests] == ["c1", "c2"]


def test_a_file_is_described_and_deleted(cloud: Cloud) -> None:
    cloud.answers(cloud.json(stored(b"")), cloud.json({"id": "file_1", "deleted": True}))
    assert cloud.run(lambda client: client.files.retrieve("file_1")).id == "file_1"
    assert cloud.run(lambda client: client.files.delete("file_1")).deleted
    assert [(request.method, request.url.path) for request in cloud.requests] == [
        ("GET", "/v1/files/file_1"),
        ("DELETE", "/v1/files/file_1"),
    ]


def content_of(data: bytes, **headers: str) -> httpx.Response:
    return httpx.Response(200, content=data, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": f'"{sha256(DATA)}"'},
        {"Repr-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(DATA).digest()).decode()}:"},
    ],
)
def test_content_is_read_and_verified(cloud: Cloud, headers: dict[str, str]) -> None:
    cloud.answers(content_of(DATA, **headers))
    assert cloud.run(lambda client: client.files.content("file_1").read()) == DATA
    assert len(cloud.requests) == 1


def test_content_whose_checksum_is_not_sent_along_is_verified_with_its_description(
    cloud: Cloud,
) -> None:
    cloud.answers(content_of(DATA), cloud.json(stored(DATA)))
    assert cloud.run(lambda client: client.files.content("file_1").read()) == DATA
    assert len(cloud.requests) == 2


def test_content_that_changed_on_the_way_is_not_saved(cloud: Cloud, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_bytes(b"before")
    cloud.answers(content_of(DATA[:-1], ETag=f'"{sha256(DATA)}"'))
    with pytest.raises(aiaas.ChecksumError, match="file_1 was changed on the way"):
        cloud.run(lambda client: client.files.content("file_1").save(target))
    assert target.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["copy"]


def test_content_is_saved(cloud: Cloud, tmp_path: Path) -> None:
    cloud.answers(cloud.problem("overloaded"), content_of(DATA, ETag=f'"{sha256(DATA)}"'))
    target = tmp_path / "copy"
    assert cloud.run(lambda client: client.files.content("file_1").save(target)) == len(DATA)
    assert target.read_bytes() == DATA
    assert os.listdir(tmp_path) == ["copy"]


def test_content_comes_piece_by_piece_and_leaving_early_releases_the_connection(
    cloud: Cloud,
) -> None:
    closed = 0

    class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Any:
            yield from (b"one", b"two", b"three")

        async def __aiter__(self) -> Any:
            for piece in self:
                yield piece

        def close(self) -> None:
            nonlocal closed
            closed += 1

        async def aclose(self) -> None:
            self.close()

    def use(client: Any) -> Any:
        if isinstance(client, aiaas.AsyncClient):
            return use_async(client)
        with client.files.content("file_1") as content:
            return next(iter(content))

    async def use_async(client: Any) -> Any:
        async with client.files.content("file_1") as content:
            return await anext(aiter(content))

    tag = {"ETag": f'"{sha256(b"onetwothree")}"'}
    cloud.answers(httpx.Response(200, stream=Pieces(), headers=tag))
    assert cloud.run(use) == b"one"
    assert closed == 1
    cloud.answers(httpx.Response(200, stream=Pieces(), headers=tag))
    assert cloud.run(lambda client: client.files.content("file_1").read()) == b"onetwothree"


def test_a_file_that_is_not_there_raises_before_any_piece(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("file_not_found"))
    with pytest.raises(aiaas.NotFoundError):
        cloud.run(lambda client: client.files.content("file_1").read())


def test_a_connection_that_breaks_in_the_middle_raises(cloud: Cloud) -> None:
    class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Any:
            yield b"one"
            raise httpx.ReadError("reset")

        async def __aiter__(self) -> Any:
            for piece in self:
                yield piece

    cloud.answers(httpx.Response(200, stream=Broken(), headers={"ETag": f'"{sha256(b"")}"'}))
    with pytest.raises(aiaas.APIConnectionError) as info:
        cloud.run(lambda client: client.files.content("file_1").read())
    assert (info.value.phase, info.value.host) == ("read", "cloud.test")


@given(
    content=st.binary(max_size=600),
    start=st.integers(0, 700),
    filename=st.text(min_size=1, max_size=20),
)
def test_a_body_is_what_its_parts_say_and_as_long_as_announced(
    content: bytes, start: int, filename: str
) -> None:
    file = io.BytesIO(content)
    file.seek(start)
    upload = Upload(
        file,
        fields=lambda checksum: json.dumps({"sha256": checksum}).encode(),
        filename=filename,
        new_boundary=lambda: "boundary-that-is-not-in-it",
    )
    upload.measure()
    for _ in range(2):
        reader = upload.open()
        body = upload.head
        while chunk := reader.read():
            assert len(chunk) <= CHUNK_BYTES
            body += chunk
        body += upload.tail
        assert len(body) == upload.size_bytes
        expected = content[start:]
        assert upload.sent_sha256 == sha256(expected)
        request = httpx.Request(
            "POST", "http://h", content=body, headers={"Content-Type": upload.content_type}
        )
        (fields, (head, sent)) = parts_in(request)
        assert json.loads(fields[1]) == {"sha256": sha256(expected)}
        assert sent == expected
        assert len(head.split("\r\n")) == 2  # no name adds a header


class Left(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Pieces that are not read to the end."""

    def __init__(self) -> None:
        self.closed = False

    def __iter__(self) -> Any:
        yield from (b"one", b"two", b"three")

    async def __aiter__(self) -> Any:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_the_end_of_the_block_releases_the_connection_however_it_was_read(cloud: Cloud) -> None:
    streams = [Left() for _ in range(3)]
    kept: list[Any] = []

    def use(client: Any) -> Any:
        if isinstance(client, aiaas.AsyncClient):
            return use_async(client)
        with client.files.content("file_1") as content:
            pieces = iter(content)
            next(pieces)
            kept.append(pieces)
            again = iter(content)  # asks anew
            next(again)
            kept.append(again)
        assert [stream.closed for stream in streams] == [True, True, False]
        with pytest.raises(RuntimeError, match="only before it is closed"):
            next(pieces)
        with client.files.content("file_1"):
            pass
        return None

    async def use_async(client: Any) -> None:
        async with client.files.content("file_1") as content:
            pieces = aiter(content)
            await anext(pieces)
            kept.append(pieces)
            async for _ in content:
                break
        assert [stream.closed for stream in streams] == [True, True, False]
        with pytest.raises(RuntimeError, match="only before it is closed"):
            await anext(pieces)
        async with client.files.content("file_1"):
            pass

    tag = {"ETag": f'"{sha256(b"")}"'}
    cloud.answers(*(httpx.Response(200, stream=stream, headers=tag) for stream in streams))
    cloud.run(use)
    assert all(stream.closed for stream in streams)
