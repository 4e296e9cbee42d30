"""Cases of ``recommendations.events.*``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from aiaas_mock.conformance.case import (
    Case,
    Expectation,
    Json,
    auth_cases,
    refusal,
    unknown_cursor_case,
)
from aiaas_mock.conformance.cases.recommendation_items import MUG, POT, upsert
from aiaas_mock.conformance.matchers import Every, Holds, Length, Text

_KEY: Final = {"Idempotency-Key": "{unique}"}
_CREATE: Final = "recommendations.events.create"
_LIST: Final = "recommendations.events.list"
_CATALOGUE: Final = upsert(MUG, POT)

VIEW: Final[dict[str, Any]] = {
    "type": "view",
    "user": "conformance-cleo",
    "item": MUG["id"],
    "id": "conformance-view",
    "time": "2026-03-01T13:00:00+01:00",
}
_PURCHASE: Final[dict[str, Any]] = {
    "type": "purchase",
    "user": "conformance-cleo",
    "item": POT["id"],
    "id": "conformance-purchase",
    "value": 30,
    "time": "2026-03-01T12:05:00Z",
}


def _create(*events: dict[str, Any]) -> Json:
    return Json({"events": list(events)})


def _refused(name: str, code: str, field: str, **changes: Any) -> Case:
    """Send an event that is refused beside one that is not."""
    event = {key: value for key, value in VIEW.items() if key != "id"}
    return Case(
        operation=_CREATE,
        kind="bad_input",
        name=name,
        before=_CATALOGUE,
        body=_create(VIEW, {**event, **changes}),
        expect=Expectation(
            values={
                "": Holds(
                    "the other event to be kept",
                    lambda answer: answer["created"] + answer["duplicates"] == 1,
                ),
                "/errors": Length.of(1),
                "/errors/0/index": 1,
                "/errors/0/error/code": code,
                "/errors/0/error/param": f"/events/1/{field}",
            }
        ),
    )


_TOLD: Final = Case(
    operation=_CREATE,
    kind="happy",
    name="keeps events",
    before=_CATALOGUE,
    body=_create({**VIEW, "id": None}, {**_PURCHASE, "id": None}),
    expect=Expectation(
        values={
            "/object": "recommendation.events.created",
            "/created": 2,
            "/duplicates": 0,
            "/errors": [],
        }
    ),
)
_KNOWN: Final = Case(
    operation=_CREATE,
    kind="happy",
    name="keeps events with ids of the sender",
    before=_CATALOGUE,
    body=_create(VIEW, _PURCHASE),
    expect=Expectation(values={"/errors": []}),
)

CREATE: Final = (
    _TOLD,
    _KNOWN,
    Case(
        operation=_CREATE,
        kind="happy",
        name="needs neither time nor id",
        before=_CATALOGUE,
        body=_create({"type": "click", "user": "conformance-dora", "item": MUG["id"]}),
        expect=Expectation(values={"/created": 1}),
    ),
    replace(
        _TOLD,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_CREATE,
        kind="idempotency",
        name="counts an event with a known id as a duplicate",
        before=_KNOWN,
        body=_create(VIEW, _PURCHASE, VIEW),
        expect=Expectation(values={"/created": 0, "/duplicates": 3, "/errors": []}),
    ),
    _refused(
        "with an unknown item refuses that event alone",
        "item_not_found",
        "item",
        item="conformance-nobody-has-this",
    ),
    _refused(
        "with a time to come refuses that event alone",
        "event_in_future",
        "time",
        time="2999-01-01T00:00:00Z",
    ),
    _refused(
        "with a recommendation of nobody refuses that event alone",
        "unknown_recommendation",
        "recommendation_id",
        recommendation_id="rec_nobody-gave-this",
    ),
    Case(
        operation=_CREATE,
        kind="bad_input",
        name="with a time without an offset is refused",
        body=_create({**VIEW, "time": "2026-03-01T12:00:00"}),
        expect=refusal("invalid_request", 422, "/events/0/time"),
    ),
    Case(
        operation=_CREATE,
        kind="bad_input",
        name="with a value that is no number is refused",
        body=_create({**VIEW, "value": "much"}),
        expect=refusal("invalid_request", 422, "/events/0/value"),
    ),
    Case(
        operation=_CREATE,
        kind="bad_input",
        name="without events is refused",
        body=_create(),
        expect=refusal("invalid_request", 422, "/events"),
    ),
    Case(
        operation=_CREATE,
        kind="bad_input",
        name="with 1,001 events is refused",
        body=_create(*[VIEW] * 1001),
        expect=refusal("invalid_request", 422, "/events"),
    ),
    *auth_cases(_CREATE, body=_create(VIEW)),
)

LIST: Final = (
    Case(
        operation=_LIST,
        kind="happy",
        name="gives the events of a user",
        before=_KNOWN,
        query=(("user", "conformance-cleo"), ("type", "purchase"), ("item", POT["id"])),
        expect=Expectation(
            values={
                "/object": "list",
                "/data": Every(
                    Holds(
                        "an event of this user, type and item",
                        lambda event: (
                            (event["user"], event["type"], event["item"])
                            == ("conformance-cleo", "purchase", POT["id"])
                        ),
                    )
                ),
                "/data/0/object": "recommendation.event",
                "/data/0/value": 30.0,
                "/data/0/time": Text(r"2026-03-01T12:05:00(\.0+)?Z"),
                "/data/0/recommendation_id": None,
                "/data/0/model": None,
            }
        ),
    ),
    Case(
        operation=_LIST,
        kind="happy",
        name="of an unknown user is empty",
        query=(("user", "conformance-nobody-is-called-this"),),
        expect=Expectation(values={"/data": [], "/has_more": False, "/next_cursor": None}),
    ),
    Case(
        operation=_LIST,
        kind="paging",
        name="page by page gives every event once",
        before=_KNOWN,
        query=(("user", "conformance-cleo"), ("limit", "1")),
        follow=True,
        expect=Expectation(values={"/data": Length.of(1)}),
    ),
    unknown_cursor_case(_LIST),
    Case(
        operation=_LIST,
        kind="bad_input",
        name="with a type in capitals is refused",
        query=(("type", "VIEW"),),
        expect=refusal("invalid_request", 422, "/type"),
    ),
    *auth_cases(_LIST),
)

CASES: Final = (*CREATE, *LIST)
