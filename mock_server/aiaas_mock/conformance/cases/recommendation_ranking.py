"""Cases of what is recommended: to a user, beside an item, in a session, to whom."""

from __future__ import annotations

import math
from typing import Any, Final

from aiaas_mock.conformance.case import Case, Expectation, Json, Raw, auth_cases, refusal
from aiaas_mock.conformance.cases.recommendation_items import upsert
from aiaas_mock.conformance.matchers import BEST_FIRST, Between, Every, Holds, Length, Text

_FOR_USER: Final = "recommendations.for_user"
_SIMILAR: Final = "recommendations.similar_items"
_RANK: Final = "recommendations.rank"
_POPULAR: Final = "recommendations.popular"
_NEXT: Final = "recommendations.next_items"
_USERS: Final = "recommendations.users_for_item"

_NOBODY_HAS: Final = "conformance-nobody-has-this"
_BUILT_IN: Final = "cold-start"
"""Named where the answer is known: another model may have been promoted."""
_SHELF: Final = 'conformance_shelf == "recommended"'


def _item(name: str, title: str, price: float) -> dict[str, Any]:
    metadata = {"conformance_shelf": "recommended", "conformance_price": price}
    return {"id": f"conformance-{name}", "title": title, "metadata": metadata}


CUP: Final = _item("cup", "Red porcelain cup", 4)
SAUCER: Final = _item("saucer", "Red porcelain saucer", 3)
LAMP: Final = _item("lamp", "Garden lamp", 25)
_STOCKED: Final = upsert(CUP, SAUCER, LAMP)

SHOPPED: Final = Case(
    operation="recommendations.events.create",
    kind="happy",
    name="of a shopper are kept",
    before=_STOCKED,
    body=Json(
        {
            "events": [
                {
                    "id": f"conformance-shopped-{number}",
                    "type": kind,
                    "user": user,
                    "item": item["id"],
                    "time": f"2026-03-01T12:00:0{number}Z",
                }
                for number, (user, kind, item) in enumerate(
                    [
                        ("conformance-eve", "purchase", CUP),
                        ("conformance-fay", "view", CUP),
                        ("conformance-fay", "view", SAUCER),
                    ]
                )
            ]
        }
    ),
    expect=Expectation(values={"/errors": []}),
)
"""Eve bought a cup; Fay looked at a cup and a saucer."""

_ANSWER: Final[dict[str, Any]] = {
    "/id": Text(r"ria_\w+"),
    "/object": "recommendation.items",
    "/model": Text(r"[^@]+@[^@]+"),
    "/usage/inputs": 1,
    "/recommendation_id": Text(r"rec_[\w-]+"),
    "/items": BEST_FIRST,
}


def _adds_up(item: Any) -> bool:
    together = sum(reason["contribution"] for reason in item["reasons"])
    return len(item["reasons"]) == 20 or abs(together - item["score"]) < 1e-3


def _happy(operation: str, name: str, request: dict[str, Any], **expected: Any) -> Case:
    values = {key.replace("__", "/"): value for key, value in expected.items()}
    return Case(
        operation=operation,
        kind="happy",
        name=name,
        before=SHOPPED,
        body=Json(request),
        expect=Expectation(values={**_ANSWER, **values}),
    )


def _bad(
    operation: str, name: str, request: dict[str, Any], code: str, param: str, status: int = 422
) -> Case:
    return Case(
        operation=operation,
        kind="bad_input",
        name=name,
        before=_STOCKED,
        body=Json(request),
        expect=refusal(code, status, param),
    )


_EVE: Final = {"user": "conformance-eve", "filter": _SHELF}

FOR_USER: Final = (
    _happy(
        _FOR_USER,
        "gives what goes with the past, and the reasons",
        {**_EVE, "reasons": 20, "model": _BUILT_IN},
        __items=Holds(
            "the saucer first, the cup that she has left out, and reasons that add up",
            lambda items: (
                [item["item_id"] for item in items] == [SAUCER["id"], LAMP["id"]]
                and items[0]["reasons"][0]["item_id"] == CUP["id"]
                and all(map(_adds_up, items))
            ),
        ),
    ),
    _happy(
        _FOR_USER,
        "gives seen items again when that is wanted",
        {**_EVE, "exclude_seen": False, "count": 100},
        __items=Holds(
            "all three", lambda items: {CUP["id"], SAUCER["id"]} < {i["item_id"] for i in items}
        ),
    ),
    _happy(
        _FOR_USER,
        "gives a new user what is popular",
        {"user": "conformance-nobody-yet", "filter": _SHELF, "count": 1},
        __items__0__item_id=CUP["id"],
        __items__0__reasons__0__kind="popularity",
    ),
    _happy(
        _FOR_USER,
        "takes the moment into account",
        {
            "user": "conformance-nobody-yet",
            "filter": _SHELF,
            "context": {"items": [SAUCER["id"], _NOBODY_HAS], "prefer": {"conformance_price": 4}},
        },
        __items__0__item_id=CUP["id"],
        __warnings__0__code="unknown_items",
    ),
    _happy(
        _FOR_USER,
        "keeps the shares of promotion, exploration and diversity",
        {
            **_EVE,
            "count": 2,
            "seed": 1,
            "diversity": 0.5,
            "exploration": 0.5,
            "promotions": [{"filter": "conformance_price > 20", "share": 0.5}],
        },
        __items=Holds(
            "two items, the lamp among them",
            lambda items: len(items) == 2 and LAMP["id"] in {item["item_id"] for item in items},
        ),
    ),
    _bad(
        _FOR_USER,
        "with a filter on an unknown field is refused",
        {**_EVE, "filter": "conformance_no_such_field == 1"},
        "invalid_filter",
        "/filter",
    ),
    _bad(
        _FOR_USER,
        "with a promotion that cannot be read is refused",
        {**_EVE, "promotions": [{"filter": "1 ==", "share": 0.5}]},
        "invalid_filter",
        "/promotions/0/filter",
    ),
    _bad(
        _FOR_USER,
        "with an unknown model is refused",
        {**_EVE, "model": "nobody"},
        "model_not_found",
        "/model",
        404,
    ),
    _bad(_FOR_USER, "without a user is refused", {}, "invalid_request", "/user"),
    _bad(_FOR_USER, "of 101 items is refused", {**_EVE, "count": 101}, "invalid_request", "/count"),
    *auth_cases(_FOR_USER, body=Json(_EVE)),
)

