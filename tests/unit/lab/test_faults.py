"""Faults in one process, and which requests a rule hits."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from tests.fault_cases import CASES, PATH, STREAM, STREAMED, FaultCase, Seen, assert_seen, case_id

from .conftest import OpenLab

CLASSIFY = "/v1/text/classify"
MODELS = "/v1/models"


async def look(lab: httpx.AsyncClient, *, stream: bool = False, space: str = "a") -> Seen:
    """Send a request and note what comes of it."""
    started = time.perf_counter()
    try:
        if stream:
            answer = await lab.post(f"/ns/{space}{STREAM}", json=STREAMED)
        else:
            answer = await lab.get(f"/ns/{space}{PATH}")
    except httpx.TransportError as error:
        return Seen(None, {}, b"", error, time.perf_counter() - started)
    took_s = time.perf_counter() - started
    return Seen(answer.status_code, answer.headers, answer.content, None, took_s)


async def add(lab: httpx.AsyncClient, fault: Any = None, space: str = "a", **rule: Any) -> Any:
    """Add a rule, by default one that is seen at once."""
    body = {"fault": fault or {"kind": "status", "status": 502}, **rule}
    answer = await lab.post(f"/ns/{space}/_mock/faults", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def statuses(lab: httpx.AsyncClient, count: int, path: str = PATH, **options: Any) -> Any:
    answers = [await lab.get(f"/ns/a{path}", **options) for _ in range(count)]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("case", CASES, ids=case_id)
async def test_a_fault_is_the_same_in_one_process(lab: httpx.AsyncClient, case: FaultCase) -> None:
    await add(lab, case.fault)
    seen = await look(lab, stream=case.stream)
    if seen.error is None:
        assert_seen(case, seen)
    else:
        assert type(seen.error) is case.raises
    assert (await lab.delete("/ns/a/_mock/faults")).status_code == 200
    assert (await look(lab, stream=case.stream)).status == 200


# Matching


async def test_a_rule_is_about_operations_by_name(lab: httpx.AsyncClient) -> None:
    await add(lab, match={"operation": "models.*"})
    assert await statuses(lab, 1) == [502]
    assert await statuses(lab, 1, "/v1/usage") == [200]
    await add(lab, id="usage", match={"operation": "usage.retrieve"})
    assert await statuses(lab, 1, "/v1/usage") == [502]


async def test_a_rule_is_about_headers(lab: httpx.AsyncClient) -> None:
    await add(lab, match={"header": {"X-Tenant": "7", "X-Any": "*"}})
    for headers, status in (
        ({"X-Tenant": "7", "X-Any": "thing"}, 502),
        ({"X-Tenant": "8", "X-Any": "thing"}, 200),
        ({"X-Tenant": "7"}, 200),
    ):
        assert await statuses(lab, 1, headers=headers) == [status]


async def test_a_rule_is_about_the_nth_request(lab: httpx.AsyncClient) -> None:
    await add(lab, match={"operation": "models.retrieve", "nth": [1, 3]})
    await statuses(lab, 1, "/v1/usage")
    assert await statuses(lab, 4) == [502, 200, 502, 200]


async def test_a_rule_begins_late_and_ends_by_number(lab: httpx.AsyncClient) -> None:
    made = await add(lab, after=1, times=2)
    assert await statuses(lab, 5) == [200, 502, 502, 200, 200]
    found = (await lab.get(f"/ns/a/_mock/faults/{made['id']}")).json()
    assert (found["matched"], found["hit"]) == (5, 2)


async def test_a_rule_ends_by_the_clock(lab: httpx.AsyncClient) -> None:
    frozen = {"action": "freeze", "instant": "2026-03-01T12:00:00Z"}
    await lab.put("/ns/a/_mock/clock", json=frozen)
    await add(lab, until="2026-03-01T12:00:01Z")
    assert await statuses(lab, 1) == [502]
    await lab.put("/ns/a/_mock/clock", json={"action": "advance", "by_s": 1})
    assert await statuses(lab, 1) == [200]


async def test_a_rule_is_about_a_key(lab: httpx.AsyncClient) -> None:
    await add(lab, match={"key": "key_a_development"})
    mine = {"Authorization": "Bearer sk_mock_a_development"}
    assert await statuses(lab, 1, headers=mine) == [502]
    assert await statuses(lab, 1) == [200]
    refused = await lab.get(f"/ns/a{PATH}", headers={"Authorization": "Bearer not-a-key-of-ours"})
    assert refused.status_code == 401  # decided before the key was known to be one


@pytest.mark.parametrize("model", ["lstm-lm", "lstm-lm@1"])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_rule_is_about_the_model_that_answers(
    lab: httpx.AsyncClient, model: str, *, stream: bool
) -> None:
    await add(lab, match={"model": model})
    answer = await lab.post(f"/ns/a{STREAM}", json={**STREAMED, "stream": stream})
    assert answer.status_code == 502
    assert await statuses(lab, 1) == [200]
    other = {"inputs": ["a"], "model": "word2vec"}
    answer = await lab.post("/ns/a/v1/text/count-tokens", json=other)
    assert answer.status_code == 200


async def test_a_fault_comes_before_the_key_is_looked_at(lab: httpx.AsyncClient) -> None:
    await add(lab)
    refused = await lab.get(f"/ns/a{PATH}", headers={"Authorization": "Bearer not-a-key-of-ours"})
    assert refused.status_code == 502


async def test_several_rules_hit_one_request(lab: httpx.AsyncClient) -> None:
    await add(lab, {"kind": "latency", "delay_s": 0.02}, id="slow")
    await add(lab, {"kind": "wrong_content_type"}, id="type")
    await add(lab, {"kind": "truncate", "keep_bytes": 3}, id="cut")
    seen = await look(lab)
    assert seen.headers["content-type"] == "text/html"
    assert (len(seen.body), seen.took_s >= 0.02) == (3, True)
    await add(lab, id="type")  # in the place of the one before; what comes after is not tried
    assert (await look(lab)).status == 502
    found = (await lab.get("/ns/a/_mock/faults")).json()["data"]
    assert [(one["id"], one["matched"]) for one in found] == [("slow", 2), ("type", 1), ("cut", 1)]


async def test_faults_of_a_namespace_are_no_others(lab: httpx.AsyncClient) -> None:
    await add(lab)
    assert (await look(lab, space="b")).status == 200
    assert (await lab.get("/healthz")).status_code == 200
    assert (await lab.get("/ns/a/healthz")).status_code == 502
    assert (await lab.get("/ns/a/nothing")).status_code == 404


async def test_what_an_operation_effects_before_a_reset_stays(lab: httpx.AsyncClient) -> None:
    for when, count in (("before", 0), ("after", 1)):
        await add(lab, {"kind": "reset", "when": when}, id="r", match={"operation": "files.create"})
        with pytest.raises(httpx.ReadError):
            await lab.post("/ns/a/v1/files", files={"file": b"content"})
        assert len((await lab.get("/ns/a/v1/files")).json()["data"]) == count


async def test_a_download_is_distorted_as_a_whole(lab: httpx.AsyncClient) -> None:
    made = (await lab.post("/ns/a/v1/files", files={"file": b"content"})).json()
    path = f"/ns/a/v1/files/{made['id']}/content"
    await add(lab, {"kind": "truncate", "keep_bytes": 3})
    assert (await lab.get(path)).content == b"con"
    await add(lab, {"kind": "wrong_schema"}, id="schema")
    assert (await lab.get(path)).content == b"con"  # no JSON: there is no schema to break


async def test_a_page_is_a_wrong_schema_too(lab: httpx.AsyncClient) -> None:
    await add(lab, {"kind": "wrong_schema"})
    page = (await lab.get(f"/ns/a{MODELS}")).json()
    assert list(page["data"]) == ["items"]
    assert isinstance(page["has_more"], list)


async def test_event_faults_leave_what_is_no_stream(lab: httpx.AsyncClient) -> None:
    await add(lab, {"kind": "duplicate_event"})
    assert (await look(lab)).json["name"] == "clothing"


async def test_body_faults_take_a_stream_as_a_whole(lab: httpx.AsyncClient) -> None:
    await add(lab, {"kind": "truncate", "keep_bytes": 12})
    assert (await look(lab, stream=True)).body == b"event: token"


# Chance


async def fates(lab: httpx.AsyncClient, space: str, *, at_once: int) -> list[int]:
    await lab.post("/_mock/namespaces", json={"name": space, "seed": 7})
    await add(lab, space=space, id="flaky", probability=0.5)
    found: list[int] = []
    for start in range(0, 32, at_once):
        seen = await asyncio.gather(
            *(look(lab, space=space) for _ in range(start, start + at_once))
        )
        found += [one.status or 0 for one in seen]
    return found


async def test_the_same_seed_hits_the_same_requests_in_any_order(lab: httpx.AsyncClient) -> None:
    alone = await fates(lab, "a", at_once=1)
    assert {200, 502} == set(alone)
    assert await fates(lab, "b", at_once=1) == alone
    assert sorted(await fates(lab, "c", at_once=8)) == sorted(alone)


async def test_a_seed_hits_the_same_of_different_requests_in_any_order(
    lab: httpx.AsyncClient,
) -> None:
    async def hit(space: str, number: int) -> int | None:
        answer = await lab.get(f"/ns/{space}{MODELS}", params={"limit": number + 1})
        return number if answer.status_code == 502 else None

    for space in ("a", "b"):
        await lab.post("/_mock/namespaces", json={"name": space, "seed": 7})
        await add(lab, space=space, probability=0.5)
    alone = [await hit("a", number) for number in range(24)]
    assert 0 < len(set(alone) - {None}) < 24
    assert [await hit("b", number) for number in reversed(range(24))] == alone[::-1]


async def test_without_a_seed_chance_is_chance(lab: httpx.AsyncClient) -> None:
    await add(lab, probability=0.5)
    assert set(await statuses(lab, 64)) == {200, 502}
    await add(lab, space="b", probability=0.0)
    assert (await look(lab, space="b")).status == 200


async def test_a_reset_tells_the_faults_anew(lab: httpx.AsyncClient) -> None:
    await add(lab, times=1)
    snapshot = (await lab.post("/ns/a/_mock/snapshots")).json()
    assert await statuses(lab, 2) == [502, 200]
    await lab.post("/ns/a/_mock/reset", json={"scope": ["faults"]})
    assert (await lab.get("/ns/a/_mock/faults")).json()["data"] == []
    await lab.post(f"/ns/a/_mock/snapshots/{snapshot['id']}/restore")
    assert await statuses(lab, 2) == [502, 200]


# Steering


async def test_rules_are_listed_read_replaced_and_deleted(lab: httpx.AsyncClient) -> None:
    made = await add(lab, id="mine")
    assert (await lab.get("/ns/a/_mock/faults/mine")).json() == made
    await add(lab, {"kind": "empty_body"}, id="mine")
    found = (await lab.get("/ns/a/_mock/faults")).json()["data"]
    assert [one["rule"]["fault"]["kind"] for one in found] == ["empty_body"]
    deleted = await lab.delete("/ns/a/_mock/faults/mine")
    assert deleted.json() == {"ids": ["mine"], "deleted": True}
    for answer in (
        await lab.delete("/ns/a/_mock/faults/mine"),
        await lab.get("/ns/a/_mock/faults/mine"),
    ):
        assert (answer.status_code, answer.json()["param"]) == (404, "/rule")
    await add(lab)
    assert len((await lab.delete("/ns/a/_mock/faults")).json()["ids"]) == 1


@pytest.mark.parametrize(
    ("fault", "param"),
    [
        ({"kind": "dance"}, "/fault"),
        ({"kind": "status"}, "/fault/status/status"),
        ({"kind": "status", "status": 200}, "/fault/status/status"),
        ({"kind": "reset", "delay_s": 1}, "/fault/reset/delay_s"),
        ({"kind": "latency", "delay_s": 1, "distribution": "uniform"}, "/fault/latency"),
        ({"kind": "latency", "delay_s": 1, "max_s": 0.5}, "/fault/latency"),
        ({"kind": "duplicate_header", "value": "a\r\nb"}, "/fault/duplicate_header/value"),
    ],
)
async def test_a_fault_that_is_none_is_refused_with_its_place(
    lab: httpx.AsyncClient, fault: Any, param: str
) -> None:
    refused = await lab.post("/_mock/faults", json={"fault": fault})
    assert (refused.json()["code"], refused.json()["param"]) == ("invalid_request", param)


async def test_a_rule_without_an_id_gets_one_that_no_other_has(lab: httpx.AsyncClient) -> None:
    await add(lab, id="fault_2")
    assert [(await add(lab))["id"] for _ in range(2)] == ["fault_1", "fault_3"]


async def test_there_is_an_end_to_rules(lab: httpx.AsyncClient) -> None:
    for number in range(100):
        await add(lab, id=f"r{number}", probability=0.0)
    refused = await lab.post("/ns/a/_mock/faults", json={"fault": {"kind": "reset"}})
    assert refused.json()["code"] == "invalid_request"
    await add(lab, id="r0")


async def test_who_is_held_up_goes_on_when_the_rules_go(lab: httpx.AsyncClient) -> None:
    await add(lab, {"kind": "latency", "delay_s": 600})
    held = asyncio.create_task(look(lab))
    while (await lab.get("/ns/a/_mock/faults")).json()["data"][0]["hit"] == 0:  # noqa: ASYNC110
        await asyncio.sleep(0)  # over HTTP there is no event to wait for
    assert (await lab.get("/_mock/namespaces/a")).json()["requests_under_way"] == 1
    assert (await lab.delete("/_mock/namespaces/a")).status_code == 200
    assert (await held).status == 200


# In a header


async def test_a_header_brings_a_fault_where_that_is_allowed(open_lab: OpenLab) -> None:
    reset = {"X-Mock-Fault": "reset"}
    async with open_lab() as lab:
        assert (await lab.get(PATH, headers=reset)).status_code == 200
    async with open_lab(allow_fault_header=True) as lab:
        with pytest.raises(httpx.ReadError):
            await lab.get(PATH, headers=reset)
        able = (await lab.get("/_mock/capabilities")).json()
        assert able["fault_header"]
        assert (await lab.get("/_mock/faults")).json()["data"] == []


async def test_what_a_header_says_is_counted_by_its_text(open_lab: OpenLab) -> None:
    async with open_lab(allow_fault_header=True) as lab:

        async def status(text: str) -> int:
            return (await lab.get(f"/ns/a{PATH}", headers={"X-Mock-Fault": text})).status_code

        assert [await status("status=502; times=2") for _ in range(3)] == [502, 502, 200]
        assert await status("status=502; times=2; id=other") == 502
        assert [await status("internal") for _ in range(2)] == [500, 500]
        assert await status("latency=0.001;distribution=uniform;max_s=0.002") == 200
        assert await status("validation=/inputs/1") == 422
        for text in ("", "dance", "status", "status=many", "status=503;nth=1", "=", "reset;;"):
            expected = 200 if not text else 422
            assert await status(text) == expected, text
        for number in range(300):  # the oldest are forgotten
            await status(f"status=502;times=1;id=n{number}")
        assert await status("status=502; times=2") == 502
        await lab.post("/ns/a/_mock/reset", json={"scope": ["faults"]})
        assert await status("status=502;times=1;id=n299") == 502


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("text.sentimant", "did you mean 'text.sentiment'?"),
        ("videos.*", "GET /_mock/capabilities"),
    ],
)
async def test_a_rule_about_an_operation_that_is_none_is_refused(
    lab: httpx.AsyncClient, name: str, advice: str
) -> None:
    rule = {"match": {"operation": name}, "fault": {"kind": "status", "status": 503}}
    refused = await lab.post("/_mock/faults", json=rule)
    assert (refused.status_code, refused.json()["param"]) == (422, "/match/operation")
    assert advice in refused.json()["detail"]


@pytest.mark.parametrize("name", ["*", "text.*", "*.classify", "openai.chat", "oip.*"])
async def test_a_rule_may_name_many_operations_and_those_of_protocols(
    lab: httpx.AsyncClient, name: str
) -> None:
    rule = {"match": {"operation": name}, "fault": {"kind": "status", "status": 503}}
    assert (await lab.post("/_mock/faults", json=rule)).status_code == 200
