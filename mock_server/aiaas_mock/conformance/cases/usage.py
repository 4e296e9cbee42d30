"""Cases of ``usage.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import Case, Expectation, auth_cases, refusal
from aiaas_mock.conformance.matchers import ANY_TEXT, Between, Length, Text

_A_CALL: Final = Case(
    operation="models.retrieve",
    kind="happy",
    name="before usage is asked for",
    path={"model": "imagenet-mobilenet-v2"},
    expect=Expectation(),
)

CASES: Final = (
    Case(
        operation="usage.retrieve",
        kind="happy",
        name="counts the requests to an operation",
        before=_A_CALL,
        query=(("operation", "models.retrieve"),),
        expect=Expectation(
            values={
                "/object": "usage",
                "/namespace": ANY_TEXT,
                "/since": Text(r"\d{4}-.*Z"),
                "/data": Length.of(1),
                "/data/0/operation": "models.retrieve",
                "/data/0/requests": Between(1, float("inf")),
            }
        ),
    ),
    Case(
        operation="usage.retrieve",
        kind="happy",
        name="of an operation that nobody called is empty",
        query=(("operation", "images.paint"),),
        expect=Expectation(values={"/data": []}),
    ),
    Case(
        operation="usage.retrieve",
        kind="bad_input",
        name="with an unknown field is refused",
        query=(("colour", "red"),),
        expect=refusal("invalid_request", 422, "/colour"),
    ),
    *auth_cases("usage.retrieve"),
)
