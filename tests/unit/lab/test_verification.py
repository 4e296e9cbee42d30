"""Verification: was it asked, and if not, what came nearest?"""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas_mock.lab.contract.matching import RequestMatch
from aiaas_mock.lab.matching import Subject, differences

A = {"X-Mock-Namespace": "a"}
PATH = "/v1/text/detect-language"


async def detect(lab: httpx.AsyncClient, *texts: str) -> str:
    answer = await lab.post(PATH, json={"inputs": list(texts)}, headers=A)
    return answer.headers["x-request-id"]


async def verify(lab: httpx.AsyncClient, **expected: Any) -> tuple[int, dict[str, Any]]:
    answer = await lab.post("/_mock/requests/verify", json=expected, headers=A)
    return answer.status_code, answer.json()


def of(*texts: str) -> dict[str, Any]:
    return {"operation": "text.detect_language", "body": {"inputs": list(texts)}}


async def test_what_was_asked_is_verified(lab: httpx.AsyncClient) -> None:
    request_id = await detect(lab, "Good morning")
    status, report = await verify(lab, match=of("Good morning"))
    assert (status, report["verified"], report["matched"]) == (200, True, 1)
    assert (report["request_ids"], report["message"]) == ([request_id], "")


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"exactly": 2}, 200),
        ({"exactly": 1}, 406),
        ({"at_least": 3}, 406),
        ({"at_most": 1}, 406),
        ({"at_least": 1, "at_most": 2}, 200),
    ],
)
async def test_it_is_counted(lab: httpx.AsyncClient, times: dict[str, int], status: int) -> None:
    await detect(lab, "a")
    await detect(lab, "a")
    assert (await verify(lab, match=of("a"), times=times))[0] == status


async def test_that_nothing_was_asked_can_be_verified(lab: httpx.AsyncClient) -> None:
    assert (await verify(lab, match={}, times={"exactly": 0}))[0] == 200
    await detect(lab, "a")
    status, report = await verify(lab, match={}, times={"exactly": 0})
    assert (status, report["nearest"]) == (406, [])


async def test_a_failure_names_what_comes_nearest_field_by_field(lab: httpx.AsyncClient) -> None:
    await lab.get("/v1/models", headers=A)
    far = await detect(lab, "Bonsoir", "a")
    near = await detect(lab, "Good evening", "b")
    match = {
        "operation": "text.detect_language",
        "status": 200,
        "body": {"/inputs/0": "Good morning", "/inputs/1": {"$in": ["b", "c"]}},
    }
    status, report = await verify(lab, match=match)
    assert (status, report["verified"], report["matched"]) == (406, False, 0)
    assert [miss["request_id"] for miss in report["nearest"]][:2] == [near, far]
    assert report["nearest"][0]["differences"] == [
        {"field": "/body/inputs/0", "expected": '"Good morning"', "got": "Good evening"}
    ]
    assert report["nearest"][2]["operation"] == "models.list"
    lines = report["message"].splitlines()
    assert "0 of 3 requests match" in lines[0]
    assert lines[1] == f"near: text.detect_language {near}"
    assert lines[2] == '  /body/inputs/0: expected "Good morning", got Good evening'
    assert len(lines) <= 10


async def test_a_message_has_ten_lines_at_most(lab: httpx.AsyncClient) -> None:
    for number in range(5):
        await detect(lab, *"abcdefgh", f"{number}\nand a line\r\nor two")
    body = {f"/inputs/{place}": "x\ny" * 200 for place in range(9)}
    _, report = await verify(lab, match={"body": body})
    assert len(report["message"].splitlines()) == 10
    assert max(map(len, report["message"].splitlines())) < 400


async def test_a_sequence_must_have_been_in_order(lab: httpx.AsyncClient) -> None:
    for text in ("first", "between", "second"):
        last = await detect(lab, text)
    assert (await verify(lab, sequence=[of("first"), of("second")]))[0] == 200
    status, report = await verify(lab, sequence=[of("second"), of("first")])
    assert (status, report["matched"]) == (406, 1)
    assert report["message"].startswith("Step 2 of 2")
    assert report["message"].endswith(f"was not found after request {last}.")
    status, report = await verify(lab, sequence=[of("third")])
    assert report["nearest"][0]["differences"][0]["got"] == '["second"]'


