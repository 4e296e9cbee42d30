"""The journal: what is written down of a request, what is not, and how it is read."""

import asyncio
import base64
import hashlib
from typing import Any

import httpx
import pytest

from aiaas_mock.lab.journal.journal import Journal, JournalSize, Shelf
from aiaas_mock.lab.journal.redaction import redacted

from .conftest import OpenLab

A = {"X-Mock-Namespace": "a"}
REQUESTS = "/_mock/requests"
FREEZE = {"action": "freeze", "instant": "2026-03-01T12:00:00Z"}


async def journal(lab: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await lab.get(REQUESTS, headers=A, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def count_tokens(lab: httpx.AsyncClient, *texts: str, **headers: str) -> httpx.Response:
    return await lab.post(
        "/v1/text/detect-language", json={"inputs": list(texts)}, headers={**A, **headers}
    )


# What is written down


async def test_a_request_is_in_the_journal_of_its_namespace_alone(lab: httpx.AsyncClient) -> None:
    answer = await count_tokens(lab, "Good morning to you all", Aiaas_Test="x")
    (entry,) = await journal(lab)
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert (entry["number"], entry["operation"], entry["status"]) == (
        1,
        "text.detect_language",
        200,
    )
    assert (entry["method"], entry["path"]) == ("POST", "/v1/text/detect-language")
    assert entry["key_id"].startswith("key_")
    assert entry["duration_ms"] > 0
    assert entry["request"]["json_body"] == {"inputs": ["Good morning to you all"]}
    assert entry["request"]["size_bytes"] == len(answer.request.content)
    assert entry["request"]["sha256"] == hashlib.sha256(answer.request.content).hexdigest()
    assert entry["answer"]["json_body"] == answer.json()
    assert (await lab.get(REQUESTS)).json()["data"] == []


async def test_no_key_is_told_wherever_it_stood(lab: httpx.AsyncClient, api_key: str) -> None:
    await count_tokens(lab, f"my key is {api_key}", Cookie="session=1")
    await lab.get(f"/v1/models?api={api_key}", headers=A)
    await lab.get(f"/v1/nothing/{api_key}", headers=A)
    text = (await lab.get(REQUESTS, headers=A)).text
    assert api_key not in text
    assert "session=1" not in text
    assert text.count("[redacted]") > 3
    assert api_key not in (await lab.get(f"{REQUESTS}/unmatched", headers=A)).text
    assert api_key not in (await lab.get(REQUESTS, headers=A, params={"canonical": "true"})).text


async def test_tokens_that_were_made_are_not_told(lab: httpx.AsyncClient, api_key: str) -> None:
    await lab.get("/v1/models")
    key_id = (await lab.get(REQUESTS)).json()["data"][0]["key_id"]
    form = {"grant_type": "client_credentials", "client_id": key_id, "client_secret": api_key}
    answer = await lab.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    text = (await lab.get(REQUESTS)).text
    assert '"access_token":"[redacted]"' in text
    assert api_key not in text
    assert answer.json()["access_token"] not in text


async def test_pictures_are_told_by_size_and_digest(lab: httpx.AsyncClient) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2
    encoded = base64.b64encode(picture).decode()
    raw = {**A, "Content-Type": "image/png"}
    await lab.post("/v1/images/classify", content=picture, headers=raw)
    await lab.post("/v1/images/classify", json={"inputs": [{"data": encoded}]}, headers=A)
    whole, inside = await journal(lab)
    told = {"size_bytes": len(picture), "sha256": hashlib.sha256(picture).hexdigest()}
    assert whole["request"]["json_body"] is None
    assert {key: whole["request"][key] for key in told} == told
    assert whole["request"]["media_type"] == "image/png"
    assert inside["request"]["json_body"] == {"inputs": [{"data": told}]}


async def test_long_bodies_and_what_is_no_json_are_told_by_their_digest(
    lab: httpx.AsyncClient,
) -> None:
    await count_tokens(lab, "word " * 20_000)
    json_type = {**A, "Content-Type": "application/json"}
    await lab.post("/v1/text/detect-language", content=b"{no json", headers=json_type)
    found = await journal(lab)
    assert [entry["request"]["json_body"] for entry in found] == [None, None]
    assert all(len(entry["request"]["sha256"]) == 64 for entry in found)


async def test_a_stream_is_told_by_its_events(lab: httpx.AsyncClient) -> None:
    body = {"prompt": "Once upon a time", "stream": True, "max_tokens": 2}
    await lab.post("/v1/text/generate", json=body, headers=A)
    (entry,) = await journal(lab)
    assert entry["answer"]["media_type"] in ("text/event-stream", "application/problem+json")


async def test_refusals_are_written_down(lab: httpx.AsyncClient) -> None:
    await lab.get("/v1/models", headers={"Authorization": "Bearer sk_mock_default_wrong"})
    await lab.get("/v1/nothing")
    found = (await lab.get(REQUESTS)).json()["data"]
    assert [(entry["operation"], entry["status"]) for entry in found] == [
        ("models.list", 401),
        ("unmatched", 404),
    ]
    assert all(entry["request_id"].startswith("req_") for entry in found)


async def test_what_is_asked_about_the_server_is_not_written_down(lab: httpx.AsyncClient) -> None:
    await lab.get("/healthz", headers=A)
    assert await journal(lab) == []


async def test_the_rules_that_hit_a_request_are_named(lab: httpx.AsyncClient) -> None:
    rule = {"id": "r1", "times": 1, "fault": {"kind": "status", "status": 503}}
    await lab.post("/_mock/faults", json=rule, headers=A)
    rule = {"id": "r2", "times": 1, "fault": {"kind": "reset"}}
    await lab.get("/v1/models", headers=A)
    await lab.post("/_mock/faults", json=rule, headers=A)
    with pytest.raises(httpx.TransportError):
        await lab.get("/v1/models", headers=A)
    found = [(entry["status"], entry["faults"]) for entry in await journal(lab)]
    assert found[0] == (503, ["r1"])
    assert found[1][1] == ["r2"]


async def test_the_journal_can_be_turned_off(open_lab: OpenLab) -> None:
    async with open_lab(journal_entries=0) as lab:
        await count_tokens(lab, "Good morning")
        assert await journal(lab) == []


# How it is read


async def test_entries_are_chosen_by_what_they_are(lab: httpx.AsyncClient) -> None:
    await lab.put("/_mock/clock", json=FREEZE, headers=A)
    first = await lab.get("/v1/models", headers=A)
    await lab.put("/_mock/clock", json={"action": "advance", "by_s": 60}, headers=A)
    await count_tokens(lab, "Good morning")
    await lab.get("/v1/models/nothing", headers=A)
    key = (await journal(lab))[0]["key_id"]

    async def numbers(**query: Any) -> list[int]:
        return [entry["number"] for entry in await journal(lab, **query)]

    assert await numbers(operation="models.*") == [1, 3]
    assert await numbers(status=404) == [3]
    assert await numbers(key=key) == [1, 2, 3]
    assert await numbers(key="key_other") == []
    assert await numbers(request_id=first.headers["x-request-id"]) == [1]
    assert await numbers(since="2026-03-01T12:00:30Z") == [2, 3]
    assert await numbers(limit=1, cursor=1) == [2]


async def test_pages_follow_one_another(lab: httpx.AsyncClient) -> None:
    for _ in range(3):
        await lab.get("/v1/models", headers=A)
    first = (await lab.get(REQUESTS, headers=A, params={"limit": 2})).json()
    assert first["has_more"]
    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await lab.get(REQUESTS, headers=A, params=query)).json()
    assert [entry["number"] for entry in first["data"] + second["data"]] == [1, 2, 3]
    assert (second["has_more"], second["next_cursor"]) == (False, None)


async def test_one_entry_is_read_by_its_request(lab: httpx.AsyncClient) -> None:
    answer = await lab.get("/v1/models", headers=A)
    request_id = answer.headers["x-request-id"]
    found = (await lab.get(f"{REQUESTS}/{request_id}", headers=A)).json()
    assert found == (await journal(lab))[0]
    missing = await lab.get(f"{REQUESTS}/req_nothing", headers=A)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_journal_is_deleted_reset_and_restored(lab: httpx.AsyncClient) -> None:
    await lab.get("/v1/models", headers=A)
    snapshot = (await lab.post("/_mock/snapshots", headers=A)).json()["id"]
    deleted = (await lab.delete(REQUESTS, headers=A)).json()
    assert (deleted["count"], await journal(lab)) == (1, [])
    await lab.post(f"/_mock/snapshots/{snapshot}/restore", headers=A)
    assert len(await journal(lab)) == 1
    await lab.post("/_mock/reset", json={"scope": ["journal"]}, headers=A)
    assert await journal(lab) == []
    await lab.get("/v1/models", headers=A)
    assert [entry["number"] for entry in await journal(lab)] == [2]


async def test_the_oldest_give_way_when_there_are_too_many(open_lab: OpenLab) -> None:
    async with open_lab(journal_entries=2) as lab:
        for _ in range(3):
            await lab.get("/v1/models", headers=A)
        assert [entry["number"] for entry in await journal(lab)] == [2, 3]


async def test_the_oldest_give_way_when_they_are_too_large(open_lab: OpenLab) -> None:
    async with open_lab(journal_bytes=2**16) as lab:
        for _ in range(4):
            await count_tokens(lab, "word " * 5_000)
        numbers = [entry["number"] for entry in await journal(lab)]
    assert numbers == [3, 4]


# The canonical form


async def run(lab: httpx.AsyncClient, *, workers: int) -> bytes:
    await lab.put("/_mock/clock", json=FREEZE, headers=A)
    await lab.put("/_mock/seed", json={"seed": 7}, headers=A)
    free = asyncio.Semaphore(workers)

    async def ask(number: int) -> None:
        async with free:
            await count_tokens(lab, f"This is the text with number {number % 5}")
            files = {"file": (f"{number}.txt", b"content %d" % number)}
            made = await lab.post("/v1/files", files=files, headers=A)
            await lab.get(f"/v1/files/{made.json()['id']}", headers=A)

    await asyncio.gather(*map(ask, range(16)))
    answer = await lab.get(REQUESTS, headers=A, params={"canonical": "true"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    return answer.content


async def test_the_canonical_form_is_the_same_in_every_run(open_lab: OpenLab) -> None:
    runs = []
    for workers in (1, 8, 8):
        async with open_lab() as lab:
            runs.append(await run(lab, workers=workers))
    assert runs[0].count(b"\n") == 48
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]
    assert b"2026-03-01T12:00:00" in runs[0]


async def test_the_canonical_form_tells_requests_apart(lab: httpx.AsyncClient) -> None:
    await count_tokens(lab, "one text")
    first = (await lab.get(REQUESTS, headers=A, params={"canonical": "true"})).content
    await lab.delete(REQUESTS, headers=A)
    await count_tokens(lab, "another text")
    assert (await lab.get(REQUESTS, headers=A, params={"canonical": "true"})).content != first


def test_a_journal_keeps_what_is_stated() -> None:
    size = JournalSize()
    assert (size.entries, size.bytes) == (1000, 16 * 2**20)
    assert list(Journal(size, Shelf())) == []
    assert Shelf().most_bytes == 16 * size.bytes


async def test_journals_of_many_namespaces_keep_no_more_than_their_last_entry_when_all_are_full(
    open_lab: OpenLab,
) -> None:
    text = "word " * 9000  # 45 KB, of which every journal has room for one, and all for 23
    async with open_lab(journal_bytes=2**16) as lab:
        for space in range(30):
            for _ in range(2):
                headers = {"X-Mock-Namespace": f"s{space}"}
                await lab.post("/v1/text/count-tokens", json={"inputs": [text]}, headers=headers)
        kept = []
        for space in range(30):
            listed = await lab.get(f"/ns/s{space}/_mock/requests")
            kept.append(len(listed.json()["data"]))
        assert kept == [1] * 30


def test_what_looks_like_a_file_but_is_none_is_told_by_its_digest_too() -> None:
    text = "a" * 257  # no length that base64 has
    assert redacted({"data": text}) == {
        "data": {"size_bytes": 257, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    }
