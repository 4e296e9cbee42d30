"""Problems: the table is sound, and what pydantic finds becomes one of it."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

import aiaas_mock
from aiaas.contract._findings import pointer
from aiaas.contract.problems import PROBLEMS, Problem, problem, type_uri
from aiaas_mock.errors import ApiError, as_sentence
from aiaas_mock.http.faults import invalid_request

KINDS = tuple(PROBLEMS.values())
SERVER = Path(aiaas_mock.__file__).parent
RAISED = re.compile(r'ApiError\(\s*"(\w+)"')


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_says_what_it_is_and_what_to_do(kind: Any) -> None:
    assert PROBLEMS[kind.code] is kind
    assert re.fullmatch(r"[a-z0-9_]+", kind.code)
    assert 400 <= HTTPStatus(kind.status) <= 599
    assert not kind.title.endswith(".")
    assert kind.hint.endswith(".")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_only_what_may_pass_by_itself_is_retryable(kind: Any) -> None:
    if kind.retryable:
        assert kind.status in (408, 409, 429, 503, 504)


def test_every_code_that_the_server_raises_is_in_the_table() -> None:
    raised = {
        code
        for module in SERVER.rglob("*.py")
        for code in RAISED.findall(module.read_text("utf-8"))
    }
    assert raised
    assert raised <= PROBLEMS.keys()


def test_a_code_that_is_not_in_the_table_is_a_defect() -> None:
    with pytest.raises(KeyError):
        problem("no_such_code", "")


def test_what_is_not_known_is_left_out_of_the_json() -> None:
    body = problem("not_found", "Nothing here.").model_dump()
    assert body.keys() == {"type", "title", "status", "detail", "code"}
    assert body["type"] == type_uri("not_found")


def test_the_whole_document_is_a_place_too() -> None:
    error = ApiError("invalid_request", "No object.", param="")
    assert error.as_problem("req_1").param == ""
    assert error.as_problem("req_1", param="/inputs/0").param == ""
    assert ApiError("empty_input", "").as_problem(None, param="/inputs/0").param == "/inputs/0"


def test_a_problem_names_its_request() -> None:
    named = problem("not_found", "Nothing here.", request_id="req_1")
    assert (named.instance, named.request_id) == ("urn:aiaas:request:req_1", "req_1")


def test_a_problem_from_a_newer_server_keeps_what_is_new() -> None:
    body = {"title": "T", "status": 418, "detail": "D", "code": "teapot", "temperature": 95}
    assert Problem.model_validate(body).model_extra == {"temperature": 95}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((), ""),
        (("inputs", 3, "data"), "/inputs/3/data"),
        (("a/b", "c~d", "~1"), "/a~1b/c~0d/~01"),
        (("",), "/"),
        (("x" * 100,), "/" + "x" * 64),
    ],
)
def test_a_place_becomes_a_json_pointer(place: tuple[int | str, ...], expected: str) -> None:
    assert pointer(place) == expected


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    data: str


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: list[_Item]
    count: int = 1


def refusal_of(text: str) -> ApiError:
    with pytest.raises(ValidationError) as caught:
        _Body.model_validate_json(text)
    return invalid_request(caught.value, _Body)


def test_text_that_is_not_json_is_told_apart() -> None:
    error = refusal_of("{")
    assert (error.code, error.param, error.errors) == ("invalid_json", None, None)


def test_the_first_mistake_is_the_headline_and_all_are_listed() -> None:
    error = refusal_of('{"items": [{"data": 1}, {}], "count": "x", "colour": 1}')
    assert error.code == "invalid_request"
    assert error.param == "/items/0/data"
    assert error.detail.startswith("/items/0/data: ")
    assert error.detail.endswith("(3 more under 'errors')")
    assert [(e.param, e.code) for e in error.errors or ()] == [
        ("/items/0/data", "string_type"),
        ("/items/1/data", "missing_field"),
        ("/count", "int_type"),
        ("/colour", "unknown_field"),
    ]


def test_a_thousand_mistakes_are_not_all_listed() -> None:
    error = refusal_of('{"items": [' + ",".join(["{}"] * 1000) + "]}")
    assert len(error.errors or ()) == 20
    assert "999 more" in error.detail


def test_the_text_that_was_sent_is_never_repeated() -> None:
    secret = "a-password-that-went-astray"
    error = refusal_of(f'{{"items": "{secret}", "count": "{secret}"}}')
    assert secret not in error.as_problem("req_1").model_dump_json()
    assert secret not in str(error)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [("there is no model 'x'", "There is no model 'x'."), ("Done.", "Done."), ("", ".")],
)
def test_a_message_becomes_a_sentence(message: str, sentence: str) -> None:
    assert as_sentence(message) == sentence
