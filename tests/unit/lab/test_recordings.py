"""Recordings: what a namespace answers is written down, and answered again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from aiaas_mock.cassettes import Cassette, Chunk, Exchange, read_har
from aiaas_mock.errors import ApiError
from aiaas_mock.lab.recordings.recordings import Recordings
from aiaas_mock.lab.recordings.replay import Replay
from aiaas_mock.lab.recordings.session import Bounds, Plan, Recording, Session

from .conftest import OpenLab

A: Final = {"X-Mock-Namespace": "a"}
RECORDINGS: Final = "/_mock/recordings"
NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON: Final = "application/json"


async def post(lab: httpx.AsyncClient, path: str, body: object = None) -> dict[str, Any]:
    answer = await lab.post(f"{RECORDINGS}{path}", json=body, headers=A)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def detect(lab: httpx.AsyncClient, text: str = "Hello", **headers: str) -> httpx.Response:
    body = {"inputs": [text]}
    return await lab.post("/v1/text/detect-language", json=body, headers={**A, **headers})


async def upload(lab: httpx.AsyncClient) -> httpx.Response:
    return await lab.post("/v1/files", files={"file": b"content"}, headers=A)


async def har(lab: httpx.AsyncClient, recording: str = "recording_1") -> str:
    answer = await lab.get(f"{RECORDINGS}/{recording}", headers=A)
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{recording}')
    return answer.text


async def exchanges(lab: httpx.AsyncClient, recording: str = "recording_1") -> list[Exchange]:
    return read_har(await har(lab, recording)).exchanges


async def refused(lab: httpx.AsyncClient, path: str, body: object = None) -> tuple[int, str, str]:
    answer = await lab.post(f"{RECORDINGS}{path}", json=body, headers=A)
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("param", "")


# Recording what is answered here


async def test_what_a_namespace_answers_is_recorded_and_answered_again(
    lab: httpx.AsyncClient,
) -> None:
    begun = await post(lab, "/start", {})
    assert (begun["id"], begun["state"], begun["upstream"]) == ("recording_1", "recording", None)
    real = [await upload(lab), await upload(lab), await detect(lab)]
    elsewhere = await lab.get("/v1/models")
    done = await post(lab, "/stop")
    assert (done["exchanges"], done["state"], elsewhere.status_code) == (3, "kept", 200)
    assert (await post(lab, "/recording_1/replay"))["state"] == "replaying"
    again = [await upload(lab), await upload(lab), await detect(lab)]
    assert [one.content for one in again] == [one.content for one in real]
    assert [one.headers["x-request-id"] for one in again] == [
        one.headers["x-request-id"] for one in real
    ]
    assert {one.headers["x-mock-recording"] for one in again} == {"recording_1"}
    assert (await upload(lab)).content == real[1].content  # the last one stays


async def test_other_namespaces_answer_by_themselves(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    assert "x-mock-recording" not in (await lab.get("/v1/models")).headers
    assert (await lab.get("/ns/b/v1/models")).status_code == 200


async def test_a_namespace_answers_by_itself_after_a_stop(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    assert (await detect(lab)).status_code == 404
    assert (await post(lab, "/stop"))["state"] == "kept"
    assert (await detect(lab)).status_code == 200


async def test_a_request_that_is_not_in_it_is_told_what_comes_nearest(
    lab: httpx.AsyncClient,
) -> None:
    await post(lab, "/start", {})
    await detect(lab, "Hello")
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    answer = await detect(lab, "Good bye")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (404, "not_found")
    assert answer.headers["x-mock-recording"] == "recording_1"
    assert "body /inputs/0: recorded 'Hello', asked 'Good bye'" in problem["detail"]
    assert len(problem["detail"].splitlines()) <= 10


async def test_keys_are_looked_at_before_anything_is_played(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    await lab.get("/v1/models", headers={**A, "Authorization": "Bearer sk_mock_a_wrong-one"})
    await lab.get("/v1/models", headers=A)
    assert (await post(lab, "/stop"))["exchanges"] == 2
    await post(lab, "/recording_1/replay")
    wrong = {**A, "Authorization": "Bearer sk_mock_a_wrong-one"}
    assert (await lab.get("/v1/models", headers=wrong)).status_code == 401
    other = {**A, "Authorization": "Bearer sk_mock_a_development"}
    assert (await lab.get("/v1/models", headers=other)).status_code == 200
    assert (await lab.get("/healthz", headers=A)).status_code == 200
    first, second = await exchanges(lab)
    assert dict(first.request_headers)["authorization"] == "Bearer [redacted]"
    assert dict(second.request_headers)["authorization"] == "Bearer [api_key]"


async def test_no_key_is_in_a_recording(lab: httpx.AsyncClient, api_key: str) -> None:
    await post(lab, "/start", {})
    await detect(lab, f"the key is {api_key}")
    form = {"grant_type": "client_credentials", "client_secret": api_key}
    token = (await lab.post("/oauth/token", data=form, headers=A)).json()["access_token"]
    await lab.get("/v1/models", headers={**A, "Authorization": f"Bearer {token}"})
    await post(lab, "/stop")
    written = await har(lab)
    assert api_key not in written
    assert token not in written
    assert "the key is [api_key]" in written
    await post(lab, "/recording_1/replay")
    assert (await detect(lab, f"the key is {api_key}")).status_code == 200


async def test_a_request_that_is_refused_unread_is_recorded_whole(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    picture = {**A, "Content-Type": "text/plain"}
    refusal = await lab.post("/v1/images/classify", content=b"no picture", headers=picture)
    assert refusal.status_code == 415
    assert [one.request_body for one in await exchanges(lab)] == [b"no picture"]


async def test_the_server_itself_is_not_recorded_and_nothing_unmatched(
    lab: httpx.AsyncClient,
) -> None:
    await post(lab, "/start", {})
    await lab.get("/healthz", headers=A)
    await lab.get("/v1/nothing", headers=A)
    assert (await post(lab, "/stop"))["exchanges"] == 0


async def test_faults_are_made_and_not_recorded(lab: httpx.AsyncClient) -> None:
    rule = {"match": {"operation": "text.*"}, "fault": {"kind": "status", "status": 503}}
    await post(lab, "/start", {})
    await lab.post("/_mock/faults", json={**rule, "times": 1}, headers=A)
    assert [(await detect(lab)).status_code for _ in range(2)] == [503, 200]
    assert (await post(lab, "/stop"))["exchanges"] == 1
    await post(lab, "/recording_1/replay")
    await lab.post("/_mock/faults", json={**rule, "times": 1}, headers=A)
    cut = {"match": {"operation": "text.*"}, "fault": {"kind": "malformed_json"}, "times": 1}
    await lab.post("/_mock/faults", json=cut, headers=A)
    assert (await detect(lab)).status_code == 503
    with pytest.raises(ValueError, match="Expecting"):
        (await detect(lab)).json()
    assert (await detect(lab)).json()["object"] == "text.language"
    journal = (await lab.get("/_mock/requests", headers=A)).json()["data"]
    assert [entry["status"] for entry in journal] == [503, 200, 503, 200, 200]
    assert journal[-1]["answer"]["headers"]["x-mock-recording"] == "recording_1"


async def test_overrides_are_recorded_as_they_were_told(lab: httpx.AsyncClient) -> None:
    override = {
        "match": {"operation": "text.detect_language"},
        "respond": {"merge": {"/results/0/language": "xx"}},
        "times": 1,
    }
    await post(lab, "/start", {})
    await lab.post("/_mock/overrides", json=override, headers=A)
    await detect(lab)
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    answer = await detect(lab)
    assert answer.json()["results"][0]["language"] == "xx"
    assert "x-mock-override" not in answer.headers


async def test_what_a_limit_refuses_is_refused_in_a_replay_too(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    await detect(lab)
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    await lab.put("/_mock/limits", json={"rpm": 60, "remaining": 1}, headers=A)
    assert [(await detect(lab)).status_code for _ in range(2)] == [200, 429]


async def test_other_protocols_are_recorded_and_refused_in_their_own_words(
    lab: httpx.AsyncClient,
) -> None:
    models = "/compat/openai/v1/models"
    await post(lab, "/start", {})
    real = await lab.get(models, headers=A)
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    assert (await lab.get(models, headers=A)).content == real.content
    unknown = await lab.get(f"{models}/lstm-lm", headers=A)
    assert unknown.status_code == 404
    assert "no recorded answer" in unknown.json()["error"]["message"]


async def test_a_head_is_answered_without_its_body(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    real = await lab.head("/v1/models", headers=A)
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    again = await lab.head("/v1/models", headers=A)
    assert (again.status_code, again.content) == (200, b"")
    assert again.headers["content-length"] == real.headers["content-length"]


async def test_it_records_without_a_journal(open_lab: OpenLab) -> None:
    async with open_lab(journal_entries=0) as lab:
        await post(lab, "/start", {})
        await detect(lab)
        assert len(await exchanges(lab)) == 1  # of one that is being made, what there is


# What is kept


async def test_recordings_are_listed_and_deleted(lab: httpx.AsyncClient) -> None:
    for _ in range(2):
        await post(lab, "/start", {})
        await post(lab, "/stop")
    await post(lab, "/start", {})
    listed = (await lab.get(RECORDINGS, headers=A)).json()["data"]
    assert [(one["id"], one["state"]) for one in listed] == [
        ("recording_1", "kept"),
        ("recording_2", "kept"),
        ("recording_3", "recording"),
    ]
    gone = (await lab.delete(f"{RECORDINGS}/recording_1", headers=A)).json()
    assert gone == {"id": "recording_1", "deleted": True}
    assert (await lab.get(f"{RECORDINGS}/recording_1", headers=A)).status_code == 404
    busy = await lab.delete(f"{RECORDINGS}/recording_3", headers=A)
    assert (busy.status_code, "is being made" in busy.json()["detail"]) == (422, True)


async def test_one_thing_goes_on_at_a_time(lab: httpx.AsyncClient) -> None:
    invalid = (422, "invalid_request", "")
    assert await refused(lab, "/stop") == invalid
    assert await refused(lab, "/nothing/replay") == (404, "not_found", "/recording")
    await post(lab, "/start", {})
    assert await refused(lab, "/start", {}) == invalid
    assert await refused(lab, "/recording_1/replay") == invalid
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    assert await refused(lab, "/start", {}) == invalid
    assert (await lab.delete(f"{RECORDINGS}/recording_1", headers=A)).status_code == 422
    assert (await post(lab, "/recording_1/replay"))["state"] == "replaying"  # anew


async def test_a_namespace_has_so_many_recordings_and_no_more(lab: httpx.AsyncClient) -> None:
    for _ in range(8):
        await post(lab, "/start", {})
        await post(lab, "/stop")
    assert await refused(lab, "/start", {}) == (422, "invalid_request", "")
    assert await refused(lab, "", {"log": {"entries": []}}) == (422, "invalid_request", "")


async def test_a_reset_forgets_recordings_and_ends_what_goes_on(lab: httpx.AsyncClient) -> None:
    await post(lab, "/start", {})
    await post(lab, "/stop")
    await post(lab, "/recording_1/replay")
    await lab.post("/_mock/reset", json={"scope": ["recordings"]}, headers=A)
    assert (await lab.get(RECORDINGS, headers=A)).json()["data"] == []
    assert (await detect(lab)).status_code == 200
    await post(lab, "/start", {})
    await lab.post("/_mock/reset", json={}, headers=A)
    assert await refused(lab, "/stop") == (422, "invalid_request", "")


async def test_a_snapshot_has_recordings_and_how_far_a_replay_is(lab: httpx.AsyncClient) -> None:
    async def snapshot() -> str:
        made = await lab.post("/_mock/snapshots", headers=A)
        return f"/_mock/snapshots/{made.json()['id']}/restore"

    await post(lab, "/start", {})
    first, second = await upload(lab), await upload(lab)
    recording = await snapshot()
    await upload(lab)
    assert (await post(lab, "/stop"))["exchanges"] == 3
    await post(lab, "/recording_1/replay")
    assert (await upload(lab)).content == first.content
    replaying = await snapshot()
    await lab.post("/_mock/reset", json={}, headers=A)
    await lab.post(replaying, headers=A)
    assert (await upload(lab)).content == second.content
    await lab.post(recording, headers=A)
    await detect(lab)
    assert (await post(lab, "/stop"))["exchanges"] == 3  # it went on after the second


# Files that are brought


async def brought(lab: httpx.AsyncClient, text: str) -> httpx.Response:
    kind = {**A, "Content-Type": JSON}
    return await lab.post(RECORDINGS, content=text.encode(), headers=kind)


async def a_file(lab: httpx.AsyncClient) -> dict[str, Any]:
    await post(lab, "/start", {})
    await detect(lab)
    await post(lab, "/stop")
    read: dict[str, Any] = json.loads(await har(lab))
    return read


async def test_a_file_comes_in_without_its_secrets(lab: httpx.AsyncClient) -> None:
    file = await a_file(lab)
    (entry,) = file["log"]["entries"]
    headers = entry["request"]["headers"]
    secret = "a-live-key-of-somebody"
    headers[:] = [one for one in headers if one["name"] != "authorization"]
    headers += [
        {"name": "Authorization", "value": f"Bearer {secret}"},
        {"name": ":authority", "value": "ai.example.com"},
    ]
    entry["response"]["headers"].append({"name": "Set-Cookie", "value": "session=1"})
    entry["comment"] = f"with {secret}"
    entry["response"]["content"]["text"] += f" // {secret}"
    del entry["_chunks"]
    made = (await brought(lab, json.dumps(file))).json()
    assert (made["id"], made["exchanges"], made["upstream"]) == ("recording_2", 1, None)
    written = await har(lab, "recording_2")
    assert secret not in written
    assert "session=1" not in written
    await post(lab, "/recording_2/replay")
    answer = await detect(lab)
    assert answer.text.endswith(" // [api_key]")
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/response/status", 0),
        ("/response/headers/0/value", "a\r\nb: c"),
        ("/response/content/text", None),
        ("/request/method", "get it"),
        ("/request/url", 7),
        ("/startedDateTime", "yesterday"),
        ("/timings/wait", "long"),
    ],
)
async def test_what_is_wrong_with_a_file_is_told_with_entry_and_field(
    lab: httpx.AsyncClient, place: str, value: Any
) -> None:
    file = await a_file(lab)
    *steps, last = place.strip("/").split("/")
    part = file["log"]["entries"][0]
    for step in steps:
        part = part[int(step) if step.isdecimal() else step]
    part[last] = value
    answer = await brought(lab, json.dumps(file))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["param"] == f"/log/entries/0{place}"
    assert problem["detail"].startswith(f"/log/entries/0{place}: ")
    assert "a\r\nb" not in problem["detail"]


async def test_what_is_no_file_is_refused(lab: httpx.AsyncClient) -> None:
    for text, code in (("{", "invalid_json"), ("{}", "invalid_request"), ("[]", "invalid_request")):
        assert (await brought(lab, text)).json()["code"] == code
    answer = await brought(lab, '{"log": {"entries": 1}}')
    assert answer.json()["param"] == "/log/entries"


@pytest.mark.parametrize(
    "body",
    [
        {"upstream": "ftp://host"},
        {"upstream": "http://user:secret@host"},
        {"upstream": "http://host/v1?x=1"},
        {"upstream": "http://[::1"},
        {"api_key": "sk_live_of_an_upstream"},
        {"upstream": "http://host", "api_key": "sk_live"},
        {"upstream": "http://host", "api_key": "line\nbreak"},
        {"upstream": "http://host", "headers": {"Authorization": "Bearer x"}},
        {"upstream": "http://host", "headers": {"Host": "other"}},
        {"headers": {"X-Team": "shop"}},
    ],
)
async def test_an_upstream_that_cannot_be_is_refused(
    lab: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await lab.post(f"{RECORDINGS}/start", json=body, headers=A)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "secret" not in answer.text
    assert "sk_live" not in answer.text
    assert (await lab.get(RECORDINGS, headers=A)).json()["data"] == []


# Bounds


def exchange() -> Exchange:
    return Exchange(
        method="GET",
        url="http://h/v1/models",
        request_headers=(),
        request_body=b"",
        status=200,
        response_headers=(),
        response_body=b"[]",
        chunks=(Chunk(size_bytes=1, at_ms=100), Chunk(size_bytes=1, at_ms=300)),
        begun=NOON,
        wait_ms=250,
    )


def session(bounds: Bounds) -> Session:
    ticks = iter(range(1000))
    plan = Plan(id="recording_1", made_at=NOON)
    return Session(plan, bounds, clock=lambda: NOON, monotonic=lambda: float(next(ticks)))


def test_what_there_is_no_room_for_is_left_out_and_counted() -> None:
    made = session(Bounds(exchanges=2, bytes=100))
    for size in (10, 200, 80, 10, 10):
        take = made.begin("GET", "http://h", ())
        take.head(200, ())
        take.take(b"x" * size)
        made.keep(take, ())
    found = made.end()
    assert [len(one.response_body) for one in found.exchanges] == [10, 10]
    assert found.left_out == 3


def test_exchanges_are_in_the_order_in_which_they_were_begun() -> None:
    made = session(Bounds())
    first, second = (made.begin("GET", f"http://h/{number}", ()) for number in (1, 2))
    for take in (second, first):
        take.head(200, ())
        made.keep(take, ())
    assert [one.url for one in made.so_far().exchanges] == ["http://h/1", "http://h/2"]


def test_what_is_over_after_the_end_is_not_in_it() -> None:
    made = session(Bounds())
    take = made.begin("GET", "http://h", ())
    made.end()
    take.head(200, ())
    made.keep(take, ())
    assert made.so_far().exchanges == ()


def test_a_file_that_is_larger_than_a_recording_may_be_is_refused() -> None:
    for bounds in (Bounds(exchanges=1), Bounds(bytes=30)):
        recordings = Recordings(lambda: NOON, bounds)
        with pytest.raises(ApiError) as caught:
            recordings.add(Cassette([exchange(), exchange()]))
        assert caught.value.code == "request_too_large"
        assert recordings.all == {}


# Pace


class Body:
    """A request without a body."""

    async def read(self) -> bytes:
        return b""


class Record:
    request_id = "req_1"


@pytest.mark.parametrize(("pace", "waits"), [("at_once", []), ("recorded", [0.25, 0.1, 0.2])])
async def test_answers_come_at_once_or_as_slowly_as_they_came(
    pace: Any, waits: list[float]
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))

    recording = Recording(id="r", made_at=NOON, upstream=None, exchanges=(exchange(),))
    replay = Replay(recording, pace, sleep=sleep)
    scope: Any = {
        "method": "GET",
        "path": "/v1/models",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"connection", b"x-dropped"), (b"x-dropped", b"1")],
    }
    body: Any = Body()
    record: Any = Record()
    answer = await replay.answer(scope, body, record)
    assert [piece async for piece in answer.pieces] == [b"[", b"]"]
    assert slept == waits
