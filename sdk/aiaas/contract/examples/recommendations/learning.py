"""Examples of training, models, experiments and figures."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_TIME: Final = "2026-11-24T09:30:00.123456Z"
_OFFLINE: Final[dict[str, Any]] = {
    "users": 100,
    "k": 10,
    "recall": 0.2,
    "ndcg": 0.15,
    "hit_rate": 0.4,
    "coverage": 0.5,
    "novelty": 9.0,
    "diversity": 0.8,
}
_MODEL: Final[dict[str, Any]] = {
    "id": "trained@1",
    "object": "recommendation.model",
    "family": "ease",
    "status": "promoted",
    "origin": "trained",
    "created_at": _TIME,
    "job": "job_3f9c1e0b7a52d8c6",
    "events": 1000,
    "items": 50,
    "metrics": _OFFLINE,
    "decision": "It is the first model.",
}
_EXPERIMENT: Final[dict[str, Any]] = {
    "object": "recommendation.experiment",
    "name": "spring",
    "groups": [
        {"name": "control", "model": "popularity@1", "share": 0.5},
        {"name": "new", "model": "trained@1", "share": 0.5},
    ],
    "started_at": _TIME,
}

EXAMPLES: Final = {
    "recommendations.train": Example(
        request={"family": "ease"},
        response={
            "id": "job_3f9c1e0b7a52d8c6",
            "object": "job",
            "kind": "recommendations.train",
            "status": "queued",
            "progress": 0.0,
            "message": "",
            "attempt": 0,
            "cancel_requested": False,
            "created_at": _TIME,
        },
    ),
    "recommendations.models.list": Example(
        request={"limit": 1},
        response={"object": "list", "data": [_MODEL], "has_more": False, "next_cursor": None},
    ),
    "recommendations.models.retrieve": Example(request={"model": "trained@1"}, response=_MODEL),
    "recommendations.models.promote": Example(request={"model": "trained@1"}, response=_MODEL),
    "recommendations.models.rollback": Example(request={}, response=_MODEL),
    "recommendations.experiment.set": Example(
        request={"name": "spring", "groups": _EXPERIMENT["groups"]}, response=_EXPERIMENT
    ),
    "recommendations.experiment.retrieve": Example(response=_EXPERIMENT),
    "recommendations.experiment.delete": Example(
        response={
            "object": "recommendation.experiment.deleted",
            "name": "spring",
            "deleted": True,
        }
    ),
    "recommendations.metrics": Example(
        request={},
        response={
            "object": "recommendation.metrics",
            "offline": [
                {
                    "model": "trained@1",
                    "family": "ease",
                    "status": "promoted",
                    "metrics": _OFFLINE,
                }
            ],
            "online": [
                {
                    "model": "trained@1",
                    "group": None,
                    "answers": 10,
                    "clicks": 4,
                    "conversions": 1,
                    "click_through_rate": 0.4,
                    "conversion_rate": 0.1,
                    "revenue": 4.5,
                }
            ],
        },
    ),
}
