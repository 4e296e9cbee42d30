"""A server that is told to stop answers what it has begun."""

import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.case import Multipart
from aiaas_mock.conformance.material import ANKLE_BOOT

REQUESTS = 6


def test_a_stopping_server_answers_what_is_in_flight_and_takes_nothing_new(
    serve: Callable[..., ServerProcess], api_key: str
) -> None:
    server = serve()
    server.wait_for_log('"ready"')
    address = urlsplit(server.url)
    target = (address.hostname, address.port)
    form = Multipart((ANKLE_BOOT,) * 64)
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(target, timeout=30))
            for _ in range(REQUESTS)
        ]
        for connection in connections:
            begin(connection, form, api_key)
        for connection in connections:
            connection.sendall(form.content)
        server.signal(signal.SIGTERM)
        answers = [whole_answer(connection) for connection in connections]
        assert server.wait() == 0
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * REQUESTS
    assert all(answer.count(b'"predictions"') == 64 for answer in answers)
    with socket.socket() as late:
        assert late.connect_ex((address.hostname or "", address.port or 0)) != 0


def begin(connection: socket.socket, form: Multipart, api_key: str) -> None:
    """Send the head, and wait until the server asks for the body: then the request has begun."""
    lines = (
        "POST /v1/images/classify HTTP/1.1",
        "Host: test",
        f"Authorization: Bearer {api_key}",
        f"Content-Type: {form.media_type}",
        f"Content-Length: {len(form.content)}",
        "Expect: 100-continue",
        "",
        "",
    )
    connection.sendall("\r\n".join(lines).encode())
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")


def whole_answer(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def test_an_idle_server_stops_at_once_with_success(serve: Callable[..., ServerProcess]) -> None:
    server = serve("--engine", "null")
    server.wait_for_log('"ready"')
    server.signal(signal.SIGINT)
    assert server.wait(10) == 0
    assert "Traceback" not in server.log
