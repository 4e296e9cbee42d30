"""Examples of recommending: what Ann gets, and what goes with a tea pot."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

_BEFORE: Final = ("recommendations.items.upsert", "recommendations.events.create")

EXAMPLES: Final = {
    "recommendations.for_user": Example(
        before=_BEFORE,
        request={"user": "ann", "count": 1},
        response={
            "id": "ria_3f02b3ddc089c35d24977989",
            "object": "recommendation.items",
            "model": "cold-start@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "recommendation_id": "rec__0pyMGXF7LIrGwlaAaIOWlCc9SqymZVhY29sZC1zdGFydEAx",
            "group": None,
            "items": [
                {
                    "item_id": "pot-white",
                    "score": 0.915334,
                    "title": "White enamel tea pot",
                    "metadata": {"price": 30, "category": "pots", "tags": ["tea"]},
                    "reasons": [
                        {
                            "kind": "item",
                            "contribution": 0.915334,
                            "exact": True,
                            "item_id": "mug-blue",
                            "title": "Blue enamel mug",
                            "detail": "Because of Blue enamel mug (bought): 0.915.",
                        }
                    ],
                }
            ],
        },
    ),
    "recommendations.similar_items": Example(
        before=_BEFORE,
        request={"item": "pot-white", "count": 1},
        response={
            "id": "ria_828526dbbe0fe86655527d8a",
            "object": "recommendation.items",
            "model": "cold-start@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "recommendation_id": "rec_x9aS6fkqztAiKRhCAaIOWlI0U7-kl1KgY29sZC1zdGFydEAx",
            "group": None,
            "items": [
                {
                    "item_id": "mug-blue",
                    "score": 1.215334,
                    "title": "Blue enamel mug",
                    "metadata": {
                        "price": 9.5,
                        "category": "mugs",
                        "tags": ["camping", "new"],
                        "on_sale": True,
                    },
                    "reasons": [
                        {
                            "kind": "item",
                            "contribution": 0.915334,
                            "exact": True,
                            "item_id": "pot-white",
                            "title": "White enamel tea pot",
                            "detail": "Because of White enamel tea pot (asked for): 0.915.",
                        },
                        {
                            "kind": "popularity",
                            "contribution": 0.3,
                            "exact": True,
                            "item_id": None,
                            "title": None,
                            "detail": "Popular: 1 user had to do with it: 0.3.",
                        },
                    ],
                }
            ],
        },
    ),
    "recommendations.rank": Example(
        before=_BEFORE,
        request={"user": "ann", "items": ["pot-white", "pan-red"], "reasons": 1},
        response={
            "id": "ria_336ac5dbeba08d4f75db5573",
            "object": "recommendation.items",
            "model": "cold-start@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "recommendation_id": "rec_HGQXe-hBv8GKT-3zAaIOWlO1vxvuQ1jSY29sZC1zdGFydEAx",
            "group": None,
            "items": [
                {
                    "item_id": "pot-white",
                    "score": 0.915334,
                    "title": "White enamel tea pot",
                    "metadata": {"price": 30, "category": "pots", "tags": ["tea"]},
                    "reasons": [
                        {
                            "kind": "item",
                            "contribution": 0.915334,
                            "exact": True,
                            "item_id": "mug-blue",
                            "title": "Blue enamel mug",
                            "detail": "Because of Blue enamel mug (bought): 0.915.",
                        }
                    ],
                }
            ],
            "errors": [
                {
                    "index": 1,
                    "error": {
                        "type": "urn:aiaas:problem:item_not_found",
                        "title": "There is no such item",
                        "status": 404,
                        "detail": "There is no item 'pan-red'.",
                        "code": "item_not_found",
                        "param": "/items/1",
                    },
                }
            ],
        },
    ),
    "recommendations.popular": Example(
        before=_BEFORE,
        request={"count": 1, "type": "purchase"},
        response={
            "id": "ria_c6fd902760569fd683cdc42a",
            "object": "recommendation.items",
            "model": "popularity@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "recommendation_id": "rec_8Xf4hgYiDdn1j3EcAaIOWlVBP16ZNx_wcG9wdWxhcml0eUAx",
            "group": None,
            "items": [
                {
                    "item_id": "mug-blue",
                    "score": 1.0,
                    "title": "Blue enamel mug",
                    "metadata": {
                        "price": 9.5,
                        "category": "mugs",
                        "tags": ["camping", "new"],
                        "on_sale": True,
                    },
                    "reasons": [
                        {
                            "kind": "popularity",
                            "contribution": 1.0,
                            "exact": True,
                            "item_id": None,
                            "title": None,
                            "detail": "Popular: 1 user had to do with it.",
                        }
                    ],
                }
            ],
        },
    ),
    "recommendations.next_items": Example(
        before=_BEFORE,
        request={"items": ["pot-white"], "reasons": 0},
        response={
            "id": "ria_dd7cb8ce2b6e7c8263615f23",
            "object": "recommendation.items",
            "model": "cold-start@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "recommendation_id": "rec_SgeCs3RREyT6DE7cAaIOWlaydwRMadejY29sZC1zdGFydEAx",
            "group": None,
            "items": [
                {
                    "item_id": "mug-blue",
                    "score": 1.215334,
                    "title": "Blue enamel mug",
                    "metadata": {
                        "price": 9.5,
                        "category": "mugs",
                        "tags": ["camping", "new"],
                        "on_sale": True,
                    },
                    "reasons": [],
                }
            ],
        },
    ),
    "recommendations.users_for_item": Example(
        before=_BEFORE,
        request={"item": "pot-white", "count": 1},
        response={
            "id": "rua_dec0d308599f4e3b18a1291b",
            "object": "recommendation.users",
            "model": "cold-start@1",
            "usage": {"inputs": 1},
            "warnings": [],
            "users": [{"user_id": "ann", "score": 0.915334}],
        },
    ),
}
