"""What passes through a client can be written down, and played again without a server."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from aiaas_mock.cassettes import (
    Cassette,
    CassetteError,
    Player,
    Recorder,
    Redaction,
    UnmatchedRequestError,
    read_har,
    write_har,
)

KEY = "sk_mock_default_a-secret-that-must-not-be-seen"
URL = "http://cloud.test"
Answer = Callable[[httpx.Request], httpx.Response]


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def seconds() -> Callable[[], float]:
    ticks = iter(range(1000))
    return lambda: next(ticks) / 4


def recorder(answer: Answer) -> Recorder:
    return Recorder(
        httpx.MockTransport(answer),
        redaction=Redaction({"api_key": KEY}),
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        monotonic=seconds(),
    )


def recorded(answer: Answer, *requests: httpx.Request) -> Cassette:
    tape = recorder(answer)
    with httpx.Client(transport=tape) as client:
        for request in requests:
            client.send(request)
    return read_har(write_har(tape.cassette))


def player(cassette: Cassette, key: str = KEY) -> httpx.Client:
    return httpx.Client(
        base_url="http://elsewhere.test",
        transport=Player(cassette, redaction=Redaction({"api_key": key})),
    )


def echo(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"path": request.url.path, "sent": request.content.decode()})


def with_key(key: str = KEY) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_chunks_are_kept_through_the_file() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Pieces(b"event: a\n", b"\n", b"event: b\n\n"))

    cassette = recorded(answer, httpx.Request("GET", f"{URL}/stream"))
    with player(cassette) as client, client.stream("GET", "/stream") as response:
        assert list(response.iter_raw()) == [b"event: a\n", b"\n", b"event: b\n\n"]
    [exchange] = cassette.exchanges
    assert exchange.wait_ms == 250
    assert [chunk.at_ms for chunk in exchange.chunks] == [250, 500, 750]


async def test_an_asynchronous_client_is_recorded_and_answered_too() -> None:
    tape = recorder(lambda request: httpx.Response(200, stream=Pieces(b"one", b"two")))
    async with httpx.AsyncClient(transport=tape) as client:
        await client.get(f"{URL}/stream")
    replayed = Player(tape.cassette, redaction=Redaction())
    async with httpx.AsyncClient(transport=replayed, base_url=URL) as client:
        async with client.stream("GET", "/stream") as response:
            assert [piece async for piece in response.aiter_raw()] == [b"one", b"two"]
        with pytest.raises(UnmatchedRequestError):
            await client.get("/other")


def test_no_secret_is_in_the_file() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = {"access_token": "minted", "items": [{"note": f"of {KEY}"}], "n": 1}
        return httpx.Response(200, json=body, headers={"Set-Cookie": "session=1"})

    form = {"client_secret": KEY, "grant_type": "client_credentials"}
    requests = [
        httpx.Request("POST", f"{URL}/oauth/token", data=form),
        httpx.Request(
            "POST", f"{URL}/x?key={KEY}", json={"hash_key": "hidden"}, headers=with_key()
        ),
        httpx.Request("GET", f"{URL}/x", headers={"Authorization": "Basic aGlkZGVu"}),
        httpx.Request("GET", f"{URL}/x", headers={"Authorization": "hidden"}),
        httpx.Request("POST", f"{URL}/x", json={"hash_key": 1, "list": ["a"]}),
    ]
    tape = recorder(answer)
    with httpx.Client(transport=tape) as client:
        for request in requests:
            client.send(request)
    har = write_har(tape.cassette)
    for secret in (KEY, "minted", "hidden", "aGlkZGVu", "session=1"):
        assert secret not in har
    assert "Bearer [api_key]" in har
    assert "Basic [redacted]" in har


def test_a_body_that_says_it_is_json_and_is_not_is_kept() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        kind = {"Content-Type": "application/json"}
        return httpx.Response(200, content=b'{"api_key": ', headers=kind)

    cassette = recorded(answer, httpx.Request("GET", URL))
    assert cassette.exchanges[0].response_body == b'{"api_key": '


def test_a_cassette_is_played_to_who_has_another_key() -> None:
    cassette = recorded(echo, httpx.Request("GET", f"{URL}/x", headers=with_key()))
    with player(cassette, key="another") as client:
        assert client.get("/x", headers=with_key("another")).json()["path"] == "/x"
        with pytest.raises(UnmatchedRequestError, match="authorization: recorded"):
            client.get("/x", headers=with_key("a wrong one"))
        with pytest.raises(UnmatchedRequestError, match="asked ''"):
            client.get("/x")


def test_equal_requests_get_their_answers_in_order_and_the_last_one_stays() -> None:
    numbers = iter("123")
    request = httpx.Request("GET", f"{URL}/x")
    cassette = recorded(lambda _: httpx.Response(200, text=next(numbers)), request, request)
    with player(cassette) as client:
        assert [client.get("/x").text for _ in range(3)] == ["1", "2", "2"]


def test_what_clients_make_anew_does_not_matter() -> None:
    def form(boundary: str, key: str) -> httpx.Request:
        kind = f"multipart/form-data; boundary={boundary}"
        headers = {"Content-Type": kind, "Idempotency-Key": key}
        return httpx.Request("POST", f"{URL}/x", content=f"--{boundary}--", headers=headers)

    cassette = recorded(lambda _: httpx.Response(201), form("aaa", "1"))
    with player(cassette) as client:
        assert client.send(form("bbb", "2")).status_code == 201


def test_bytes_that_are_no_text_come_back_as_they_were() -> None:
    picture = b"\x89PNG\r\n\x1a\n\xff"
    request = httpx.Request("POST", f"{URL}/x", content=picture)
    cassette = recorded(lambda _: httpx.Response(299, content=picture), request)
    with player(cassette) as client:
        assert client.post("/x", content=picture).content == picture
    assert cassette.exchanges[0].request_body == picture


def test_compression_is_taken_off() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        packed = gzip.compress(b"a text")
        return httpx.Response(200, stream=Pieces(packed), headers={"Content-Encoding": "gzip"})

    cassette = recorded(answer, httpx.Request("GET", URL))
    with player(cassette) as client:
        assert client.get("/").text == "a text"
    assert len(cassette.exchanges[0].chunks) == 1


def test_an_answer_that_nobody_read_to_its_end_is_left_out() -> None:
    tape = recorder(lambda request: httpx.Response(200, stream=Pieces(b"a", b"b")))
    with httpx.Client(transport=tape) as client, client.stream("GET", URL) as response:
        next(response.iter_raw())
    assert tape.cassette.exchanges == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"json": {"a": 2, "b": [1]}}, "body /a: recorded 1, asked 2"),
        ({"json": {"b": [1]}}, "body /a: recorded 1, asked nothing"),
        ({"json": {"a": 1, "b": [2]}}, "body /b/0: recorded 1, asked 2"),
        ({"json": {"a": 1, "b": [1, 2]}}, "body /b: recorded [1], asked [1, 2]"),
        ({"json": {"a": 1, "b": [1]}, "params": {"q": "1"}}, "query /q: recorded nothing"),
        ({"content": b"x"}, "content_type: recorded 'application/json', asked ''"),
    ],
)
def test_an_unmatched_request_is_told_how_it_differs(asked: dict[str, Any], words: str) -> None:
    cassette = recorded(
        echo,
        httpx.Request("GET", f"{URL}/elsewhere"),
        httpx.Request("POST", f"{URL}/v1/x", json={"a": 1, "b": [1]}),
    )
    with player(cassette) as client, pytest.raises(UnmatchedRequestError) as caught:
        client.post("/v1/x", **asked)
    message = str(caught.value)
    assert message.startswith("no recorded answer to POST /v1/x; nearest is POST /v1/x:")
    assert words in message
    assert len(message.splitlines()) <= 10


def test_many_differences_are_cut_short() -> None:
    many = {f"field_{number}": number for number in range(20)}
    cassette = recorded(echo, httpx.Request("POST", f"{URL}/x", json={}))
    with player(cassette) as client, pytest.raises(UnmatchedRequestError, match="and 12 more"):
        client.post("/x", json=many)


def test_exchanges_are_found_by_what_they_belong_to() -> None:
    cassette = Cassette()
    cassette.add(recorded(echo, httpx.Request("GET", f"{URL}/a")).exchanges, comment="one")
    cassette.add(recorded(echo, httpx.Request("GET", f"{URL}/b")).exchanges, comment="two")
    again = read_har(write_har(cassette))
    assert [exchange.url for exchange in again.about("two").exchanges] == [f"{URL}/b"]


def test_a_har_of_another_tool_is_read() -> None:
    har = json.loads(write_har(cassette_of_one()))
    del har["log"]["entries"][0]["_chunks"]
    with player(read_har(json.dumps(har))) as client:
        assert client.get("/x").json()["path"] == "/x"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"log": {"entries": [{}]}}'])
def test_what_is_no_har_is_refused(text: str) -> None:
    with pytest.raises(CassetteError, match="not a HAR file"):
        read_har(text)


def test_chunks_that_do_not_make_up_the_body_are_refused() -> None:
    har = json.loads(write_har(cassette_of_one()))
    har["log"]["entries"][0]["_chunks"][0]["size_bytes"] += 1
    with pytest.raises(CassetteError, match="not as long as its body"):
        read_har(json.dumps(har))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/response/status", 42),
        ("/response/headers/0/name", "a b"),
        ("/response/content/text", 5),
        ("/request/headers", None),
        ("/startedDateTime", "soon"),
        ("/_chunks/0/size_bytes", -1),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_entry_and_field(place: str, value: Any) -> None:
    har = json.loads(write_har(cassette_of_one()))
    *steps, last = place.strip("/").split("/")
    part: Any = har["log"]["entries"][0]
    for step in steps:
        part = part[int(step) if step.isdecimal() else step]
    part[last] = value
    with pytest.raises(CassetteError) as caught:
        read_har(json.dumps(har))
    assert caught.value.place == f"/log/entries/0{place}"
    assert str(caught.value).startswith(f"not a HAR file: /log/entries/0{place}: ")


def test_a_body_that_is_not_what_its_encoding_says_is_refused() -> None:
    har = json.loads(write_har(cassette_of_one()))
    har["log"]["entries"][0]["response"]["content"] = {"text": "%%%", "encoding": "base64"}
    with pytest.raises(CassetteError, match="/log/entries/0/response/content/text"):
        read_har(json.dumps(har))


def test_a_secret_in_bytes_that_are_no_text_is_replaced() -> None:
    request = httpx.Request("POST", f"{URL}/x", content=b"\xff" + KEY.encode())
    cassette = recorded(lambda _: httpx.Response(200), request)
    assert cassette.exchanges[0].request_body == b"\xff[api_key]"


def test_what_an_exchange_takes_is_its_bodies_headers_and_address() -> None:
    exchange = cassette_of_one().exchanges[0]
    bodies = len(exchange.request_body) + len(exchange.response_body)
    assert exchange.size_bytes > bodies + len(exchange.url)


def test_bodies_that_are_nested_without_end_are_compared_and_redacted_all_the_same() -> None:
    deep = "[" * 100_000
    kind = {"Content-Type": "application/json"}
    post = httpx.Request("POST", f"{URL}/x", content=f'{{"api_key": {deep}', headers=kind)
    cassette = recorded(echo, post)
    with player(cassette) as client, pytest.raises(UnmatchedRequestError, match="body: recorded"):
        client.post("/x", content=deep[:1000], headers=kind)


def test_of_long_bodies_it_is_told_that_they_differ() -> None:
    long = "x" * 100_000
    cassette = recorded(echo, httpx.Request("POST", f"{URL}/x", json={"a": long}))
    with player(cassette) as client, pytest.raises(UnmatchedRequestError) as caught:
        client.post("/x", json={"a": long + "y"})
    assert "body: recorded b'{" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_every_public_name_is_where_the_package_says() -> None:
    import aiaas_mock.cassettes as room

    assert room.__all__ == sorted(room._HOMES)
    for name in room.__all__:
        assert getattr(room, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = room.nothing


def cassette_of_one() -> Cassette:
    return recorded(echo, httpx.Request("GET", f"{URL}/x"))
