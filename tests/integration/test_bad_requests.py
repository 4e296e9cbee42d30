"""Requests that are wrong before any picture is looked at; the contract suite has the others."""

import json

import httpx
import pytest

from aiaas_mock.conformance.case import Multipart
from aiaas_mock.conformance.material import ANKLE_BOOT, in_base64

CLASSIFY = "/v1/images/classify"
BODY = {"inputs": [{"data": in_base64(ANKLE_BOOT)}]}


@pytest.fixture
def headers(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


def problem_of(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = response.json()
    assert problem["code"] == code
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


@pytest.mark.parametrize("value", ["Basic abc", "Bearer", "Bearer ", "Bearer    ", "Token x"])
async def test_an_authorization_that_holds_no_bearer_key_counts_as_no_key(
    in_process: httpx.AsyncClient, value: str
) -> None:
    response = await in_process.get("/v1/models", headers={"Authorization": value})
    problem_of(response, 401, "missing_api_key")


async def test_the_scheme_of_the_authorization_may_be_written_in_any_case(
    in_process: httpx.AsyncClient, api_key: str
) -> None:
    response = await in_process.get("/v1/models", headers={"Authorization": f"bEARER {api_key}"})
    assert response.status_code == 200


async def test_a_wrong_key_is_not_repeated_in_the_answer(in_process: httpx.AsyncClient) -> None:
    key = "sk_mock_default_a-key-of-another-cloud"
    response = await in_process.get("/v1/models", headers={"Authorization": f"Bearer {key}"})
    problem_of(response, 401, "invalid_api_key")
    assert key not in response.text


async def test_the_key_is_asked_for_before_the_body_is_read(in_process: httpx.AsyncClient) -> None:
    response = await in_process.post(CLASSIFY, content=b"{", headers={})
    problem_of(response, 401, "missing_api_key")


async def test_a_path_that_is_nearly_one_is_told_which(in_process: httpx.AsyncClient) -> None:
    problem = problem_of(await in_process.post("/v1/text/summarise"), 404, "not_found")
    assert str(problem["detail"]).endswith("did you mean /v1/text/summarize?")
    problem = problem_of(await in_process.get("/nowhere-at-all"), 404, "not_found")
    assert str(problem["detail"]).endswith("see /openapi.json.")


@pytest.mark.parametrize(("body", "words"), [(b"", "is empty"), (b"{", "is not JSON: EOF while")])
async def test_a_body_that_is_no_json_is_told_from_one_that_is_empty(
    in_process: httpx.AsyncClient, api_key: str, body: bytes, words: str
) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {api_key}"}
    answer = await in_process.post("/v1/text/sentiment", content=body, headers=headers)
    assert words in str(problem_of(answer, 400, "invalid_json")["detail"])


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/models/", "/v3/models", "/v1/models/a/b", "/v1/images/paint", "/%00"]
)
async def test_an_unknown_path_is_not_found(in_process: httpx.AsyncClient, path: str) -> None:
    problem = problem_of(await in_process.get(path), 404, "not_found")
    assert "param" not in problem


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", CLASSIFY, "POST"),
        ("DELETE", CLASSIFY, "POST"),
        ("OPTIONS", CLASSIFY, "POST"),
        ("POST", "/v1/models", "GET, HEAD"),
        ("PUT", "/v1/models/fashion-cnn", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    in_process: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    response = await in_process.request(method, path)
    problem_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] == allow


async def test_all_mistakes_are_listed_with_pointers(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    body = {"inputs": [{"data": 1}, {}], "top_k": "five", "a/b~c": 1}
    response = await in_process.post(CLASSIFY, json=body, headers=headers)
    problem = problem_of(response, 422, "invalid_request")
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert {(error["param"], error["code"]) for error in errors} == {
        ("/inputs/0/data", "string_type"),
        ("/inputs/1/data", "missing_field"),
        ("/top_k", "int_type"),
        ("/a~1b~0c", "unknown_field"),
    }


async def test_values_that_were_sent_are_not_repeated(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    secret = "a-password-that-went-astray"
    for body in ({"inputs": secret}, {"inputs": [{"data": 1, "x": secret}], "top_k": secret}):
        response = await in_process.post(CLASSIFY, json=body, headers=headers)
        problem_of(response, 422, "invalid_request")
        assert secret not in response.text


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(
    in_process: httpx.AsyncClient, headers: dict[str, str], token: str
) -> None:
    body = json.dumps(BODY)[:-1] + f', "min_score": {token}}}'
    response = await in_process.post(
        CLASSIFY, content=body, headers={**headers, "Content-Type": "application/json"}
    )
    assert problem_of(response, 422, "invalid_request")["param"] == "/min_score"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"nul", b'{"a":' * 100_000, b"{}{}"],
    ids=["empty", "cut", "not UTF-8", "no word", "nested", "two"],
)
async def test_a_body_that_is_not_json_is_a_bad_request(
    in_process: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    response = await in_process.post(
        CLASSIFY, content=body, headers={**headers, "Content-Type": "application/json"}
    )
    problem_of(response, 400, "invalid_json")


async def test_a_part_of_another_name_is_refused(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await in_process.post(CLASSIFY, files={"picture": ANKLE_BOOT}, headers=headers)
    errors = problem_of(response, 422, "invalid_request")["errors"]
    assert isinstance(errors, list)
    assert errors[0]["code"] == "unknown_field"


async def test_two_request_parts_are_refused(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    part = (None, b"{}", "application/json")
    response = await in_process.post(
        CLASSIFY, files=[("request", part), ("request", part)], headers=headers
    )
    assert problem_of(response, 422, "invalid_request")["param"] == "/request"


async def test_a_request_part_that_is_not_json_is_a_bad_request(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    files = [("request", (None, b"top_k=5")), ("inputs", ("boot.png", ANKLE_BOOT))]
    response = await in_process.post(CLASSIFY, files=files, headers=headers)
    problem_of(response, 400, "invalid_json")


@pytest.mark.parametrize("boundary", ['""', "", "ä", '"a;b"'])
async def test_an_odd_boundary_is_a_bad_request_and_no_defect(
    in_process: httpx.AsyncClient, api_key: str, boundary: str
) -> None:
    headers = {
        b"Authorization": f"Bearer {api_key}".encode(),
        b"Content-Type": f"multipart/form-data; boundary={boundary}".encode(),
    }
    content = Multipart((ANKLE_BOOT,)).content
    response = await in_process.post(CLASSIFY, content=content, headers=headers)
    problem_of(response, 400, "invalid_multipart")


@pytest.mark.parametrize("value", ["-1", "soon", "1.5", "", "9" * 16, "9" * 5000])
async def test_a_deadline_must_be_whole_milliseconds(
    in_process: httpx.AsyncClient, value: str
) -> None:
    response = await in_process.get("/healthz", headers={"Aiaas-Deadline-Ms": value})
    problem_of(response, 422, "invalid_request")


async def test_options_in_the_query_beside_a_form_are_refused_and_not_ignored(
    in_process: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await in_process.post(
        f"{CLASSIFY}?top_k=1", files={"inputs": ANKLE_BOOT}, headers=headers
    )
    assert problem_of(response, 422, "invalid_request")["param"] == "/top_k"


@pytest.mark.parametrize("cursor", ["", "!!", "a", "YWJj=", "ÄÄ", "_w"])
async def test_a_cursor_of_nobody_is_refused(
    in_process: httpx.AsyncClient, headers: dict[str, str], cursor: str
) -> None:
    response = await in_process.get("/v1/models", params={"cursor": cursor}, headers=headers)
    assert problem_of(response, 422, "invalid_request")["param"] == "/cursor"
