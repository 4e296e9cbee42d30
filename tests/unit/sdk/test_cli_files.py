"""``aiaas files``: store, list, fetch and delete."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.cli._progress import CountedFile
from aiaas.testing import FakeCloud

Run = Callable[..., Result]

FILE = {
    "id": "file_1",
    "filename": "report [final].txt",
    "media_type": "text/plain",
    "purpose": "batch",
    "size_bytes": 1234567,
    "sha256": "0" * 64,
    "created_at": "2026-01-02T03:04:05Z",
    "expires_at": None,
}

CONTENT = b"\x00bytes\xff"


@pytest.fixture
def fake() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments: CliRunner().invoke(app, ["files", *arguments], obj=make)


def test_a_file_is_stored_and_its_id_printed(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "photos.jsonl"
    path.write_bytes(b"a\r\nb" * 1000)
    fake.on("files.create").answers(id="file_1")

    result = run("create", str(path), "--purpose", "batch", "--expires-after-s", "60")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "file_1\n", "")
    fake.assert_called(
        "files.create",
        times=1,
        purpose="batch",
        expires_after_s=60,
        inputs=[b"a\r\nb" * 1000],
    )
    assert b"photos.jsonl" in fake.calls[0].body
    assert json.loads(run("create", str(path), "--json").stdout)["purpose"] == "general"


def test_a_file_that_is_not_there_is_named(fake: FakeCloud, run: Run) -> None:
    result = run("create", "missing.bin")
    assert result.exit_code == 2
    assert result.stderr == "error: missing.bin: No such file or directory\n"
    assert fake.calls == []


def test_files_are_listed(fake: FakeCloud, run: Run) -> None:
    later = {**FILE, "id": "file_2", "expires_at": "2027-01-02T03:04:05Z"}
    fake.on("files.list").answers(FILE, later)
    rows = run("list", "--purpose", "batch").stdout.splitlines()[1:]
    assert "report [final].txt" in rows[0]
    assert rows[0].split()[-4:] == ["1,234,567", "2026-01-02", "03:04", "never"]
    assert rows[1].endswith("2027-01-02 03:04")
    fake.assert_called("files.list", purpose="batch")
    lines = run("list", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["file_1", "file_2"]


def test_a_file_is_described(fake: FakeCloud, run: Run) -> None:
    fake.on("files.retrieve").answers(FILE)
    text = run("show", "file_1").stdout
    assert "1,234,567 bytes" in text
    assert "never" in text
    assert json.loads(run("show", "file_1", "--json").stdout)["id"] == "file_1"
    fake.assert_called("files.retrieve", times=2, file="file_1")


def test_the_bytes_of_a_file_are_fetched(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    fake.on("files.content").answers(CONTENT)
    assert run("download", "file_1").stdout_bytes == CONTENT
    target = tmp_path / "here.bin"
    assert run("download", "file_1", "--output", str(target)).exit_code == 0
    assert target.read_bytes() == CONTENT


def test_a_file_that_exists_is_written_over_only_when_told(
    fake: FakeCloud, run: Run, tmp_path: Path
) -> None:
    fake.on("files.content").answers(CONTENT)
    target = tmp_path / "here.bin"
    target.write_bytes(b"old")
    result = run("download", "file_1", "-o", str(target))
    assert (result.exit_code, target.read_bytes()) == (2, b"old")
    assert "--force writes over it" in result.stderr
    assert run("download", "file_1", "-o", str(target), "--force").exit_code == 0
    assert target.read_bytes() == CONTENT


def test_a_download_that_fails_leaves_no_file(fake: FakeCloud, run: Run, tmp_path: Path) -> None:
    fake.on("files.content").fails("not_found")
    target = tmp_path / "here.bin"
    assert run("download", "file_1", "-o", str(target)).exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_files_are_deleted(fake: FakeCloud, run: Run) -> None:
    fake.on("files.delete").answers()
    assert run("delete", "file_1", "file_2").stderr == "file_1 deleted\nfile_2 deleted\n"
    assert json.loads(run("delete", "file_3", "--json").stdout)["deleted"] is True
    fake.assert_called("files.delete", times=1, file="file_2")


def test_an_upload_tells_how_far_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "ten"
    path.write_bytes(b"0123456789")
    told: list[int] = []
    with path.open("rb") as file:
        counted = CountedFile(file, told.append)
        assert (counted.read(4), counted.read(), counted.tell()) == (b"0123", b"456789", 10)
        assert (counted.seek(0), counted.read(1)) == (0, b"0")  # a second attempt
        assert (counted.name, counted.seekable()) == (str(path), True)
    assert told == [4, 10, 1]
