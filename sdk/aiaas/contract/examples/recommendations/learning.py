"""Examples of learning: models, the experiment and the measures of a small shop."""

from __future__ import annotations

from typing import Final

from aiaas.contract.examples import Example

_SENT: Final = "recommendations.items.upsert"
_TOLD: Final = "recommendations.events.create"
_ASKED: Final = "recommendations.for_user"
_PROMOTED: Final = "recommendations.models.promote"
_SET: Final = "recommendations.experiment.set"

EXAMPLES: Final = {
    "recommendations.train": Example(
        request={"family": "ease", "name": "shop"},
        response={
            "id": "job_8d0c6a1f4be2937750c1d6aa",
            "object": "job",
            "kind": "recommendations.train",
            "status": "queued",
            "progress": 0.0,
            "message": "",
            "attempt": 0,
            "cancel_requested": False,
            "created_at": "2026-03-01T12:20:00.123456Z",
            "started_at": None,
            "finished_at": None,
            "result": None,
            "error": None,
        },
    ),
    "recommendations.models.list": Example(
        before=(_SENT,),
        request={"limit": 2},
        response={
            "object": "list",
            "data": [
                {
                    "id": "cold-start@1",
                    "object": "recommendation.model",
                    "family": "cold-start",
                    "status": "promoted",
                    "origin": "built-in",
                    "created_at": None,
                    "job": None,
                    "events": None,
                    "items": None,
                    "metrics": None,
                    "decision": None,
                },
                {
                    "id": "content@1",
                    "object": "recommendation.model",
                    "family": "content",
                    "status": "built-in",
                    "origin": "built-in",
                    "created_at": None,
                    "job": None,
                    "events": None,
                    "items": None,
                    "metrics": None,
                    "decision": None,
                },
            ],
            "has_more": True,
            "next_cursor": "YnVpbHQtaW46Mg",
        },
    ),
    "recommendations.models.retrieve": Example(
        before=(_SENT,),
        request={"model": "content"},
        response={
            "id": "content@1",
            "object": "recommendation.model",
            "family": "content",
            "status": "built-in",
            "origin": "built-in",
            "created_at": None,
            "job": None,
            "events": None,
            "items": None,
            "metrics": None,
            "decision": None,
        },
    ),
    _PROMOTED: Example(
        before=(_SENT,),
        request={"model": "popularity"},
        response={
            "id": "popularity@1",
            "object": "recommendation.model",
            "family": "popularity",
            "status": "promoted",
            "origin": "built-in",
            "created_at": None,
            "job": None,
            "events": None,
            "items": None,
            "metrics": None,
            "decision": None,
        },
    ),
    "recommendations.models.rollback": Example(
        before=(_SENT, _PROMOTED),
        request={},
        response={
            "id": "cold-start@1",
            "object": "recommendation.model",
            "family": "cold-start",
            "status": "promoted",
            "origin": "built-in",
            "created_at": None,
            "job": None,
            "events": None,
            "items": None,
            "metrics": None,
            "decision": None,
        },
    ),
    _SET: Example(
        before=(_SENT,),
        request={
            "name": "spring",
            "groups": [
                {"name": "as-is", "model": "cold-start", "share": 0.5},
                {"name": "titles", "model": "content", "share": 0.5},
            ],
        },
        response={
            "object": "recommendation.experiment",
            "name": "spring",
            "groups": [
                {"name": "as-is", "model": "cold-start@1", "share": 0.5},
                {"name": "titles", "model": "content@1", "share": 0.5},
            ],
            "started_at": "2026-03-01T12:10:00.123456Z",
        },
    ),
    "recommendations.experiment.retrieve": Example(
        before=(_SENT, _SET),
        response={
            "object": "recommendation.experiment",
            "name": "spring",
            "groups": [
                {"name": "as-is", "model": "cold-start@1", "share": 0.5},
                {"name": "titles", "model": "content@1", "share": 0.5},
            ],
            "started_at": "2026-03-01T12:10:00.123456Z",
        },
    ),
    "recommendations.experiment.delete": Example(
        before=(_SENT, _SET),
        response={"object": "recommendation.experiment.deleted", "name": "spring", "deleted": True},
    ),
    "recommendations.metrics": Example(
        before=(_SENT, _TOLD, _ASKED),
        request={"window_s": 86400},
        response={
            "object": "recommendation.metrics",
            "offline": [],
            "online": [
                {
                    "model": "cold-start@1",
                    "group": None,
                    "answers": 1,
                    "clicks": 0,
                    "conversions": 0,
                    "click_through_rate": 0.0,
                    "conversion_rate": 0.0,
                    "revenue": 0.0,
                }
            ],
        },
    ),
}
