"""Examples of items, users and events."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_TIME: Final = "2026-11-24T09:30:00.123456Z"
_NEW_ITEM: Final[dict[str, Any]] = {
    "id": "mug-1",
    "title": "White mug",
    "metadata": {"category": "mugs", "price": 4.5},
    "available": True,
}
_ITEM: Final[dict[str, Any]] = {
    **_NEW_ITEM,
    "object": "recommendation.item",
    "updated_at": _TIME,
}
_EVENT: Final[dict[str, Any]] = {
    "id": "evt-1",
    "object": "recommendation.event",
    "type": "purchase",
    "user": "ada",
    "item": "mug-1",
    "value": 4.5,
    "time": _TIME,
    "recommendation_id": None,
    "model": None,
    "group": None,
}

EXAMPLES: Final = {
    "recommendations.items.upsert": Example(
        request={"items": [_NEW_ITEM]},
        response={
            "object": "recommendation.items.upserted",
            "created": 1,
            "updated": 0,
            "errors": [],
        },
    ),
    "recommendations.items.list": Example(
        request={"limit": 1},
        response={"object": "list", "data": [_ITEM], "has_more": False, "next_cursor": None},
    ),
    "recommendations.items.retrieve": Example(request={"item": "mug-1"}, response=_ITEM),
    "recommendations.items.delete": Example(
        request={"item": "mug-1"},
        response={"id": "mug-1", "object": "recommendation.item.deleted", "deleted": True},
    ),
    "recommendations.users.upsert": Example(
        request={"users": [{"id": "ada", "metadata": {"category": "mugs"}}]},
        response={
            "object": "recommendation.users.upserted",
            "created": 1,
            "updated": 0,
            "errors": [],
        },
    ),
    "recommendations.users.delete": Example(
        request={"user": "ada"},
        response={
            "id": "ada",
            "object": "recommendation.user.erased",
            "receipt_id": "ers_3f9c1e0b7a52d8c6",
            "events": 1,
            "metadata_fields": 1,
            "models": ["trained@1"],
            "erased_at": _TIME,
            "deleted": True,
        },
    ),
    "recommendations.events.create": Example(
        request={
            "events": [
                {
                    "id": "evt-1",
                    "type": "purchase",
                    "user": "ada",
                    "item": "mug-1",
                    "value": 4.5,
                    "time": _TIME,
                }
            ]
        },
        response={
            "object": "recommendation.events.created",
            "created": 1,
            "duplicates": 0,
            "errors": [],
        },
    ),
    "recommendations.events.list": Example(
        request={"user": "ada", "limit": 1},
        response={"object": "list", "data": [_EVENT], "has_more": False, "next_cursor": None},
    ),
}
