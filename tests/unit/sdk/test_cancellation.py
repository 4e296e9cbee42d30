"""A cancelled call leaves nothing behind: no file, no handle, no thread that goes on."""

from __future__ import annotations

import asyncio
import io
import os
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import aiaas
from aiaas._async import _runtime, file_content
from aiaas._core.destinations import Destination
from aiaas._core.uploads import Upload, UploadReader


async def cancelled(call: Awaitable[Any], begun: threading.Event) -> None:
    """Cancel a call, twice, as soon as something has begun in a thread."""
    task = asyncio.ensure_future(call)
    while not begun.is_set():  # noqa: ASYNC110 - it is set by a thread
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def slowly(begun: threading.Event, function: Callable[..., Any]) -> Callable[..., Any]:
    def slow(*arguments: Any) -> Any:
        begun.set()
        time.sleep(0.1)
        return function(*arguments)

    return slow


def client_of(answer: Callable[[httpx.Request], Any]) -> aiaas.AsyncClient:
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return aiaas.AsyncClient("k", base_url="http://cloud.test", http_client=http_client)


async def read_all(request: httpx.Request) -> httpx.Response:
    await request.aread()
    return httpx.Response(500)


async def test_no_temporary_file_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    monkeypatch.setattr(file_content, "Destination", slowly(begun, Destination))
    client = client_of(lambda request: httpx.Response(200, content=b"x"))
    await cancelled(client.files.content("file_1").save(tmp_path / "copy"), begun)
    assert os.listdir(tmp_path) == []


async def test_no_file_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, begun = tmp_path / "file", threading.Event()
    readers: list[UploadReader] = []
    path.write_bytes(b"x" * 1000)
    real = Upload.open

    def slow_open(upload: Upload) -> UploadReader:
        reader = real(upload)
        if readers:  # the first is for the checksum
            begun.set()
            time.sleep(0.1)
        readers.append(reader)
        return reader

    monkeypatch.setattr(Upload, "open", slow_open)
    await cancelled(client_of(read_all).files.create(path), begun)
    assert [reader._file.closed for reader in readers] == [True, True]  # type: ignore[attr-defined]


async def test_the_callers_file_is_not_read_after_the_call_ended() -> None:
    begun, ended = threading.Event(), []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            begun.set()
            time.sleep(0.1)
            ended.append(time.monotonic())
            return super().read(size)

    call = client_of(read_all).files.create(Slow(bytes(1_000_000)), filename="f", checksum=False)
    await cancelled(call, begun)
    count = len(ended)
    await asyncio.sleep(0.15)
    assert len(ended) == count == 1


async def test_what_a_thread_raises_is_raised() -> None:
    def fail() -> None:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        await _runtime.call_blocking(fail)
