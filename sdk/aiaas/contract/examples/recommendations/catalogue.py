"""Examples of items, users and events: sent, shown, and deleted."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_MUG: Final[dict[str, Any]] = {
    "id": "mug-blue",
    "title": "Blue enamel mug",
    "metadata": {"price": 9.5, "category": "mugs", "tags": ["camping", "new"], "on_sale": True},
    "available": True,
}
_POT: Final[dict[str, Any]] = {
    "id": "pot-white",
    "title": "White enamel tea pot",
    "metadata": {"price": 30, "category": "pots", "tags": ["tea"]},
    "available": True,
}
_ANN: Final = {"id": "ann", "metadata": {"category": "mugs", "age": 41}}

_VIEW: Final[dict[str, Any]] = {
    "id": "order-7-view",
    "type": "view",
    "user": "ann",
    "item": "mug-blue",
    "value": None,
    "time": "2026-03-01T12:00:00Z",
}
_PURCHASE: Final[dict[str, Any]] = {
    "id": "order-7",
    "type": "purchase",
    "user": "ann",
    "item": "mug-blue",
    "value": 9.5,
    "time": "2026-03-01T12:05:00Z",
}

_SENT: Final = "recommendations.items.upsert"
_TOLD: Final = "recommendations.events.create"
_KNOWN: Final = "recommendations.users.upsert"


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "object": "recommendation.item",
        "updated_at": "2026-03-01T11:59:00.123456Z",
    }


def _kept(event: dict[str, Any]) -> dict[str, Any]:
    credited = {"recommendation_id": None, "model": None, "group": None}
    return {**event, "object": "recommendation.event", **credited}


EXAMPLES: Final = {
    _SENT: Example(
        request={"items": [_MUG, _POT]},
        response={
            "object": "recommendation.items.upserted",
            "created": 2,
            "updated": 0,
            "errors": [],
        },
    ),
    "recommendations.items.list": Example(
        before=(_SENT,),
        request={"limit": 1},
        response={
            "object": "list",
            "data": [_shown(_MUG)],
            "has_more": True,
            "next_cursor": "bXVnLWJsdWU",
        },
    ),
    "recommendations.items.retrieve": Example(
        before=(_SENT,), request={"item": "pot-white"}, response=_shown(_POT)
    ),
    "recommendations.items.delete": Example(
        before=(_SENT,),
        request={"item": "pot-white"},
        response={"id": "pot-white", "object": "recommendation.item.deleted", "deleted": True},
    ),
    _KNOWN: Example(
        request={"users": [_ANN]},
        response={
            "object": "recommendation.users.upserted",
            "created": 1,
            "updated": 0,
            "errors": [],
        },
    ),
    "recommendations.users.delete": Example(
        before=(_SENT, _KNOWN, _TOLD),
        request={"user": "ann"},
        response={
            "id": "ann",
            "object": "recommendation.user.erased",
            "receipt_id": "ers_0d7f4b9a2c51e83f6a90b7c4",
            "events": 2,
            "metadata_fields": 2,
            "models": [],
            "erased_at": "2026-03-01T12:30:00.123456Z",
            "deleted": True,
        },
    ),
    _TOLD: Example(
        before=(_SENT,),
        request={"events": [_VIEW, _PURCHASE]},
        response={
            "object": "recommendation.events.created",
            "created": 2,
            "duplicates": 0,
            "errors": [],
        },
    ),
    "recommendations.events.list": Example(
        before=(_SENT, _TOLD),
        request={"user": "ann", "type": "purchase"},
        response={
            "object": "list",
            "data": [_kept(_PURCHASE)],
            "has_more": False,
            "next_cursor": None,
        },
    ),
}
