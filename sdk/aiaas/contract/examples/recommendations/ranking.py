"""Examples of what is recommended."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_ANSWER: Final[dict[str, Any]] = {
    "id": "rcm_3f9c1e0b7a52d8c6",
    "object": "recommendations",
    "model": "ease@1",
    "usage": {"inputs": 1},
    "warnings": [],
    "recommendation_id": "rcm_3f9c1e0b7a52d8c6",
    "group": None,
    "items": [
        {
            "item_id": "mug-1",
            "score": 0.43,
            "title": "White mug",
            "metadata": {"category": "mugs", "price": 4.5},
            "reasons": [
                {
                    "kind": "item",
                    "contribution": 0.31,
                    "exact": True,
                    "item_id": "mug-2",
                    "title": "Blue mug",
                    "detail": "Because of Blue mug.",
                },
                {
                    "kind": "popularity",
                    "contribution": 0.12,
                    "exact": True,
                    "item_id": None,
                    "title": None,
                    "detail": "Many users like it.",
                },
            ],
        }
    ],
}

EXAMPLES: Final = {
    "recommendations.for_user": Example(request={"user": "ada", "count": 1}, response=_ANSWER),
    "recommendations.similar_items": Example(
        request={"item": "mug-2", "count": 1}, response=_ANSWER
    ),
    "recommendations.rank": Example(
        request={"user": "ada", "items": ["mug-1"]}, response={**_ANSWER, "errors": []}
    ),
    "recommendations.popular": Example(request={"count": 1}, response=_ANSWER),
    "recommendations.next_items": Example(
        request={"items": ["mug-2"], "count": 1}, response=_ANSWER
    ),
    "recommendations.users_for_item": Example(
        request={"item": "mug-1", "count": 1},
        response={
            "id": "rcm_3f9c1e0b7a52d8c6",
            "object": "recommendations.users",
            "model": "ease@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "users": [{"user_id": "ada", "score": 0.43}],
        },
    ),
}
