"""Cases of ``recommendations.items.*``."""

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
from aiaas_mock.conformance.matchers import Every, Holds, Length, Text

MUG: Final[dict[str, Any]] = {
    "id": "conformance-mug",
    "title": "Blue enamel mug",
    "metadata": {
        "conformance_price": 9.5,
        "conformance_kind": "mug",
        "conformance_tags": ["blue", "camping"],
        "conformance_new": True,
    },
}
POT: Final[dict[str, Any]] = {
    "id": "conformance-pot",
    "title": "Enamel tea pot",
    "metadata": {"conformance_price": 30, "conformance_kind": "pot"},
    "available": False,
}
_GONE: Final = {"id": "conformance-gone", "title": "Cracked saucer"}
_UNKNOWN: Final = {"item": "conformance-nobody-has-this"}
_KEY: Final = {"Idempotency-Key": "{unique}"}
_TIME: Final = Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_UPSERT: Final = "recommendations.items.upsert"
_LIST: Final = "recommendations.items.list"
_RETRIEVE: Final = "recommendations.items.retrieve"
_DELETE: Final = "recommendations.items.delete"


def upsert(*items: dict[str, Any], **expected: Any) -> Case:
    """Send items."""
    return Case(
        operation=_UPSERT,
        kind="happy",
        name="adds items or replaces them",
        body=Json({"items": list(items)}),
        expect=Expectation(values={"/errors": [], **expected}),
    )


def _refused(name: str, code: str, param: str, *items: dict[str, Any]) -> Case:
    """Send items of which the last is refused, and the others kept."""
    last = len(items) - 1
    return Case(
        operation=_UPSERT,
        kind="bad_input",
        name=name,
        body=Json({"items": list(items)}),
        expect=Expectation(
            values={
                "/errors": Length.of(1),
                "/errors/0/index": last,
                "/errors/0/error/code": code,
                "/errors/0/error/param": param,
                "": Holds(
                    "the others to be kept",
                    lambda answer: answer["created"] + answer["updated"] == last,
                ),
            }
        ),
    )


_BOTH: Final = upsert(MUG, POT)

UPSERT: Final = (
    replace(
        _BOTH,
        expect=Expectation(
            values={
                "/object": "recommendation.items.upserted",
                "/errors": [],
                "": Holds(
                    "both items to be counted",
                    lambda answer: answer["created"] + answer["updated"] == 2,
                ),
            }
        ),
    ),
    Case(
        operation=_UPSERT,
        kind="happy",
        name="replaces an item that is there",
        before=_BOTH,
        body=Json({"items": [MUG]}),
        expect=Expectation(values={"/created": 0, "/updated": 1, "/errors": []}),
    ),
    Case(
        operation=_UPSERT,
        kind="happy",
        name="keeps the last of two items with one id",
        before=_BOTH,
        body=Json({"items": [POT, MUG, POT]}),
        expect=Expectation(values={"/created": 0, "/updated": 2, "/errors": []}),
    ),
    replace(
        _BOTH,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    replace(
        _refused(
            "with a value of another type refuses that item alone",
            "metadata_type_mismatch",
            "/items/1/metadata/conformance_price",
            MUG,
            {"id": "conformance-odd", "metadata": {"conformance_price": "cheap"}},
        ),
        before=_BOTH,
    ),
    _refused(
        "with two types in one request refuses the second item",
        "metadata_type_mismatch",
        "/items/1/metadata/conformance_kind",
        MUG,
        {"id": "conformance-odd", "metadata": {"conformance_kind": ["mug"]}},
    ),
    _refused(
        "with more metadata than there is room for refuses that item alone",
        "metadata_too_large",
        "/items/1/metadata",
        MUG,
        {
            "id": "conformance-odd",
            "metadata": {f"conformance_{number}": "x" * 1000 for number in range(20)},
        },
    ),
    _refused(
        "with a whole number beyond 64 bits refuses that item alone",
        "invalid_request",
        "/items/0/metadata/conformance_price",
        {"id": "conformance-odd", "metadata": {"conformance_price": 10**30}},
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="with an id that has a space is refused",
        body=Json({"items": [{"id": "two words"}]}),
        expect=refusal("invalid_request", 422, "/items/0/id"),
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="without items is refused",
        body=Json({"items": []}),
        expect=refusal("invalid_request", 422, "/items"),
    ),
    Case(
        operation=_UPSERT,
        kind="bad_input",
        name="with 1,001 items is refused",
        body=Json({"items": [{"id": f"conformance-{number}"} for number in range(1001)]}),
        expect=refusal("invalid_request", 422, "/items"),
    ),
    *auth_cases(_UPSERT, body=Json({"items": [MUG]})),
)

LIST: Final = (
    Case(
        operation=_LIST,
        kind="happy",
        name="gives items in the order of their ids",
        before=_BOTH,
        expect=Expectation(
            values={
                "/object": "list",
                "/data": Holds(
                    "sorted by id",
                    lambda data: (
                        [item["id"] for item in data] == sorted(item["id"] for item in data)
                    ),
                ),
            }
        ),
    ),
    Case(
        operation=_LIST,
        kind="paging",
        name="page by page gives every item once",
        before=_BOTH,
        query=(("limit", "1"),),
        follow=True,
        expect=Expectation(
            values={
                "/data": Every(
                    Holds("an item", lambda item: item["object"] == "recommendation.item")
                )
            }
        ),
    ),
    unknown_cursor_case(_LIST),
    Case(
        operation=_LIST,
        kind="bad_input",
        name="with a limit of nought is refused",
        query=(("limit", "0"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    *auth_cases(_LIST),
)

RETRIEVE: Final = (
    Case(
        operation=_RETRIEVE,
        kind="happy",
        name="gives an item as it was sent",
        before=_BOTH,
        path={"item": MUG["id"]},
        expect=Expectation(
            values={
                "/id": MUG["id"],
                "/object": "recommendation.item",
                "/title": MUG["title"],
                "/metadata": MUG["metadata"],
                "/available": True,
                "/updated_at": _TIME,
            }
        ),
    ),
    Case(
        operation=_RETRIEVE,
        kind="bad_input",
        name="of an unknown item is refused",
        path=_UNKNOWN,
        expect=refusal("item_not_found", 404, "/item"),
    ),
    *auth_cases(_RETRIEVE, path=_UNKNOWN),
)

_DELETED: Final = Case(
    operation=_DELETE,
    kind="happy",
    name="takes an item out of the catalogue",
    before=upsert(_GONE),
    path={"item": _GONE["id"]},
    expect=Expectation(
        values={"/id": _GONE["id"], "/object": "recommendation.item.deleted", "/deleted": True}
    ),
)

DELETE: Final = (
    _DELETED,
    replace(
        _DELETED,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_DELETE,
        kind="bad_input",
        name="of an unknown item is refused",
        before=_BOTH,
        path=_UNKNOWN,
        expect=refusal("item_not_found", 404, "/item"),
    ),
    *auth_cases(_DELETE, path=_UNKNOWN),
)

CASES: Final = (*UPSERT, *LIST, *RETRIEVE, *DELETE)
