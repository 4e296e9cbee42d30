"""A namespace passes its requests on to the deployment that is recorded."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest
from starlette.requests import ClientDisconnect

from aiaas_mock.cassettes import Exchange, read_har
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.http.body import BodyReader
from aiaas_mock.lab.recordings.forwarding import Forwarding
from aiaas_mock.lab.recordings.session import Bounds, Plan, Session, Upstream

from .upstream import SmallUpstream, chunk, message

A: Final = {"X-Mock-Namespace": "a"}
KEY: Final = "sk_live_of-the-upstream"
MODELS: Final = "/v1/models"


@pytest.fixture
def upstream() -> Iterator[SmallUpstream]:
    """A deployment that answers what a test has it say."""
    with SmallUpstream() as running:
        yield running


async def start(lab: httpx.AsyncClient, url: str, **more: object) -> dict[str, Any]:
    body = {"upstream": url, **more}
    answer = await lab.post("/_mock/recordings/start", json=body, headers=A)
    assert answer.status_code == 200, answer.text
    assert KEY not in answer.text
    told: dict[str, Any] = answer.json()
    return told


async def written(lab: httpx.AsyncClient) -> str:
    return (await lab.get("/_mock/recordings/recording_1", headers=A)).text


async def recorded(lab: httpx.AsyncClient) -> list[Exchange]:
    return read_har(await written(lab)).exchanges


async def test_the_upstream_answers_in_the_place_of_the_namespace(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    begun = await start(lab, f"{upstream.url}/gateway/", api_key=KEY, headers={"X-Team": "shop"})
    assert begun["upstream"] == f"{upstream.url}/gateway"
    headers = ("X-Request-Id: req_live", "Set-Cookie: a=1", "Set-Cookie: b=\xe9", "Keep-Alive: 5")
    upstream.say(message(b'{"live": true}', *headers, status="203 Non-Authoritative Information"))
    sent = {**A, "X-Mine": "1", "X-Mock-Fault": "reset", "Accept-Encoding": "gzip", "X-Team": "x"}
    answer = await lab.get(f"{MODELS}?limit=1", headers=sent)
    assert (answer.status_code, answer.json()) == (203, {"live": True})
    assert answer.headers["x-request-id"] == "req_live"
    assert [v for n, v in answer.headers.raw if n == b"set-cookie"] == [b"a=1", b"b=\xe9"]
    assert "keep-alive" not in answer.headers
    (seen,) = upstream.seen
    assert seen.path == f"/gateway{MODELS}?limit=1"
    assert seen.get("authorization") == [f"Bearer {KEY}"]
    assert (seen.get("x-mine"), seen.get("x-team")) == (["1"], ["shop"])
    assert seen.get("accept-encoding") == ["identity"]
    assert {n.lower() for n, _ in seen.headers if n.lower().startswith("x-mock")} == {
        "x-mock-passed-by"
    }
    (found,) = await recorded(lab)
    assert found.url == f"{upstream.url}{MODELS}?limit=1"  # the path as it was asked here
    journal = (await lab.get("/_mock/requests/req_live", headers=A)).json()
    assert (journal["operation"], journal["status"]) == ("models.list", 203)


async def test_bodies_go_there_as_they_are(lab: httpx.AsyncClient, upstream: SmallUpstream) -> None:
    await start(lab, upstream.url, api_key=KEY)

    async def pieces() -> Any:
        yield b"in "
        yield b"chunks"

    for content in (b"\x89PNG", pieces()):
        upstream.say(message(b"{}"))
        await lab.post("/v1/images/classify", content=content, headers=A)
    assert [seen.body for seen in upstream.seen] == [b"\x89PNG", b"in chunks"]
    assert [one.request_body for one in await recorded(lab)] == [b"\x89PNG", b"in chunks"]


async def test_the_pieces_of_a_stream_are_kept(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    events = [b"event: token\ndata: 1\n\n", b"event: token\ndata: 2\n\n", b"event: done\n\n"]
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    upstream.say(head, *map(chunk, events), b"0\r\n\r\n")
    answer = await lab.post("/v1/text/generate", json={}, headers=A)
    assert answer.content == b"".join(events)
    (found,) = await recorded(lab)
    assert found.pieces() == events


async def test_secrets_that_the_upstream_repeats_are_in_no_recording(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    secret = "a-secret-of-the-gateway"
    await start(lab, upstream.url, api_key=KEY, headers={"X-Api-Key": secret})
    upstream.say(message(f"{KEY} {secret}".encode(), f"X-Echo: {KEY}"))
    answer = await lab.get(MODELS, headers=A)
    assert answer.text == f"{KEY} {secret}"
    har = await written(lab)
    assert KEY not in har
    assert secret not in har
    assert "[upstream api_key] [upstream x-api-key]" in har


async def test_compressed_answers_pass_as_they_are_and_are_kept_plain(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    upstream.say(message(gzip.compress(b"[1, 2]"), "Content-Encoding: gzip"))
    assert (await lab.get(MODELS, headers=A)).json() == [1, 2]
    (found,) = await recorded(lab)
    assert found.response_body == b"[1, 2]"
    assert ("content-length", "6") in found.response_headers


async def test_with_a_key_for_the_upstream_only_known_keys_enter(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    unknown = {**A, "Authorization": "Bearer sk_live_somebody-else"}
    assert (await lab.get(MODELS, headers=unknown)).status_code == 401
    form = {"grant_type": "client_credentials", "client_secret": "sk_mock_a_development"}
    assert (await lab.post("/oauth/token", data=form, headers=A)).status_code == 200
    assert upstream.seen == []


async def test_without_one_the_upstream_looks_at_the_keys(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url)
    upstream.say(message(b"[]"))
    upstream.say(message(b"{}", status="401 Unauthorized"))
    upstream.say(message(b'{"access_token": "live"}', "Content-Type: application/json"))
    keys = ("sk_live_somebody", "sk_live_wrong-one")
    answers = [
        await lab.get(MODELS, headers={**A, "Authorization": f"Bearer {key}"}) for key in keys
    ]
    token = await lab.post("/oauth/token", data={"client_secret": keys[0]}, headers=A)
    assert [answer.status_code for answer in answers] == [200, 401]
    assert token.json() == {"access_token": "live"}
    assert [seen.get("authorization") for seen in upstream.seen[:2]] == [
        [f"Bearer {key}"] for key in keys
    ]
    assert (await lab.get("/healthz", headers=A)).json()["status"] == "ok"
    har = await written(lab)
    assert not any(secret in har for secret in (*keys, '"live'))


async def test_further_headers_are_for_known_keys_only(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, headers={"X-Api-Key": "of-the-gateway"})
    unknown = {**A, "Authorization": "Bearer sk_live_somebody-else"}
    assert (await lab.get(MODELS, headers=unknown)).status_code == 401
    assert upstream.seen == []


async def test_an_upstream_that_is_not_there_is_told_with_what_to_do(
    lab: httpx.AsyncClient,
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        await start(lab, url, api_key=KEY)  # it may start later
        answer = await lab.get(MODELS, headers=A)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "overloaded")
    assert f"The upstream {url} cannot be reached (ConnectError)" in problem["detail"]
    assert "POST /_mock/recordings/stop" in problem["detail"]
    assert answer.headers["retry-after"] == "1"
    assert await recorded(lab) == []


async def test_an_upstream_that_takes_too_long_is_given_up(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    upstream.say(b"")
    answer = await lab.get(MODELS, headers={**A, "Aiaas-Deadline-Ms": "50"})
    assert (answer.status_code, answer.json()["code"]) == (504, "deadline_exceeded")
    upstream.hold.set()


async def test_faults_are_made_of_what_the_upstream_answers_and_nothing_of_it_is_kept(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    rules: list[dict[str, object]] = [
        {"fault": {"kind": "status", "status": 503}, "times": 1},
        {"fault": {"kind": "truncate", "keep_bytes": 2}, "times": 1},
    ]
    for rule in rules:
        await lab.post("/_mock/faults", json=rule, headers=A)
    upstream.say(message(b"[1, 2]"))
    assert [(await lab.get(MODELS, headers=A)).status_code for _ in range(1)] == [503]
    assert (await lab.get(MODELS, headers=A)).content == b"[1"
    assert len(upstream.seen) == 1
    assert await recorded(lab) == []


async def test_a_head_is_passed_on(lab: httpx.AsyncClient, upstream: SmallUpstream) -> None:
    await start(lab, upstream.url, api_key=KEY)
    upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
    answer = await lab.head(MODELS, headers=A)
    assert (answer.headers["content-length"], answer.content) == ("7", b"")
    assert [one.method for one in await recorded(lab)] == ["HEAD"]


async def test_a_session_goes_on_with_its_upstream_after_a_restore(
    lab: httpx.AsyncClient, upstream: SmallUpstream
) -> None:
    await start(lab, upstream.url, api_key=KEY)
    upstream.say(message(b"[]"))
    await lab.get(MODELS, headers=A)
    snapshot = (await lab.post("/_mock/snapshots", headers=A)).json()["id"]
    await lab.post("/_mock/reset", json={}, headers=A)
    await lab.post(f"/_mock/snapshots/{snapshot}/restore", headers=A)
    upstream.say(message(b"[]"))
    await lab.get(MODELS, headers=A)
    assert len(await recorded(lab)) == 2


def test_a_server_that_records_nothing_loads_no_http_client() -> None:
    program = "import sys, aiaas_mock.app; print('httpx' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"


def test_what_is_said_of_an_upstream_has_no_secret() -> None:
    secret = Upstream(url="http://h", api_key=KEY, headers=(("x", KEY),), secrets={"k": KEY})
    assert KEY not in repr(secret)


# One request, without a server around it


def forwarding(url: str) -> tuple[Session, Forwarding]:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    plan = Plan(id="recording_1", made_at=noon)
    session = Session(plan, Bounds(), clock=lambda: noon)
    upstream = Upstream(url=url, api_key=KEY, headers=(), secrets={})
    timeout = httpx.Timeout(0.05)
    return session, Forwarding(session, upstream, "srv_1", timeout=timeout)


def scope(**more: object) -> Any:
    return {"method": "GET", "path": MODELS, "query_string": b"", "headers": [], **more}


def body() -> BodyReader:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    return BodyReader(receive, None, 100)


async def test_silence_of_the_upstream_has_an_end(upstream: SmallUpstream) -> None:
    upstream.say(b"")
    _, detour = forwarding(upstream.url)
    with pytest.raises(ApiError, match=r"did not answer in 0\.05 s") as caught:
        await detour.answer(scope(), body(), RequestRecord("req_1", "models.list"))
    assert caught.value.code == "deadline_exceeded"


async def test_an_answer_that_is_cut_off_is_cut_off_here_and_not_kept(
    upstream: SmallUpstream,
) -> None:
    upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"half")
    session, detour = forwarding(upstream.url)
    answer = await detour.answer(scope(), body(), RequestRecord("req_1", "models.list"))
    pieces: Any = answer.pieces
    assert await anext(pieces) == b"half"
    with pytest.raises(ClientDisconnect):
        await anext(pieces)
    await pieces.aclose()
    assert session.so_far().exchanges == ()


async def test_a_request_that_was_passed_on_before_names_both(upstream: SmallUpstream) -> None:
    upstream.say(message(b"[]"))
    _, detour = forwarding(upstream.url)
    passed = scope(headers=[(b"x-mock-passed-by", b"srv_0")])
    answer = await detour.answer(passed, body(), RequestRecord("req_1", "models.list"))
    assert [piece async for piece in answer.pieces] == [b"[]"]
    pieces: Any = answer.pieces
    await pieces.aclose()
    assert upstream.seen[0].get("x-mock-passed-by") == ["srv_0, srv_1"]
