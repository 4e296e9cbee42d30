"""What only a real socket shows: bodies without end, clients that hang up."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.case import Multipart

CLASSIFY = "/v1/images/classify"
PHOTOS = Path(__file__).parents[2] / "examples" / "photos"
LIMIT_BYTES = 200_000


@pytest.fixture(scope="module")
def small(api_key: str) -> Iterator[ServerProcess]:
    """A server that takes small bodies only."""
    limit = ("--max-body-bytes", str(LIMIT_BYTES))
    with ServerProcess("--api-key", api_key, *limit, "--warm", "fashion-cnn") as server:
        yield server


@contextmanager
def connected(server: ServerProcess) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        yield connection


def head(api_key: str, *lines: str) -> bytes:
    first = (f"POST {CLASSIFY} HTTP/1.1", "Host: test", f"Authorization: Bearer {api_key}")
    return "\r\n".join([*first, *lines, "", ""]).encode()


def answer_of(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(
    small: ServerProcess, api_key: str
) -> None:
    with connected(small) as connection:
        length = f"Content-Length: {LIMIT_BYTES + 1}"
        connection.sendall(head(api_key, "Content-Type: image/png", length))
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"request_too_large"' in answer
    assert b"connection: close" in answer.lower()


def test_a_body_without_length_is_refused_when_it_grows_too_large(
    small: ServerProcess, api_key: str
) -> None:
    chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    with connected(small) as connection:
        connection.sendall(
            head(api_key, "Content-Type: image/png", "Transfer-Encoding: chunked") + 7 * chunk
        )
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_form_without_length_is_refused_when_it_grows_too_large(
    small: ServerProcess, api_key: str
) -> None:
    form = Multipart((bytes(LIMIT_BYTES + 1),))
    with httpx.Client(base_url=small.url) as client:
        response = client.post(
            CLASSIFY,
            content=iter([form.content]),
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": form.media_type or ""},
        )
    assert response.status_code == 413


def test_a_chunked_body_within_the_limit_is_taken(small: ServerProcess, api_key: str) -> None:
    picture = (PHOTOS / "fashion_ankle_boot.png").read_bytes()
    with httpx.Client(base_url=small.url) as client:
        response = client.post(
            f"{CLASSIFY}?model=fashion-cnn",
            content=iter([picture[:100], picture[100:]]),
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "image/png"},
        )
    assert response.json()["results"][0]["predictions"][0]["label"] == "Ankle boot"


def test_a_client_that_hangs_up_in_the_body_is_recorded_and_harms_nobody(
    small: ServerProcess, api_key: str
) -> None:
    with connected(small) as connection:
        connection.sendall(
            head(api_key, "Content-Type: image/png", "Content-Length: 1000") + bytes(10)
        )
    small.wait_for_log(r'"operation":"images.classify","status":499')
    assert httpx.get(f"{small.url}/healthz").status_code == 200


def test_a_client_that_hangs_up_while_it_waits_is_recorded_and_harms_nobody(
    live: ServerProcess, api_key: str
) -> None:
    form = Multipart(((PHOTOS / "parrot.jpg").read_bytes(),) * 32)  # over a second of work
    media_type, length = f"Content-Type: {form.media_type}", f"Content-Length: {len(form.content)}"
    with connected(live) as connection:
        connection.sendall(head(api_key, media_type, length, "Expect: 100-continue"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(form.content)
    live.wait_for_log(r'"operation":"images.classify","status":499')
    assert httpx.get(f"{live.url}/readyz").status_code == 200


def test_a_client_that_sends_nothing_for_too_long_gets_504(api_key: str) -> None:
    options = ("--request-timeout-s", "0.05", "--warm", "fashion-cnn")
    with (
        ServerProcess("--api-key", api_key, *options) as server,
        connected(server) as connection,
    ):
        started = time.monotonic()
        connection.sendall(head(api_key, "Content-Type: image/png", "Content-Length: 1000"))
        answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 504 ")
    assert time.monotonic() - started < 5