@pytest.mark.parametrize(
    "request_body",
    [
        {},
        {"match": {}, "sequence": [{}]},
        {"sequence": [{}], "times": {"at_least": 1}},
        {"match": {}, "times": {}},
        {"match": {"body": {"a": {"$like": "x"}}}},
        {"match": {"body": {"a": {"$regex": "("}}}},
        {"match": {"body": {"a": {"$regex": 1}}}},
        {"match": {"body": {"a": {"$in": 1}}}},
        {"match": {"body": {"a": {"$exists": 1}}}},
        {"match": {"body": {"a": {"$not": {"$regex": "["}}}}},
        {"match": {"operations": "x"}},
    ],
)
async def test_an_expectation_that_is_none_is_refused(
    lab: httpx.AsyncClient, request_body: dict[str, Any]
) -> None:
    status, problem = await verify(lab, **request_body)
    assert (status, problem["code"]) == (422, "invalid_request")


async def test_requests_that_no_route_matched_name_the_closest_operation(
    lab: httpx.AsyncClient,
) -> None:
    await lab.get("/v1/models", headers=A)
    await lab.post("/v1/text/sentiments", json={}, headers=A)
    await lab.get("/v1/text/sentiment", headers=A)
    await lab.get("/v1/model/clothing", headers=A)
    found = (await lab.get("/_mock/requests/unmatched", headers=A)).json()["data"]
    assert [(one["closest"], one["differences"]) for one in found] == [
        (
            "text.sentiment",
            [{"field": "path", "expected": "/v1/text/sentiment", "got": "/v1/text/sentiments"}],
        ),
        ("text.sentiment", [{"field": "method", "expected": "POST", "got": "GET"}]),
        (
            "models.retrieve",
            [{"field": "path", "expected": "/v1/models/{model}", "got": "/v1/model/clothing"}],
        ),
    ]


# Matching

SUBJECT = Subject(
    operation="text.classify",
    method="POST",
    path="/v1/text/classify",
    key_id="key_1",
    headers={"x-tag": "one"},
    body={"a": "some text", "b": [1, {"c": True}], "d/e": None, "f": 1.0},
    sha256="0" * 64,
    status=200,
)


@pytest.mark.parametrize(
    "match",
    [
        {"operation": "text.*"},
        {"method": "POST", "path": "/v1/text/classify", "key": "key_1", "status": 200},
        {"sha256": "0" * 64},
        {"header": {"X-Tag": "one"}},
        {"header": {"x-tag": "*"}},
        {"body": {"a": "some text", "f": 1}},
        {"body": {"/b/0": 1, "/b/1/c": True}},
        {"body": {"/b": [1, {"c": True}]}},
        {"body": {"/d~1e": None}},
        {"body": {"a": {"$regex": "some .*"}}},
        {"body": {"a": {"$not": {"$regex": "text"}}}},
        {"body": {"b": {"$contains": {"c": True}}}},
        {"body": {"b": {"$contains": {"$in": [5, 1]}}}},
        {"body": {"a": {"$exists": True}, "z": {"$exists": False}}},
    ],
)
def test_what_fits_has_no_differences(match: dict[str, Any]) -> None:
    assert list(differences(RequestMatch.model_validate(match), SUBJECT)) == []


@pytest.mark.parametrize(
    ("match", "field", "got"),
    [
        ({"operation": "text"}, "operation", "text.classify"),
        ({"path": "/v1/text"}, "path", "/v1/text/classify"),
        ({"header": {"X-Tag": "on"}}, "header X-Tag", "one"),
        ({"header": {"X-None": "*"}}, "header X-None", "nothing"),
        ({"body": {"a": "some"}}, "/body/a", "some text"),
        ({"body": {"a": {"$regex": "some"}}}, "/body/a", "some text"),
        ({"body": {"/b/0": True}}, "/body/b/0", "1"),
        ({"body": {"/b/7": 1}}, "/body/b/7", "nothing"),
        ({"body": {"/a/b": 1}}, "/body/a/b", "nothing"),
        ({"body": {"z": {"$not": 1}}}, "/body/z", "nothing"),
        ({"body": {"a": {"$contains": "some"}}}, "/body/a", "some text"),
        ({"body": {"a": {"$exists": False}}}, "/body/a", "some text"),
    ],
)
def test_what_does_not_fit_is_named(match: dict[str, Any], field: str, got: str) -> None:
    (found,) = differences(RequestMatch.model_validate(match), SUBJECT)
    assert (found.field, found.got) == (field, got)


@given(st.text(min_size=1), st.text(min_size=1))
def test_texts_match_as_wholes_only(wanted: str, text: str) -> None:
    subject = Subject(
        operation="o", method="GET", path="/", key_id=None, headers={}, body={"t": text}, sha256=""
    )
    found = list(differences(RequestMatch(body={"t": wanted}), subject))
    assert (found == []) is (wanted == text)
