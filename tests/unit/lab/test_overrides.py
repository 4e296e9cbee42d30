"""Overrides: answers in the place of real ones, held against the contract."""

from typing import Any

import httpx
import pytest

from aiaas_mock.lab.overrides.merging import NoSuchPlace, merged

A = {"X-Mock-Namespace": "a"}
OVERRIDES = "/_mock/overrides"
OPERATION = "text.detect_language"
ENGLISH = "This is a text in English, is it not?"


async def detect(lab: httpx.AsyncClient, *texts: str, **headers: str) -> httpx.Response:
    body = {"inputs": list(texts)}
    return await lab.post("/v1/text/detect-language", json=body, headers={**A, **headers})


async def override(lab: httpx.AsyncClient, respond: dict[str, Any], **more: Any) -> httpx.Response:
    match = {"operation": OPERATION, **more.pop("match", {})}
    body = {"match": match, "respond": respond, **more}
    return await lab.post(OVERRIDES, json=body, headers=A)


async def test_a_merge_changes_what_it_names_and_nothing_else(lab: httpx.AsyncClient) -> None:
    real = (await detect(lab, ENGLISH)).json()
    made = await override(lab, {"merge": {"/results/0/language": "xx"}}, id="o1")
    assert made.status_code == 200, made.text
    answer = await detect(lab, ENGLISH)
    changed = answer.json()
    assert answer.headers["x-mock-override"] == "o1"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert changed["results"][0].pop("language") == "xx"
    assert real["results"][0].pop("language") == "en"
    assert changed["results"] == real["results"]


async def test_other_requests_and_namespaces_get_the_real_answer(lab: httpx.AsyncClient) -> None:
    await override(
        lab, {"merge": {"/results/0/language": "xx"}}, match={"body": {"/inputs/0": ENGLISH}}
    )
    other = await detect(lab, f"{ENGLISH} And more.")
    elsewhere = await lab.post("/v1/text/detect-language", json={"inputs": [ENGLISH]})
    hit = await detect(lab, ENGLISH)
    assert "x-mock-override" not in other.headers
    assert "x-mock-override" not in elsewhere.headers
    assert hit.headers["x-mock-override"].startswith("override_")


async def test_a_whole_answer_takes_the_place_of_the_real_one(lab: httpx.AsyncClient) -> None:
    real = (await detect(lab, ENGLISH)).json()
    wanted = {**real, "id": "mine"}
    made = await override(lab, {"body": wanted, "headers": {"X-Mine": "1"}}, times=1)
    assert made.status_code == 200, made.text
    first, second = await detect(lab, ENGLISH), await detect(lab, ENGLISH)
    assert (first.json(), first.headers["x-mine"]) == (wanted, "1")
    assert second.json()["id"] != "mine"
    (listed,) = (await lab.get(OVERRIDES, headers=A)).json()["data"]
    assert listed["used"] == 1


async def test_a_problem_can_be_the_answer(lab: httpx.AsyncClient) -> None:
    problem = (await lab.get("/v1/models/nothing", headers=A)).json()
    assert (await override(lab, {"status": 404, "body": problem})).status_code == 200
    answer = await detect(lab, ENGLISH)
    assert (answer.status_code, answer.json()) == (404, problem)
    assert answer.headers["content-type"] == "application/problem+json"
    entry = (await lab.get("/_mock/requests", headers=A)).json()["data"][-1]
    assert (entry["status"], entry["override"]) == (404, answer.headers["x-mock-override"])
    assert entry["answer"]["json_body"] == problem


@pytest.mark.parametrize(
    ("respond", "param"),
    [
        ({"body": {"id": "x"}}, "/respond/body"),
        ({"merge": {"results": "none"}}, "/respond/merge/results"),
        ({"merge": {"/results/0/language": 5}}, "/respond/merge/results/0"),
        ({"merge": {"results": None}}, "/respond/merge/results"),
        ({"merge": {"modle": "x@1"}}, "/respond/merge/modle"),
        ({"merge": {"/results/0/lang": "en"}}, "/respond/merge/results/0/lang"),
        ({"merge": {"/nothing/0/lang": "en"}}, "/respond/merge"),
        ({"status": 500, "body": {"code": "x"}}, "/respond/body"),
    ],
)
async def test_an_answer_that_the_operation_never_gives_is_refused_unless_unchecked(
    lab: httpx.AsyncClient, respond: dict[str, Any], param: str
) -> None:
    refused = await override(lab, respond)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["param"].startswith(param)
    assert problem["detail"].startswith(problem["param"])
    assert (await override(lab, respond, unchecked=True)).status_code == 200


async def test_an_unchecked_answer_is_sent_as_it_is(lab: httpx.AsyncClient) -> None:
    await override(lab, {"body": {"broken": True}}, unchecked=True)
    assert (await detect(lab, ENGLISH)).json() == {"broken": True}


