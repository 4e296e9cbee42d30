"""`InProcessTransport`: what a plain httpx client sees of an application in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from aiaas_mock.testing import AppThread, InProcessTransport


def test_the_application_gets_the_request_as_from_a_server(
    http: httpx.Client, small_app: Any
) -> None:
    answer = http.post("/echo?a=1", content=b"hello", headers={"X-Mine": "yes"})

    assert (answer.status_code, answer.content) == (200, b"hello")
    assert answer.http_version == "HTTP/1.1"
    (scope,) = small_app.scopes
    assert scope["query_string"] == b"a=1"
    assert (b"x-mine", b"yes") in scope["headers"]
    assert scope["client"] == ("127.0.0.1", 0)


def test_pieces_arrive_when_they_are_sent(http: httpx.Client) -> None:
    with http.stream("GET", "/pieces") as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"one"
        http.get("/release")  # only now may the second be sent
        assert list(pieces) == [b"two"]


def test_a_body_is_sent_piece_by_piece(http: httpx.Client) -> None:
    def body() -> Iterator[bytes]:
        yield b"a"
        http.get("/release")  # answered while this request is still being sent
        yield b"b"

    assert http.post("/echo", content=body()).content == b"ab"


def test_a_body_of_known_length_may_come_in_pieces(http: httpx.Client) -> None:
    headers = {"Content-Length": "2"}
    answer = http.post("/echo", content=iter([b"a", b"b"]), headers=headers)
    assert answer.content == b"ab"


def test_large_bodies_pass_in_both_directions(http: httpx.Client) -> None:
    pieces = [bytes([number]) * 100_000 for number in range(50)]
    assert http.post("/echo", content=iter(pieces)).content == b"".join(pieces)


def test_an_application_that_sends_waits_for_its_reader(http: httpx.Client, small_app: Any) -> None:
    with http.stream("GET", "/flood") as answer:
        pieces = answer.iter_raw()
        read_bytes = sum(len(next(pieces)) for _ in range(100))
        assert small_app.sent_bytes <= read_bytes + 2 * 65536
    assert small_app.left.wait(5)


def test_a_closed_response_is_told_to_the_application(http: httpx.Client, small_app: Any) -> None:
    with http.stream("GET", "/flood") as answer:
        next(answer.iter_raw())
    assert small_app.left.wait(5)


def test_an_application_that_does_not_answer_is_a_read_timeout(
    http: httpx.Client, small_app: Any
) -> None:
    with pytest.raises(httpx.ReadTimeout) as caught:
        http.get("/silent", timeout=0.02)
    assert caught.value.request.url.path == "/silent"
    assert small_app.left.wait(5)


def test_an_application_that_takes_no_body_is_a_write_timeout(http: httpx.Client) -> None:
    body = iter([bytes(200_000), bytes(200_000)])
    with pytest.raises(httpx.WriteTimeout):
        http.post("/deaf", content=body, timeout=0.02)


def test_a_refusal_is_read_before_the_body_is_sent(http: httpx.Client) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield bytes(200_000)

    answer = http.post("/refuses", content=body())
    assert (answer.status_code, answer.text) == (413, "too large")
    assert sent < 1000


def test_what_the_application_raises_is_raised_for_the_caller(http: httpx.Client) -> None:
    with pytest.raises(ZeroDivisionError, match="in the application"):
        http.get("/fails")
    with http.stream("GET", "/fails_midway") as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"one"
        with pytest.raises(ZeroDivisionError):
            next(pieces)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nothing", "without sending a response"),
        ("/stops", "without sending complete message body"),
        ("/short", "without sending complete message body"),
    ],
)
def test_an_answer_that_is_not_whole_is_a_protocol_error(
    http: httpx.Client, path: str, message: str
) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match=message) as caught:
        http.get(path)
    assert caught.value.request.url.path == path


def test_faults_of_the_wire_keep_their_kind(http: httpx.Client, small_app: Any) -> None:
    errors = []
    for _ in range(2):
        with pytest.raises(httpx.ReadError, match="reset by peer") as caught:
            http.get("/breaks")
        errors.append(caught.value)
    assert errors[0] is not errors[1]  # each has a request of its own


def test_an_answer_to_head_has_no_body(http: httpx.Client) -> None:
    answer = http.head("/short")
    assert (answer.content, answer.headers["content-length"]) == (b"", "10")


def test_threads_get_their_own_answers(http: httpx.Client) -> None:
    def ask(number: int) -> bool:
        body = str(number).encode() * 1000
        return http.post("/echo", content=body).content == body

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))


def test_an_asynchronous_body_is_refused(http: httpx.Client) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(RuntimeError):
        http.post("/echo", content=body())


def test_nothing_is_sent_to_an_application_that_is_not_running(small_app: Any) -> None:
    transport = InProcessTransport(AppThread(small_app))
    with (
        httpx.Client(transport=transport, base_url="http://mock.localhost") as client,
        pytest.raises(RuntimeError, match="not running"),
    ):
        client.get("/echo")


def test_a_response_may_be_closed_after_the_application_stopped(small_app: Any) -> None:
    with AppThread(small_app, grace_s=0.01) as running:
        client = httpx.Client(
            transport=InProcessTransport(running), base_url="http://mock.localhost"
        )
        answer = client.send(client.build_request("GET", "/pieces"), stream=True)
    answer.close()
    client.close()


def test_an_error_after_the_answer_is_not_lost(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert http.get("/fails_later").text == "all"
    http.get("/release")  # the event loop has come round
    assert "ZeroDivisionError" in caplog.text
