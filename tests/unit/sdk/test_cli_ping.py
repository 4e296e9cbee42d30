"""``aiaas ping`` against a server on this machine."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aiaas.cli._app import app
from aiaas.cli._profile_file import write_profiles

Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server that says how it is, and give its address."""
    servers: list[ThreadingHTTPServer] = []

    def begin(
        readiness: str = "ready",
        health: bytes = b'{"version": "1.2.3"}',
        certificate: Path | None = None,
    ) -> str:
        ready = json.dumps({"status": readiness, "models": []}).encode()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the base class's name
                body = health if self.path == "/base/healthz" else ready
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Request-Id", "req_ping")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        scheme = "https" if certificate else "http"
        return f"{scheme}://127.0.0.1:{server.server_port}/base/"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


def ping(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["ping", *arguments])


def test_a_deployment_that_is_there_is_told_with_its_steps(start: Start) -> None:
    url = start()
    result = ping("--base-url", url)
    assert result.exit_code == 0, result.output
    first, second, header, *steps = result.stdout.splitlines()
    assert first == f"{url.rstrip('/')} (127.0.0.1)"
    assert second == "server 1.2.3, ready, request req_ping"
    assert header.split() == ["step", "time"]
    names = [re.split(r"\s{2,}", step)[0] for step in steps]
    assert names == ["DNS", "TCP", "first byte", "rest", "total"]


def test_a_program_gets_json(start: Start) -> None:
    found = json.loads(ping("--json", "--base-url", start()).stdout)
    assert (found["version"], found["readiness"], found["request_id"]) == (
        "1.2.3",
        "ready",
        "req_ping",
    )
    steps = found["steps_ms"]
    assert steps["total"] == pytest.approx(sum(steps.values()) - steps["total"], abs=0.01)


def test_the_address_of_a_profile_is_taken(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("AIAAS_CONFIG", str(file))
    write_profiles(file, {"here": {"base_url": start()}})
    assert ping("--profile", "here").exit_code == 0
    missing = ping("--profile", "there")
    assert missing.exit_code == 2
    assert "There is no profile 'there'" in missing.stderr
    file.write_text("no toml")
    assert ping().exit_code == 2


def test_one_that_is_not_ready_has_a_status_of_its_own(start: Start) -> None:
    result = ping("--base-url", start("starting"))
    assert result.exit_code == 1
    assert "server 1.2.3, starting" in result.stdout
    assert result.stderr == "error: the deployment is there, but not ready\n"


def test_encryption_is_a_step_of_its_own(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    certificate = tmp_path / "both.pem"
    made = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {certificate}"
    named = f"-addext subjectAltName=IP:127.0.0.1 -out {tmp_path / 'certificate.pem'}"
    subprocess.run([openssl, *made.split(), *named.split()], check=True, capture_output=True)
    certificate.write_bytes(certificate.read_bytes() + (tmp_path / "certificate.pem").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    found = json.loads(ping("--json", "--base-url", start(certificate=certificate)).stdout)
    assert list(found["steps_ms"]) == ["DNS", "TCP", "TLS", "first byte", "rest", "total"]


@pytest.mark.parametrize("health", [b"<h1>hello</h1>", b"[]"])
def test_something_else_at_that_address_is_unknown(start: Start, health: bytes) -> None:
    assert "server unknown" in ping("--base-url", start(health=health)).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_nobody_there_is_told_with_the_step(start: Start) -> None:
    for url, words in (
        (f"http://127.0.0.1:{free_port()}", "Could not connect to 127.0.0.1"),
        ("http://no-such-host.invalid", "Could not find the address of no-such-host.invalid"),
        (start().replace("http:", "https:"), "Could not agree on encryption with 127.0.0.1"),
    ):
        result = ping("--base-url", url)
        assert result.exit_code == 3
        assert result.stderr.startswith(f"error: {words}")


def test_one_that_does_not_answer_times_out() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        result = ping("--base-url", f"http://127.0.0.1:{port}", "--timeout-s", "0.1")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: Timed out while awaiting the answer of 127.0.0.1")


def test_an_address_that_is_none_is_wrong_usage() -> None:
    result = ping("--base-url", "ai.example.com")
    assert result.exit_code == 2
    assert "or 'https://host'" in result.stderr


def test_an_address_with_the_version_says_to_leave_it_out() -> None:
    result = ping("--base-url", "http://127.0.0.1:9/v1")
    assert result.exit_code == 2
    assert "leave out '/v1'" in result.stderr


def test_a_port_without_encryption_is_told_as_such(start: Start) -> None:
    result = ping("--base-url", start().replace("http:", "https:"))
    assert "should base_url begin with 'http://'?" in result.stderr
