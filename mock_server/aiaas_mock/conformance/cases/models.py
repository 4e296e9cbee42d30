"""Cases of ``models.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import (
    Case,
    Expectation,
    auth_cases,
    refusal,
    unknown_cursor_case,
)
from aiaas_mock.conformance.matchers import ANY_TEXT, Every, Holds, Length

_DEFAULT: Final = {"model": "imagenet-mobilenet-v2"}

LIST: Final = (
    Case(
        operation="models.list",
        kind="happy",
        name="gives a page of models with their quality",
        expect=Expectation(
            values={
                "/object": "list",
                "/data": Length(1, 20),
                "/data/0/object": "model",
                "/data/0/id": ANY_TEXT,
                "/data/0/operations": Length(1, 100),
            }
        ),
    ),
    Case(
        operation="models.list",
        kind="happy",
        name="leaves out models for other tasks",
        query=(("task", "image-embedding"),),
        expect=Expectation(
            values={
                "/data": Every(
                    Holds("for image-embedding", lambda model: model["task"] == "image-embedding")
                )
            }
        ),
    ),
    Case(
        operation="models.list",
        kind="happy",
        name="of an unknown task is empty",
        query=(("task", "tea-leaf-reading"),),
        expect=Expectation(values={"/data": [], "/has_more": False, "/next_cursor": None}),
    ),
    Case(
        operation="models.list",
        kind="paging",
        name="page by page gives every model once, in order",
        query=(("limit", "1"),),
        follow=True,
        expect=Expectation(values={"/data": Length.of(1)}),
    ),
    Case(
        operation="models.list",
        kind="paging",
        name="on one page has no next cursor",
        query=(("limit", "100"),),
        expect=Expectation(values={"/has_more": False, "/next_cursor": None}),
    ),
    unknown_cursor_case("models.list"),
    Case(
        operation="models.list",
        kind="bad_input",
        name="with a limit of nought is refused",
        query=(("limit", "0"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    Case(
        operation="models.list",
        kind="bad_input",
        name="with a limit that is no number is refused",
        query=(("limit", "many"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    Case(
        operation="models.list",
        kind="bad_input",
        name="with an unknown field is refused",
        query=(("colour", "red"),),
        expect=refusal("invalid_request", 422, "/colour"),
    ),
    Case(
        operation="models.list",
        kind="bad_input",
        name="with a field given twice is refused",
        query=(("limit", "1"), ("limit", "2")),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    *auth_cases("models.list"),
)

RETRIEVE: Final = (
    Case(
        operation="models.retrieve",
        kind="happy",
        name="describes a model with all its labels",
        path=_DEFAULT,
        expect=Expectation(
            values={
                "/id": "imagenet-mobilenet-v2@1",
                "/name": "imagenet-mobilenet-v2",
                "/task": "image-classification",
                "/labels": Length(1000, 1001),
                "/metrics": Length(1, 100),
            }
        ),
    ),
    Case(
        operation="models.retrieve",
        kind="happy",
        name="finds a model by name and version",
        path={"model": "imagenet-mobilenet-v1-embedding@1"},
        expect=Expectation(values={"/dimensions": 1024, "/operations": ["images.embed"]}),
    ),
    Case(
        operation="models.retrieve",
        kind="bad_input",
        name="of an unknown model is refused",
        path={"model": "no-such-model"},
        expect=refusal("model_not_found", 404, "/model"),
    ),
    Case(
        operation="models.retrieve",
        kind="bad_input",
        name="of an unknown version is refused",
        path={"model": "imagenet-mobilenet-v2@999"},
        expect=refusal("model_not_found", 404, "/model"),
    ),
    Case(
        operation="models.retrieve",
        kind="bad_input",
        name="with a name too long for any model is refused",
        path={"model": "m" * 129},
        expect=refusal("invalid_request", 422, "/model"),
    ),
    Case(
        operation="models.retrieve",
        kind="bad_input",
        name="with an unknown field is refused",
        path=_DEFAULT,
        query=(("colour", "red"),),
        expect=refusal("invalid_request", 422, "/colour"),
    ),
    *auth_cases("models.retrieve", path=_DEFAULT),
)

CASES: Final = (*LIST, *RETRIEVE)
