"""`aiaas-mock verify` tells a good deployment from a bad one and from none."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from click.testing import CliRunner

from aiaas_mock.cli.commands import cli
from aiaas_mock.conformance import ServerProcess, all_cases

Serve = Callable[..., ServerProcess]


def verify(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["verify", *arguments])
    return result.exit_code, result.output


def test_a_deployment_that_keeps_the_contract_passes(live: ServerProcess, api_key: str) -> None:
    code, output = verify("--target", live.url, "--api-key", api_key)
    assert code == 0, output
    assert f"{len(list(all_cases()))} cases ok" in output
    assert "images.classify" in output


def test_differences_are_shown_and_fail(live: ServerProcess) -> None:
    code, output = verify(
        "--target", live.url, "--api-key", "a-key-of-nobody-here", "--operation", "models.list"
    )
    assert code == 1
    assert "DIFFERS models.list (happy): gives a page of models" in output
    assert "- status: expected 200, got 401" in output
    assert "models.list    0/3" in output
    assert "images.classify" not in output


def test_a_deployment_that_is_not_there_is_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code, output = verify("--target", url, "--api-key", "any-key-will-do-here")
    assert code == 2
    assert output.startswith(f"error: cannot reach {url}: ")


def test_an_address_that_is_none_is_told_apart() -> None:
    code, output = verify("--target", "nonsense", "--api-key", "any-key-will-do-here")
    assert code == 2
    assert "nonsense" in output


def test_an_unknown_operation_is_a_usage_error() -> None:
    code, output = verify("--target", "http://x", "--api-key", "k", "--operation", "images.paint")
    assert code == 2
    assert "images.paint" in output


@pytest.fixture
def web_page() -> Iterator[str]:
    """The address of something that is no deployment."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>Welcome</h1>")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_is_no_deployment_is_told_apart(web_page: str) -> None:
    code, output = verify("--target", web_page, "--api-key", "any-key-will-do-here")
    assert code == 2
    assert f"{web_page} is no aiaas deployment: GET /healthz was answered with 200 (text/html)" in (
        output
    )


def test_a_recorded_run_is_verified_again_without_a_server(
    live: ServerProcess, api_key: str, tmp_path: Path
) -> None:
    cassette = str(tmp_path / "run.har")
    only = ("--operation", "files.list")
    assert verify("--target", live.url, "--api-key", api_key, "--record", cassette, *only)[0] == 0
    assert api_key not in (tmp_path / "run.har").read_text("utf-8")
    code, output = verify("--target", cassette, "--api-key", "a-key-that-nobody-has", *only)
    assert code == 0, output
    code, output = verify("--target", cassette, "--api-key", "x", "--operation", "models.list")
    assert code == 1
    assert "- no recorded answer to GET /v1/models: the cassette is empty" in output


def test_what_a_lab_recorded_of_a_run_is_verified_again(
    live: ServerProcess, api_key: str, tmp_path: Path
) -> None:
    only = ("--api-key", api_key, "--operation", "text.detect_language")
    lab = f"{live.url}/_mock/recordings"
    made = httpx.post(f"{lab}/start", json={}).json()
    try:
        code, output = verify("--target", live.url, *only)
    finally:
        httpx.post(f"{lab}/stop")
    assert code == 0, output
    file = tmp_path / "run.har"
    file.write_bytes(httpx.get(f"{lab}/{made['id']}").content)
    httpx.delete(f"{lab}/{made['id']}")
    code, output = verify("--target", str(file), *only)
    assert code == 0, output


def test_a_cassette_that_is_none_is_told_apart(tmp_path: Path) -> None:
    for text, words in (("[]", "not a HAR file"), (None, "No such file")):
        file = tmp_path / "wrong.har"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text, "utf-8")
        code, output = verify("--target", str(file), "--api-key", "x")
        assert code == 2
        assert words in output


def test_a_cassette_is_not_recorded_from_a_cassette(tmp_path: Path) -> None:
    code, output = verify(
        "--target", "a.har", "--api-key", "x", "--record", str(tmp_path / "b.har")
    )
    assert code == 2
    assert "--record needs a deployment" in output


def test_the_outcome_is_told_to_programs_too(live: ServerProcess) -> None:
    wrong = ("--target", live.url, "--api-key", "nobody", "--operation", "usage.retrieve")
    code, output = verify(*wrong, "--format", "json")
    found = json.loads(output)
    assert code == 1
    assert found["failed"] == sum(not case["ok"] for case in found["cases"]) > 0
    code, output = verify(*wrong, "--format", "junit")
    suite = ET.fromstring(output)  # noqa: S314  # our own
    assert code == 1
    assert suite.get("failures") == str(found["failed"]) == str(len(suite.findall(".//failure")))
    assert suite.get("tests") == str(found["total"])
