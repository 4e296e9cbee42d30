"""Refusals in OpenAI's words: the members and headers that its clients look at."""

import json
from typing import Any

import pytest

from aiaas.contract.problems import PROBLEMS, ProblemDetail
from aiaas_mock.errors import ApiError
from aiaas_mock.protocols.openai.errors import as_openai_error


def error_of(refusal: ApiError) -> dict[str, Any]:
    error: dict[str, Any] = json.loads(as_openai_error(refusal, "req_1").body)["error"]
    return error


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_has_the_four_members_and_a_word_on_retries(code: str) -> None:
    answer = as_openai_error(ApiError(code, "So it is."), "req_1")
    error = json.loads(answer.body)["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["message"], error["param"]) == ("So it is.", None)
    assert answer.headers is not None
    retryable = PROBLEMS[code].retryable
    assert answer.headers["x-should-retry"] == ("true" if retryable else "false")
    assert answer.status != 422


@pytest.mark.parametrize(
    ("code", "theirs", "kind"),
    [
        ("missing_api_key", "invalid_api_key", "invalid_request_error"),
        ("insufficient_scope", "insufficient_scope", "permission_error"),
        ("model_not_found", "model_not_found", "invalid_request_error"),
        ("rate_limited", "rate_limit_exceeded", "requests"),
        ("overloaded", "overloaded", "server_error"),
    ],
)
def test_codes_and_types_are_those_that_openai_has(code: str, theirs: str, kind: str) -> None:
    error = error_of(ApiError(code, "So it is."))
    assert (error["code"], error["type"]) == (theirs, kind)


@pytest.mark.parametrize(
    ("pointer", "param"),
    [("/model", "model"), ("/messages/0/content/2/text", "messages[0].content[2].text")],
)
def test_places_are_written_as_openai_writes_them(pointer: str, param: str) -> None:
    assert error_of(ApiError("invalid_request", "No.", param=pointer))["param"] == param


def test_what_kind_of_mistake_it_was_is_said() -> None:
    found = (ProblemDetail(param="/tools", code="unknown_field", detail="Not known."),)
    error = error_of(ApiError("invalid_request", "No.", errors=found))
    assert error["code"] == "unknown_parameter"


def test_the_time_to_wait_is_said_in_milliseconds_too() -> None:
    answer = as_openai_error(ApiError("overloaded", "Busy.", headers={"Retry-After": "2"}), "r")
    assert answer.headers is not None
    assert answer.headers["Retry-After-Ms"] == "2000"