SIMILAR: Final = (
    _happy(
        _SIMILAR,
        "gives items with similar titles",
        {"item": CUP["id"], "filter": _SHELF, "diversity": 0.1, "model": _BUILT_IN},
        __items__0__item_id=SAUCER["id"],
        __items__0__reasons=Length(1, 3),
    ),
    _bad(
        _SIMILAR,
        "to an unknown item is refused",
        {"item": _NOBODY_HAS},
        "item_not_found",
        "/item",
        404,
    ),
    _bad(_SIMILAR, "without an item is refused", {}, "invalid_request", "/item"),
    *auth_cases(_SIMILAR, body=Json({"item": CUP["id"]})),
)

RANK: Final = (
    _happy(
        _RANK,
        "puts given items in order, and tells of unknown ones",
        {
            "user": "conformance-eve",
            "items": [LAMP["id"], _NOBODY_HAS, SAUCER["id"]],
            "model": _BUILT_IN,
        },
        __items__0__item_id=SAUCER["id"],
        __items__1__item_id=LAMP["id"],
        __errors=Length.of(1),
        __errors__0__index=1,
        __errors__0__error__code="item_not_found",
    ),
    _bad(_RANK, "of no items is refused", {"user": "x", "items": []}, "invalid_request", "/items"),
    *auth_cases(_RANK, body=Json({"user": "x", "items": [CUP["id"]]})),
)

POPULAR: Final = (
    _happy(
        _POPULAR,
        "counts the users of each item",
        {"filter": _SHELF, "count": 2},
        __model=Text(r"popularity@\w+"),
        __items__0__item_id=CUP["id"],
        __items__0__score=Between(2, math.inf),
        __items__1__score=Between(1, math.inf),
    ),
    _happy(
        _POPULAR,
        "looks at one type of event",
        {"filter": _SHELF, "type": "purchase"},
        __items__0__item_id=CUP["id"],
        __items__0__score=1.0,
    ),
    _happy(
        _POPULAR,
        "tells a trend",
        {"filter": _SHELF, "window_s": 1, "trend": True},
        __items=Every(Holds("no users of late", lambda item: item["score"] == 0)),
    ),
    Case(
        operation=_POPULAR,
        kind="bad_input",
        name="with a trend of all time is refused",
        body=Json({"trend": True}),
        expect=refusal("invalid_request", 422, "/window_s", source="deployment"),
    ),
    Case(
        operation=_POPULAR,
        kind="bad_input",
        name="that is no JSON is refused",
        body=Raw(b"popular", "application/json"),
        expect=refusal("invalid_json", 400),
    ),
    *auth_cases(_POPULAR, body=Json({})),
)

NEXT: Final = (
    _happy(
        _NEXT,
        "follows what was seen",
        {"items": [LAMP["id"], CUP["id"]], "filter": _SHELF},
        __items__0__item_id=SAUCER["id"],
    ),
    _happy(
        _NEXT,
        "leaves out what it does not know",
        {"items": [_NOBODY_HAS], "filter": _SHELF},
        __items__0__item_id=CUP["id"],
        __warnings__0__code="unknown_items",
    ),
    _bad(_NEXT, "after nothing is refused", {"items": []}, "invalid_request", "/items"),
    *auth_cases(_NEXT, body=Json({"items": [CUP["id"]]})),
)

USERS: Final = (
    Case(
        operation=_USERS,
        kind="happy",
        name="gives users of what goes with an item",
        before=SHOPPED,
        body=Json({"item": SAUCER["id"], "count": 100}),
        expect=Expectation(
            values={
                "/object": "recommendation.users",
                "/users": Holds(
                    "Eve, and not Fay who has seen it",
                    lambda users: (
                        "conformance-eve" in {user["user_id"] for user in users}
                        and "conformance-fay" not in {user["user_id"] for user in users}
                    ),
                ),
            }
        ),
    ),
    _bad(
        _USERS,
        "of an unknown item is refused",
        {"item": _NOBODY_HAS},
        "item_not_found",
        "/item",
        404,
    ),
    *auth_cases(_USERS, body=Json({"item": CUP["id"]})),
)

CASES: Final = (*FOR_USER, *SIMILAR, *RANK, *POPULAR, *NEXT, *USERS)
