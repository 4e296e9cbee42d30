"""The control plane: what is asked under ``/_mock/``, and by whom."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from aiaas_mock.lab.contract.operations import control_examples, control_operations

from .conftest import OpenLab

USAGE, FILES, MODELS = "/v1/usage", "/v1/files", "/v1/models"
TOKEN = "an-admin-token-of-the-tests"
FROZEN = {"action": "freeze", "instant": "2026-03-01T12:00:00Z"}
HOUR = {"action": "advance", "by_s": 3600}


async def upload(lab: httpx.AsyncClient, space: str = "a", **options: str) -> dict[str, Any]:
    answer = await lab.post(f"/ns/{space}{FILES}", files={"file": b"content"}, headers=options)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def files(lab: httpx.AsyncClient, space: str = "a") -> list[str]:
    return [file["id"] for file in (await lab.get(f"/ns/{space}{FILES}")).json()["data"]]


# Who may


async def test_other_machines_steer_nothing(open_lab: OpenLab) -> None:
    async with open_lab(peer="192.0.2.1") as client:
        refused = await client.get("/_mock/health")
    assert (refused.status_code, refused.json()["code"]) == (403, "local_only")


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1"])
async def test_an_admin_token_opens_the_lab_for_whoever_shows_it(
    open_lab: OpenLab, peer: str
) -> None:
    async with open_lab(peer=peer, admin_token=TOKEN) as client:
        refused = await client.get("/_mock/health")
        shown = await client.get("/_mock/health", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")
    assert TOKEN not in refused.text
    assert shown.status_code == 200


async def test_a_bad_request_is_a_problem(lab: httpx.AsyncClient) -> None:
    answers = [
        await lab.put("/_mock/clock", json={"action": "dance"}),
        await lab.put("/_mock/clock", content=b"{", headers={"Content-Type": "application/json"}),
        await lab.put("/_mock/clock", content=b"action=freeze"),
        await lab.get("/_mock/nothing"),
        await lab.post("/_mock/clock", json={}),
        await lab.post("/_mock/reset", json={"scope": ["state", "moon"]}),
        await lab.get("/_mock/namespaces/nobody"),
        await lab.get("/_mock/namespaces/Nobody"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "invalid_request"),
        (400, "invalid_json"),
        (415, "unsupported_media_type"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (422, "invalid_request"),
        (404, "not_found"),
        (422, "invalid_request"),
    ]
    assert answers[5].json()["param"] == "/scope/1"
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


# What is told


async def test_the_lab_tells_what_is_there(lab: httpx.AsyncClient) -> None:
    health = (await lab.get("/_mock/health")).json()
    version = (await lab.get("/_mock/version")).json()
    able = (await lab.get("/_mock/capabilities")).json()
    assert health["state"] in ("starting", "ready")
    assert len(version["contract_sha256"]) == 64
    assert (await lab.get("/_mock/version")).json() == version
    assert (able["engine"], able["max_namespaces"], able["development_keys"]) == (
        "null",
        1000,
        True,
    )
    assert "fashion-cnn@1" in able["models"]
    assert "images.classify" in able["operations"]
    assert {"state", "clock", "limits"} <= set(able["scopes"])
    assert able["control"] == [operation.name for operation in control_operations()]


async def test_the_document_is_valid_and_describes_every_operation(lab: httpx.AsyncClient) -> None:
    document = (await lab.get("/_mock/openapi.json")).json()
    validate(document)
    described = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert described == {operation.name for operation in control_operations()}
    public = (await lab.get("/openapi.json")).json()
    assert not any(path.startswith("/_mock") for path in public["paths"])


def test_every_body_has_an_example_that_is_one() -> None:
    examples = control_examples()
    with_body = {o.name: o for o in control_operations() if o.bodies}
    assert examples.keys() == with_body.keys()
    for name, operation in with_body.items():
        assert operation.request is not None
        operation.request.model_validate_json(
            httpx.Request("PUT", "http://t", json=examples[name]).content
        )


# Namespaces


async def test_a_namespace_is_made_shown_and_deleted(lab: httpx.AsyncClient) -> None:
    made = (
        await lab.post("/_mock/namespaces", json={"name": "a", "seed": 7, "clock": FROZEN})
    ).json()
    assert made["clock"] == {
        "now": "2026-03-01T12:00:00Z",
        "frozen": True,
        "ahead_s": made["clock"]["ahead_s"],
    }
    assert (made["seed"], made["key"], made["base_path"], made["stays"]) == (
        7,
        "sk_mock_a_development",
        "/ns/a",
        False,
    )
    shown = (await lab.get("/_mock/namespaces/a")).json()
    assert shown["made_at"] == made["made_at"]
    await upload(lab)
    assert (await lab.delete("/_mock/namespaces/a")).json() == {"name": "a", "deleted": True}
    assert await files(lab) == []
    refused = await lab.delete("/_mock/namespaces/default")
    assert refused.json()["code"] == "not_found"  # nobody was there yet
    await lab.get(MODELS)
    assert (await lab.delete("/_mock/namespaces/default")).json()["code"] == "invalid_request"


async def test_one_that_is_there_is_set_up_anew_and_keeps_what_it_has(
    lab: httpx.AsyncClient,
) -> None:
    kept = await upload(lab)
    await lab.post("/_mock/namespaces", json={"name": "a", "seed": 7})
    assert await files(lab) == [kept["id"]]
    assert (await lab.post("/_mock/namespaces", json={"name": "a"})).json()["seed"] == 7


async def test_idle_namespaces_are_evicted_with_their_rows(open_lab: OpenLab) -> None:
    async with open_lab(max_namespaces=2) as lab:
        await upload(lab, "a")
        await upload(lab, "b")
        await upload(lab, "c")
        names = [space["name"] for space in (await lab.get("/_mock/namespaces")).json()["data"]]
        assert names == ["b", "c"]
        assert await files(lab, "a") == []


async def test_without_unregistered_keys_none_is_told(open_lab: OpenLab) -> None:
    async with open_lab(host="0.0.0.0", lab="on") as lab:  # noqa: S104
        made = (await lab.post("/_mock/namespaces", json={"name": "a"})).json()
    assert made["key"] is None


# Clock


@pytest.mark.parametrize(
    "change",
    [
        {"action": "advance"},
        {"action": "advance", "by_s": -1},
        {"action": "advance", "by_s": 3.2e10},
        {"action": "resume", "by_s": 1},
        {"action": "advance", "by_s": 1, "instant": "2026-03-01T12:00:00Z"},
        {"action": "freeze", "instant": "2026-03-01T12:00:00"},
        {"action": "freeze", "instant": "9999-03-01T12:00:00Z"},
    ],
)
async def test_a_clock_is_not_steered_into_nonsense(
    lab: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    assert (await lab.put("/_mock/clock", json=change)).json()["code"] == "invalid_request"


async def test_a_clock_is_frozen_advanced_and_resumed(lab: httpx.AsyncClient) -> None:
    await lab.put("/ns/a/_mock/clock", json=FROZEN)
    ahead = (await lab.put("/ns/a/_mock/clock", json=HOUR)).json()
    assert (ahead["now"], ahead["frozen"]) == ("2026-03-01T13:00:00Z", True)
    assert (await lab.get("/ns/a/_mock/clock")).json()["now"] == "2026-03-01T13:00:00Z"
    assert (await lab.put("/ns/a/_mock/clock", json={"action": "resume"})).json()["frozen"] is False
    assert (await lab.get("/ns/b/_mock/clock")).json()["frozen"] is False


async def test_files_expire_by_the_clock_of_their_namespace(lab: httpx.AsyncClient) -> None:
    parts: dict[str, Any] = {
        "request": (None, b'{"expires_after_s": 60}', "application/json"),
        "file": ("a.txt", b"content"),
    }
    for space in ("a", "b"):
        await lab.put(f"/ns/{space}/_mock/clock", json=FROZEN)
        made = await lab.post(f"/ns/{space}{FILES}", files=parts)
        assert made.json()["created_at"] == "2026-03-01T12:00:00Z"
    await lab.put("/ns/a/_mock/clock", json=HOUR)
    await upload(lab, "a")  # which sweeps
    await upload(lab, "default")
    assert len(await files(lab, "a")) == 1
    assert len(await files(lab, "b")) == 1  # it is still noon there


async def test_stored_answers_end_by_the_clock(lab: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    first = await upload(lab, **key)
    assert (await upload(lab, **key))["id"] == first["id"]
    await lab.put("/ns/a/_mock/clock", json={"action": "advance", "by_s": 24 * 3600 + 1})
    assert (await upload(lab, **key))["id"] != first["id"]


async def test_tokens_end_by_the_clock(lab: httpx.AsyncClient) -> None:
    form = {"grant_type": "client_credentials", "client_secret": "sk_mock_a_development"}
    token = (await lab.post("/oauth/token", data=form)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await lab.get(MODELS, headers=bearer)).status_code == 200
    await lab.put("/ns/a/_mock/clock", json={"action": "advance", "by_s": 3601})
    assert (await lab.get(MODELS, headers=bearer)).json()["code"] == "expired_token"


async def test_rate_limits_go_by_the_clock(open_lab: OpenLab) -> None:
    async with open_lab(rate_limit="1/minute") as lab:
        await lab.put("/ns/a/_mock/clock", json=FROZEN)
        statuses = [(await lab.get(f"/ns/a{MODELS}")).status_code for _ in range(2)]
        assert (await lab.get("/ns/a/_mock/limits")).json()["rpm"] is None
        await lab.put("/ns/a/_mock/clock", json={"action": "advance", "by_s": 60})
        statuses.append((await lab.get(f"/ns/a{MODELS}")).status_code)
    assert statuses == [200, 429, 200]


# Seed


async def story(lab: httpx.AsyncClient, space: str) -> list[str]:
    classified = await lab.post(
        f"/ns/{space}/v1/text/count-tokens", json={"inputs": ["one", "two"], "model": "lstm-lm"}
    )
    made = await upload(lab, space)
    return [classified.headers["x-request-id"], classified.json()["id"], made["id"]]


async def test_ids_come_from_the_seed_of_the_namespace(lab: httpx.AsyncClient) -> None:
    for space in ("a", "b"):
        assert (await lab.put(f"/ns/{space}/_mock/seed", json={"seed": 7})).json() == {"seed": 7}
    assert (await lab.get("/ns/a/_mock/seed")).json() == {"seed": 7}
    told = await story(lab, "a")
    assert told == await story(lab, "b")
    assert told != await story(lab, "c")
    await lab.put("/ns/a/_mock/seed", json={"seed": None})
    assert (await story(lab, "a"))[0].startswith("req_")


async def test_the_same_requests_get_the_same_ids_in_any_order(lab: httpx.AsyncClient) -> None:
    bodies = [{"inputs": [f"text {number % 12}"], "model": "lstm-lm"} for number in range(24)]

    async def told(space: str, body: dict[str, Any]) -> tuple[str, str]:
        answer = await lab.post(f"/ns/{space}/v1/text/count-tokens", json=body)
        return answer.headers["x-request-id"], answer.text

    for space in ("a", "b"):
        await lab.put(f"/ns/{space}/_mock/seed", json={"seed": 7})
    alone = [await told("a", body) for body in bodies]
    waiting = iter(reversed(bodies))

    async def worker() -> list[tuple[str, str]]:
        return [await told("b", body) for body in waiting]

    found = await asyncio.gather(*(worker() for _ in range(8)))
    assert sorted(one for some in found for one in some) == sorted(alone)
    assert len(set(alone)) == 24


async def test_a_reset_tells_the_story_anew(lab: httpx.AsyncClient) -> None:
    await lab.put("/ns/a/_mock/seed", json={"seed": 7})
    first = await story(lab, "a")
    assert (await lab.post("/ns/a/_mock/reset", json={})).json()["namespace"] == "a"
    assert await story(lab, "a") == first


# Limits


async def test_a_tenant_is_put_one_call_from_its_limit(lab: httpx.AsyncClient) -> None:
    told = (await lab.put("/ns/a/_mock/limits", json={"rpm": 60, "remaining": 1})).json()
    assert (told["rpm"], told["remaining"]) == (60, 1)
    answers = [await lab.get(f"/ns/a{MODELS}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=60;w=60'
    assert answers[1].json()["code"] == "rate_limited"
    assert (await lab.get(MODELS)).status_code == 200
    assert (await lab.put("/ns/a/_mock/limits", json={"rpm": None})).json()["rpm"] is None
    assert (await lab.get(f"/ns/a{MODELS}")).status_code == 200
    refused = await lab.put("/ns/a/_mock/limits", json={"rpm": 1, "remaining": 2})
    assert refused.json()["code"] == "invalid_request"


async def test_what_no_route_matches_has_an_id_of_the_seed_too(lab: httpx.AsyncClient) -> None:
    asked = [
        ("GET", "/v1/nothing"),
        ("POST", "/healthz"),
        ("GET", "/v2/nothing"),
        ("PUT", "/compat/openai/v1/models"),
    ]
    found = []
    for _ in range(2):
        await lab.post("/ns/a/_mock/reset", json={})
        await lab.put("/ns/a/_mock/seed", json={"seed": 7})
        answers = [await lab.request(method, f"/ns/a{path}") for method, path in asked]
        assert {answer.status_code for answer in answers} == {404, 405}
        found.append([answer.headers["x-request-id"] for answer in answers])
    assert found[0] == found[1]
    assert len(set(found[0])) == len(asked)


# Reset and snapshots


async def test_a_part_alone_is_reset(lab: httpx.AsyncClient) -> None:
    made = await upload(lab)
    await lab.put("/ns/a/_mock/clock", json=FROZEN)
    done = (await lab.post("/ns/a/_mock/reset", json={"scope": ["clock", "clock"]})).json()
    assert done == {"namespace": "a", "scope": ["clock"]}
    assert (await lab.get("/ns/a/_mock/clock")).json()["frozen"] is False
    assert await files(lab) == [made["id"]]
    await lab.post("/ns/a/_mock/reset", json={"scope": ["state"]})
    assert await files(lab) == []
    assert (await lab.get(f"/ns/a{USAGE}")).json()["data"][0]["requests"] == 1


async def test_a_seed_that_is_set_again_after_a_restart_takes_no_file_for_another(
    open_lab: OpenLab, tmp_path: Path
) -> None:
    made = []
    for _ in range(2):
        async with open_lab(data_dir=tmp_path) as client:
            await client.put("/ns/a/_mock/seed", json={"seed": 7})
            made.append((await upload(client, "a"))["id"])
            kept = await files(client)
    assert made[0] != made[1]
    assert sorted(kept) == sorted(made)


async def test_a_reset_touches_no_other_namespace(lab: httpx.AsyncClient) -> None:
    made = await upload(lab, "b")
    await lab.post("/ns/a/_mock/reset", json={})
    assert await files(lab, "b") == [made["id"]]


async def test_a_snapshot_brings_everything_back(lab: httpx.AsyncClient) -> None:
    await lab.put("/ns/a/_mock/seed", json={"seed": 7})
    kept = await upload(lab, **{"Idempotency-Key": "k"})
    snapshot = (await lab.post("/ns/a/_mock/snapshots")).json()
    restore = f"/ns/a/_mock/snapshots/{snapshot['id']}/restore"
    later = await upload(lab)
    await lab.delete(f"/ns/a{FILES}/{kept['id']}")
    await lab.put("/ns/a/_mock/clock", json=FROZEN)
    for _ in range(2):
        assert (await lab.post(restore)).json() == snapshot
        assert await files(lab) == [kept["id"]]
        content = await lab.get(f"/ns/a{FILES}/{kept['id']}/content")
        assert content.content == b"content"
        assert (await lab.get("/ns/a/_mock/clock")).json()["frozen"] is False
        assert (await upload(lab, **{"Idempotency-Key": "k"}))["id"] == kept["id"]
    await lab.post(restore)
    assert (await upload(lab))["id"] == later["id"]  # the same draw again


async def test_snapshots_are_listed_and_deleted(lab: httpx.AsyncClient) -> None:
    snapshot = (await lab.post("/ns/a/_mock/snapshots")).json()
    assert (await lab.get("/ns/a/_mock/snapshots")).json()["data"] == [snapshot]
    assert (await lab.get("/ns/b/_mock/snapshots")).json()["data"] == []
    path = f"/ns/a/_mock/snapshots/{snapshot['id']}"
    assert (await lab.delete(path)).json() == {"id": snapshot["id"], "deleted": True}
    for refused in (await lab.delete(path), await lab.post(f"{path}/restore")):
        assert refused.json()["code"] == "not_found"


async def test_snapshots_take_the_room_that_is_stated(open_lab: OpenLab) -> None:
    async with open_lab(snapshot_bytes=150_000) as client:
        await client.post("/ns/a/v1/files", files={"file": bytes(100_000)})
        kept = (await client.post("/ns/a/_mock/snapshots")).json()
        refused = await client.post("/ns/a/_mock/snapshots")
        assert (refused.status_code, refused.json()["code"]) == (413, "storage_full")
        assert "--snapshot-bytes" in refused.json()["detail"]
        assert (await client.post("/ns/b/_mock/snapshots")).status_code == 200
        await client.delete(f"/ns/a/_mock/snapshots/{kept['id']}")
        assert (await client.post("/ns/a/_mock/snapshots")).status_code == 200


async def test_usage_is_part_of_a_snapshot(lab: httpx.AsyncClient) -> None:
    await lab.get(f"/ns/a{MODELS}")
    snapshot = (await lab.post("/ns/a/_mock/snapshots")).json()
    await lab.get(f"/ns/a{MODELS}")
    await lab.post(f"/ns/a/_mock/snapshots/{snapshot['id']}/restore")
    assert (await lab.get(f"/ns/a{USAGE}")).json()["data"] == [
        {"operation": "models.list", "requests": 1, "failed_requests": 0, "inputs": 0}
    ]


async def test_many_namespaces_at_once_leak_nothing(open_lab: OpenLab) -> None:
    async with open_lab() as lab:

        async def test(number: int) -> None:
            space = f"t{number}"
            made = [(await upload(lab, space))["id"] for _ in range(3)]
            assert await files(lab, space) == made[::-1]
            await lab.post(f"/ns/{space}/_mock/reset", json={"scope": ["state"]})
            assert await files(lab, space) == []
            assert (await lab.delete(f"/_mock/namespaces/{space}")).status_code == 200

        for start in range(0, 48, 16):
            await asyncio.gather(*(test(number) for number in range(start, start + 16)))
        assert (await lab.get("/_mock/namespaces")).json()["data"] == []
