"""A deadline holds against a deployment that always does just enough."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import aiaas
from aiaas.contract.system import HEALTH

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
LATE_S = 1.5
"""Less than any of these would take without the deadline, and time enough for a busy machine."""

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve each connection with a function."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def start(answer: Callable[[socket.socket], None]) -> str:
            def accept() -> None:
                connection, _ = listener.accept()
                try:
                    answer(connection)
                except OSError:
                    pass  # the client left, as it should
                finally:
                    connection.close()

            threading.Thread(target=accept, daemon=True).start()
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield start


def late(connection: socket.socket) -> None:
    """Answer the head shortly before a deadline of 2 seconds, and the body long after."""
    connection.recv(65536)
    time.sleep(1.8)
    connection.sendall(HEAD)
    time.sleep(5)
    connection.sendall(bytes(900))


def slow(connection: socket.socket) -> None:
    """Take what is sent, little by little."""
    while connection.recv(100_000):
        time.sleep(0.1)


def dripping(connection: socket.socket) -> None:
    """Answer byte by byte."""
    connection.recv(65536)
    for byte in HEAD:
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def health(client: Any) -> Any:
    return client.request(HEALTH)


def upload(client: Any) -> Any:
    return client.files.create(bytes(20_000_000), checksum=False)


def picture(client: Any) -> Any:
    return client.images.classify(b"\x89PNG\r\n\x1a\n" + bytes(20_000_000))


@pytest.mark.parametrize(
    ("answer", "call", "deadline_s", "phase"),
    [
        (late, health, 2.0, "read"),
        (slow, upload, 0.4, "write"),
        (slow, picture, 0.4, "write"),
    ],
)
def test_a_call_of_a_thread_ends_in_time(
    serve: Serve, answer: Any, call: Any, deadline_s: float, phase: str
) -> None:
    with aiaas.Client("k", base_url=serve(answer), deadline_s=deadline_s) as client:
        assert client.images  # imported before the time is taken
        started_s = time.monotonic()
        with pytest.raises(aiaas.CallDeadlineError) as info:
            call(client)
        assert time.monotonic() - started_s < deadline_s + LATE_S
    assert isinstance(info.value.last_failure, aiaas.APITimeoutError)
    assert info.value.last_failure.phase == phase


@pytest.mark.parametrize(
    ("answer", "call", "deadline_s", "phase"),
    [
        (late, health, 2.0, "read"),
        (slow, upload, 0.4, "write"),
        (slow, picture, 0.4, "write"),
        (dripping, health, 0.4, "read"),
    ],
)
async def test_a_call_of_a_task_ends_in_time(
    serve: Serve, answer: Any, call: Any, deadline_s: float, phase: str
) -> None:
    async with aiaas.AsyncClient("k", base_url=serve(answer), deadline_s=deadline_s) as client:
        assert client.images  # imported before the time is taken
        started_s = time.monotonic()
        with pytest.raises(aiaas.CallDeadlineError) as info:
            await call(client)
        assert time.monotonic() - started_s < deadline_s + LATE_S
    assert isinstance(info.value.last_failure, aiaas.APITimeoutError)
    assert info.value.last_failure.phase == phase