@pytest.mark.parametrize(
    "body",
    [
        {"match": {"operation": "text.nothing"}, "respond": {"body": {}}},
        {"match": {"operation": "files.content"}, "respond": {"body": {}}},
        {"match": {}, "respond": {"body": {}}},
        {"match": {"operation": OPERATION, "status": 200}, "respond": {"body": {}}},
        {"match": {"operation": OPERATION}, "respond": {}},
        {"match": {"operation": OPERATION}, "respond": {"body": {}, "merge": {"a": 1}}},
        {"match": {"operation": OPERATION}, "respond": {"status": 200, "merge": {"a": 1}}},
        {"match": {"operation": OPERATION}, "respond": {"body": {}, "headers": {"a": "b\n"}}},
    ],
)
async def test_an_override_that_is_none_is_refused(
    lab: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    refused = await lab.post(OVERRIDES, json=body, headers=A)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_the_key_is_looked_at_first(lab: httpx.AsyncClient) -> None:
    await override(lab, {"body": {"broken": True}}, unchecked=True)
    refused = await detect(lab, ENGLISH, Authorization="Bearer sk_mock_default_wrong")
    unmatched = await lab.get("/v1/nothing", headers=A)
    assert (refused.status_code, unmatched.status_code) == (401, 404)
    assert "x-mock-override" not in {**refused.headers, **unmatched.headers}


async def test_refusals_are_answered_by_a_body_and_never_merged(lab: httpx.AsyncClient) -> None:
    await override(lab, {"merge": {"/results/0/language": "xx"}}, id="merge")
    assert (await detect(lab)).status_code == 422
    await override(lab, {"body": {"fine": True}}, unchecked=True)
    assert (await detect(lab)).json() == {"fine": True}


async def test_a_place_beyond_the_last_result_is_the_last(lab: httpx.AsyncClient) -> None:
    await override(lab, {"merge": {"/results/7/language": "xx"}})
    found = (await detect(lab, ENGLISH, ENGLISH)).json()["results"]
    assert [result["language"] for result in found] == ["en", "xx"]


async def test_a_raw_body_is_known_by_its_digest(lab: httpx.AsyncClient) -> None:
    match = {"operation": "images.classify", "sha256": "0" * 64}
    body = {"match": match, "respond": {"body": {}}, "unchecked": True}
    await lab.post(OVERRIDES, json=body, headers=A)
    png = {**A, "Content-Type": "image/png"}
    answer = await lab.post("/v1/images/classify", content=b"no picture", headers=png)
    assert "x-mock-override" not in answer.headers


async def test_overrides_work_without_a_journal(open_lab: Any) -> None:
    async with open_lab(journal_entries=0) as lab:
        await override(lab, {"body": {}}, unchecked=True)
        assert (await detect(lab, ENGLISH)).json() == {}


async def test_overrides_are_read_deleted_reset_and_restored(lab: httpx.AsyncClient) -> None:
    for name in ("one", "two", "three"):
        await override(lab, {"body": {}}, unchecked=True, id=name)
    assert (await lab.get(f"{OVERRIDES}/one", headers=A)).json()["id"] == "one"
    snapshot = (await lab.post("/_mock/snapshots", headers=A)).json()["id"]
    assert (await lab.delete(f"{OVERRIDES}/one", headers=A)).json()["ids"] == ["one"]
    assert (await lab.delete(OVERRIDES, headers=A)).json()["ids"] == ["two", "three"]
    assert (await lab.get(f"{OVERRIDES}/one", headers=A)).status_code == 404
    await lab.post(f"/_mock/snapshots/{snapshot}/restore", headers=A)
    assert len((await lab.get(OVERRIDES, headers=A)).json()["data"]) == 3
    await lab.post("/_mock/reset", json={"scope": ["overrides"]}, headers=A)
    assert (await lab.get(OVERRIDES, headers=A)).json()["data"] == []


async def test_a_namespace_has_so_many_and_no_more(lab: httpx.AsyncClient) -> None:
    for number in range(100):
        await override(lab, {"body": {}}, unchecked=True, id=f"o{number}")
    assert (await override(lab, {"body": {}}, unchecked=True)).status_code == 422
    assert (await override(lab, {"body": {}}, unchecked=True, id="o1")).status_code == 200


@pytest.mark.parametrize(
    ("patch", "answer"),
    [
        ({"a": None}, {"b": [1, {"c": 2}]}),
        ({"b": 3}, {"a": {"x": 1}, "b": 3}),
        ({"a": {"y": {"z": 1}}}, {"a": {"x": 1, "y": {"z": 1}}, "b": [1, {"c": 2}]}),
        ({"/b/1/c": 3}, {"a": {"x": 1}, "b": [1, {"c": 3}]}),
        ({"/a/n~1m": 0}, {"a": {"x": 1, "n/m": 0}, "b": [1, {"c": 2}]}),
    ],
)
def test_patches_follow_their_standards(patch: dict[str, Any], answer: Any) -> None:
    real = {"a": {"x": 1}, "b": [1, {"c": 2}]}
    assert merged(real, patch) == answer
    assert real == {"a": {"x": 1}, "b": [1, {"c": 2}]}


def test_a_pointer_that_leads_nowhere_is_named() -> None:
    with pytest.raises(NoSuchPlace, match="/b/5"):
        merged({"b": [1]}, {"/b/5": 1})
