"""Cases of ``recommendations.users.*``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from aiaas_mock.conformance.case import Case, Expectation, Json, auth_cases, refusal
from aiaas_mock.conformance.matchers import Holds, Length, Text

_ANN: Final[dict[str, Any]] = {
    "id": "conformance-ann",
    "metadata": {"conformance_kind": "mug", "age": 41},
}
_BEN: Final = {"id": "conformance-ben"}
_UNKNOWN: Final = {"user": "conformance-nobody-is-called-this"}
_KEY: Final = {"Idempotency-Key": "{unique}"}
_UPSERT: Final = "recommendations.users.upsert"
_DELETE: Final = "recommendations.users.delete"

_SENT: Final = Case(
    operation=_UPSERT,
    kind="happy",
    name="takes in what is known of users",
    body=Json({"users": [_ANN, _BEN]}),
    expect=Expectation(
        values={
            "/object": "recommendation.users.upserted",
            "/errors": [],
            "": Holds(
                "both users to be counted",
                lambda answer: answer["created"] + answer["updated"] == 2,
            ),
        }
    ),
)

UPSERT: Final = (
    _SENT,
    Case(
        operation=_UPSERT,
        kind="happy",
        name="replaces what was known",
        before=_SENT,
        body=Json({"users": [_ANN]}),
        expect=Expectation(values={"/created": 0, "/updated": 1, "/errors": []}),
    ),
    replace(
        _SENT,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="with more metadata than there is room for refuses that user alone",
        body=Json(
            {
                "users": [
                    {"id": "conformance-odd", "metadata": {f"f{n}": "x" * 1000 for n in range(20)}},
                    _BEN,
                ]
            }
        ),
        expect=Expectation(
            values={
                "/errors": Length.of(1),
                "/errors/0/index": 0,
                "/errors/0/error/code": "metadata_too_large",
                "/errors/0/error/param": "/users/0/metadata",
            }
        ),
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="without users is refused",
        body=Json({"users": []}),
        expect=refusal("invalid_request", 422, "/users"),
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="with a field in capitals is refused",
        body=Json({"users": [{"id": "conformance-odd", "metadata": {"Age": 41}}]}),
        expect=refusal("invalid_request", 422, "/users/0/metadata/Age"),
    ),
    *auth_cases(_UPSERT, body=Json({"users": [_BEN]})),
)

_ERASED: Final = Case(
    operation=_DELETE,
    kind="happy",
    name="erases a user and says what was erased",
    before=_SENT,
    path={"user": _ANN["id"]},
    expect=Expectation(
        values={
            "/id": _ANN["id"],
            "/object": "recommendation.user.erased",
            "/receipt_id": Text(r"ers_\w+"),
            "/events": 0,
            "/metadata_fields": 2,
            "/models": [],
            "/erased_at": Text(r"\d{4}-.*Z"),
            "/deleted": True,
        }
    ),
)

DELETE: Final = (
    _ERASED,
    replace(
        _ERASED,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_DELETE,
        kind="bad_input",
        name="of a user of whom nothing is known is refused",
        path=_UNKNOWN,
        expect=refusal("user_not_found", 404, "/user"),
    ),
    *auth_cases(_DELETE, path=_UNKNOWN),
)

CASES: Final = (*UPSERT, *DELETE)
