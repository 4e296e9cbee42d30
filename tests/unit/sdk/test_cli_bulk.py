"""``aiaas images`` with many pictures, what is told on the way, and how it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner, Result

from aiaas.cli._app import app
from aiaas.testing import Call, FakeCloud, classification, embedding, item_error

Run = Callable[..., Result]


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{number:02d}.png" for number in range(12)]
    for path in paths:
        path.write_bytes(path.stem.encode())
    return [str(path) for path in paths]


def echo(call: Call) -> list[BaseModel]:
    """Classify a picture as what it holds, so that a swapped answer is seen."""
    return [classification(f"is {picture.decode()}") for picture in call.inputs]


def test_many_pictures_travel_together_and_keep_their_order(
    fake: FakeCloud, run: Run, photos: list[str]
) -> None:
    fake.on("images.classify").answers(echo)
    result = run("images", "classify", *photos)
    assert result.exit_code == 0
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["picture", "label", "score", "model"]  # none was timed alone
    rows = [line.split() for line in lines]
    assert [(row[0], row[2]) for row in rows] == [(photo, Path(photo).stem) for photo in photos]
    fake.assert_called("images.classify", times=1)


def test_of_many_pictures_those_that_cannot_be_used_are_named(
    fake: FakeCloud, run: Run, photos: list[str]
) -> None:
    def one_is_broken(call: Call) -> list[BaseModel]:
        return [item_error(detail="Truncated."), *echo(call)[1:]]

    fake.on("images.classify").answers(one_is_broken)
    result = run("images", "classify", "--json", *photos, "missing.png")
    assert result.exit_code == 4
    assert len(result.stdout.splitlines()) == 11
    assert json.loads(result.stdout.splitlines()[0])["picture"] == photos[1]
    assert result.stderr.splitlines() == [
        "error: missing.png: No such file or directory",
        f"error: {photos[0]}: Truncated.",
    ]


def test_when_no_picture_can_be_read_nothing_is_sent(fake: FakeCloud, run: Run) -> None:
    result = run("images", "embed", *[f"missing-{number}.png" for number in range(9)])
    assert result.exit_code == 4
    assert len(result.stderr.splitlines()) == 9
    assert fake.calls == []


def test_many_pictures_are_embedded(fake: FakeCloud, run: Run, photos: list[str]) -> None:
    fake.on("images.embed").answers(embedding(1, 0))
    result = run("images", "embed", "--json", *photos)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["embedding"] for line in found] == [[1.0, 0.0]] * 12
    assert "duration_ms" not in found[0]  # they were not sent one by one


def test_verbose_tells_requests_and_retries_on_standard_error(
    fake: FakeCloud, run: Run, photos: list[str]
) -> None:
    fake.on("images.classify").fails(503).answers(echo)
    result = run("images", "classify", "--json", "--verbose", photos[0])
    assert len(result.stdout.splitlines()) == 1
    told = [line.split(" ", 1)[1] for line in result.stderr.splitlines()]
    assert told[0].startswith("images.classify: attempt 1, POST /v1/images/classify -> 503")
    assert told[0].endswith("request req_fake_0001")
    assert told[1] == "images.classify: again in 0.25 s"
    assert "attempt 2" in told[2]


def test_without_verbose_nothing_is_told(fake: FakeCloud, run: Run, photos: list[str]) -> None:
    fake.on("images.classify").fails(503).answers(echo)
    assert run("images", "classify", photos[0]).stderr == ""


def test_giving_up_says_how_often_it_was_tried(fake: FakeCloud, run: Run) -> None:
    fake.on("models.retrieve").fails("overloaded")
    result = run("models", "show", "m")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Gave up after 3 attempts; --verbose shows them."


def test_usage_is_a_table_or_json(fake: FakeCloud, run: Run) -> None:
    row = {"operation": "images.classify", "requests": 1234, "failed_requests": 5, "inputs": 70}
    report = {"object": "usage", "namespace": "team", "since": "2026-01-02T03:04:05Z"}
    fake.on("usage.retrieve").answers(namespace="team", since=report["since"], data=[row])
    lines = run("usage", "--operation", "images.classify").stdout.splitlines()
    assert lines[0] == "namespace team, since 2026-01-02 03:04 UTC"
    assert lines[2].split() == ["images.classify", "1,234", "5", "70"]
    assert json.loads(run("usage", "--json").stdout)["data"] == [row]
    fake.assert_called("usage.retrieve", times=1, operation="images.classify")


def test_an_interrupt_is_a_line_and_a_status_of_its_own(fake: FakeCloud, run: Run) -> None:
    def interrupted(_: Call) -> BaseModel:
        raise KeyboardInterrupt

    fake.on("models.retrieve").answers(interrupted)
    result = run("models", "show", "m")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")


def test_ctrl_c_stops_a_command_that_waits() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        silent.settimeout(30)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "aiaas.cli", "ping", "--base-url", url]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with silent.accept()[0] as connection:
            connection.settimeout(30)
            assert connection.recv(16).startswith(b"GET /healthz")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


PROGRAM = """
import sys
from aiaas.cli._app import app
from aiaas.testing import FakeCloud
fake = FakeCloud()
fake.on("images.classify").answers()
app(sys.argv[1:], obj=lambda key, *, base_url, profile: fake.client())
"""


def on_a_terminal(*arguments: str) -> tuple[str, str]:
    """Run a command whose standard error is a terminal; return its two outputs."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    with closing(os.fdopen(leader, "rb", buffering=0)) as terminal:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=follower,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(follower)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        told = b""
        while True:
            try:
                piece = terminal.read(65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not piece:
                break
            told += piece
    return out.decode(), told.decode()


def test_a_terminal_gets_a_progress_bar_and_a_pipe_clean_json(photos: list[str]) -> None:
    out, told = on_a_terminal("images", "classify", "--json", *photos)
    assert [json.loads(line)["picture"] for line in out.splitlines()] == photos
    assert "classifying" in told
    assert "12/12" in told


def test_a_terminal_that_is_told_everything_gets_no_bar(photos: list[str]) -> None:
    _, told = on_a_terminal("images", "classify", "--json", "--verbose", *photos)
    assert "12/12" not in told
    assert "attempt 1, POST /v1/images/classify -> 200" in told


def test_completion_is_made_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    result = CliRunner().invoke(app, ["--show-completion", "bash"], prog_name="aiaas")
    assert result.exit_code == 0
    assert "_AIAAS_COMPLETE" in result.stdout


@pytest.mark.parametrize("command", ["models list", "usage", "images classify x", "files list"])
def test_no_colour_is_used_when_none_is_wanted(
    run: Run, fake: FakeCloud, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b" not in run(*command.split(), "--help").output
