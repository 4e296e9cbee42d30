"""What is wrong with a request is said in plain words, whatever it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from aiaas.contract._base import RequestModel
from aiaas.contract._findings import Finding, findings
from aiaas.contract._known_names import nearest
from aiaas.contract._patterns import pattern_in_words
from aiaas.contract.examples import example_of
from aiaas.contract.operations import all_operations
from aiaas.contract.recommendations.events import CreateEventsRequest
from aiaas.contract.recommendations.items import UpsertItemsRequest
from aiaas.contract.recommendations.ranking import ForUserRequest
from aiaas.contract.text.generation import GenerateTextRequest as Generate
from aiaas_mock.lab.contract.operations import control_examples, control_operations

PYDANTIC = re.compile(r"\bshould\b|Input|Tuple|valid |unable to|permitted|pattern|validation|error")
ODD: tuple[Any, ...] = ("", "no such?\n", -1, 10**30, 1.5, True, None, [], [[]], {}, {"a b": {}})


def found(model: type[BaseModel], body: object) -> list[Finding]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(json.dumps(body))
    return findings(caught.value, model)


def said(model: type[BaseModel], body: object) -> list[tuple[str | None, str]]:
    details = [finding.as_detail() for finding in found(model, body)]
    return [(detail.param, detail.detail) for detail in details]


EVENT = {"type": "view", "user": "ada", "item": "mug"}


@pytest.mark.parametrize(
    ("model", "body", "place", "words"),
    [
        (Generate, [], "", "This must be an object with named fields."),
        (Generate, {"prompt": 5}, "/prompt", "This must be a string."),
        (Generate, {"prompt": "a", "stop": "b"}, "/stop", "This must be a list."),
        (
            Generate,
            {"prompt": "a", "seed": "1"},
            "/seed",
            "This must be a whole number.",
        ),
        (
            Generate,
            {"prompt": "a", "seed": 1.5},
            "/seed",
            "This must be a whole number.",
        ),
        (
            Generate,
            {"prompt": "a", "stream": 1},
            "/stream",
            "This must be true or false.",
        ),
        (
            Generate,
            {"prompt": "a", "stop": ["b"] * 5},
            "/stop",
            "This must have at most 4 entries, not 5.",
        ),
        (Generate, {}, "/prompt", "This field is required."),
        (ForUserRequest, {"user": "a", "count": 0}, "/count", "This must be 1 or more."),
        (ForUserRequest, {"user": "a", "diversity": 1.5}, "/diversity", "This must be 1 or less."),
        (ForUserRequest, {"user": "a", "filter": ""}, "/filter", "This must have at least 1 char"),
        (ForUserRequest, {"user": "a b"}, "/user", "This must be 1 to 128 letters, digits or any"),
        (CreateEventsRequest, {"events": []}, "/events", "This must have at least 1 entry, not 0."),
        (
            CreateEventsRequest,
            {"events": [EVENT | {"time": "today"}]},
            "/events/0/time",
            "This must be a time, such as '2026-11-24T09:30:00Z'.",
        ),
        (
            CreateEventsRequest,
            {"events": [EVENT | {"time": "2026-11-24T09:30:00"}]},
            "/events/0/time",
            "This must say its offset from UTC, as '2026-11-24T09:30:00Z' does.",
        ),
        (
            UpsertItemsRequest,
            {"items": [{"id": "a", "metadata": {"price": {"usd": 1}}}]},
            "/items/0/metadata/price",
            "This must be true or false, a finite number, a text of at most 1000 characters, or ",
        ),
        (
            UpsertItemsRequest,
            {"items": [{"id": "a", "metadata": {"Price": 1}}]},
            "/items/0/metadata/Price",
            "This must have a name of 1 to 64 small letters, digits or any of _, the first a small",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_to_write(
    model: type[BaseModel], body: object, place: str, words: str
) -> None:
    [(param, detail)] = said(model, body)
    assert param == place
    assert detail.startswith(words)


@pytest.mark.parametrize(
    ("model", "body", "place", "words"),
    [
        (Generate, {"promt": "a"}, "/promt", "did you mean 'prompt'?"),
        (Generate, {"prompt": "a", "maxTokens": 1}, "/maxTokens", "mean 'max_tokens'?"),
        (
            CreateEventsRequest,
            {"events": [EVENT | {"recomendation_id": "r"}]},
            "/events/0/recomendation_id",
            "did you mean 'recommendation_id'?",
        ),
        (
            ForUserRequest,
            {"user": "a", "promotions": [{"filter": "a", "share": 0.5, "where": 1}]},
            "/promotions/0/where",
            "This field is not known here; there are filter, share.",
        ),
    ],
)
def test_a_name_that_is_not_known_is_told_first_with_what_may_be_meant(
    model: type[BaseModel], body: object, place: str, words: str
) -> None:
    param, detail = said(model, body)[0]
    assert (param, words in detail) == (place, True)


class _Circle(RequestModel):
    kind: Literal["circle"]
    radius: float


class _Square(RequestModel):
    kind: Literal["square"]
    side: float
    colours: dict[str, float] | None = None
    inner: _Circle | None = None

    @field_validator("side")
    @classmethod
    def _even(cls, side: float) -> float:
        if side % 2:
            raise ValueError("the side must be even: half of it is needed")
        return side


class _Drawing(RequestModel):
    shape: Annotated[_Circle | _Square, Field(discriminator="kind")]


SQUARE = {"kind": "square", "side": 2}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"kind": "sqare"}, ("/shape", "has a 'kind' that is not known here; did you mean 'squ")),
        ({"kind": "oval"}, ("/shape", "that is not known here; there are circle, square.")),
        ({}, ("/shape", "This must have a field 'kind'.")),
        (SQUARE | {"sied": 3}, ("/shape/square/sied", "did you mean 'side'?")),
        (
            SQUARE | {"inner": {"kind": "circle", "radius": 1, "radus": 1}},
            ("/shape/square/inner/radus", "did you mean 'radius'?"),
        ),
        (SQUARE | {"side": 3}, ("/shape/square/side", "The side must be even: half of it is")),
        (SQUARE | {"colours": {"red": "x"}}, ("/shape/square/colours/red", "must be a number.")),
    ],
)
def test_mistakes_in_one_of_several_shapes_are_told_of_that_shape(
    shape: dict[str, Any], expected: tuple[str, str]
) -> None:
    param, detail = said(_Drawing, {"shape": shape})[0]
    assert (param, expected[1] in detail) == (expected[0], True), detail


def test_without_the_model_an_unknown_name_is_told_without_a_guess() -> None:
    with pytest.raises(ValidationError) as caught:
        Generate.model_validate({"prompt": "a", "sed": 1})
    (finding,) = findings(caught.value)
    assert finding.about("sed") == "sed is not known here"


def test_of_many_known_names_none_is_listed() -> None:
    fields: dict[str, Any] = {f"field_{number}": (int, 0) for number in range(13)}
    from pydantic import ConfigDict, create_model

    many = create_model("Many", __config__=ConfigDict(extra="forbid"), **fields)
    assert said(many, {"x": 1}) == [("/x", "This field is not known here.")]


def test_a_name_of_another_case_is_near() -> None:
    assert nearest("LIMIT", ["limit", "cursor"]) == "limit"
    assert nearest("colour", ["limit", "cursor"]) is None


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("^[a-z]{2,3}$", "2 to 3 small letters"),
        ("^[0-9a-f]{64}$", "64 digits or letters a to f"),
        ("^[A-Za-z0-9._-]{1,8}$", "1 to 8 letters, digits or any of . _ -"),
        ("^[b-d]{1,2}$", "1 to 2 b to d"),
        ("^[ -~]{0,256}$", "at most 256 printable ASCII characters"),
        (
            "^[a-z0-9][a-z-]{0,31}$",
            "1 to 32 small letters or any of -, the first a small letter or a digit",
        ),
        ("^(a|b)$", "a text that matches the pattern ^(a|b)$"),
    ],
)
def test_patterns_are_told_without_regular_expressions(pattern: str, words: str) -> None:
    assert pattern_in_words(pattern) == words


def bodies() -> Iterator[tuple[str, type[BaseModel], dict[str, Any]]]:
    for operation in all_operations():
        if operation.request is not None:
            example = example_of(operation.name).request
            yield operation.name, operation.request, example if isinstance(example, dict) else {}
    for operation in control_operations():
        if operation.request is not None:
            yield operation.name, operation.request, control_examples().get(operation.name) or {}


def spoiled(value: Any, model: type[BaseModel] | None = None) -> Iterator[Any]:
    """Yield a value with something odd in one of its places."""
    yield from ODD
    if isinstance(value, dict):
        for name in {*value, *(model.model_fields if model else ()), "no_such_field"}:
            yield from ({**value, name: odd} for odd in spoiled(value.get(name)))
            yield {key: one for key, one in value.items() if key != name}
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from ([*value[:index], odd, *value[index + 1 :]] for odd in spoiled(one))


@pytest.mark.parametrize(
    ("model", "example"), [case[1:] for case in bodies()], ids=[case[0] for case in bodies()]
)
def test_no_request_that_is_wrong_is_told_so_in_the_words_of_a_library(
    model: type[BaseModel], example: dict[str, Any]
) -> None:
    for body in spoiled(example, model):
        try:
            model.model_validate_json(json.dumps(body))
        except ValidationError as error:
            for finding in findings(error, model):
                detail = finding.as_detail().detail
                assert not PYDANTIC.search(detail), (finding.kind, detail, body)
                assert detail.endswith((".", "?"))
