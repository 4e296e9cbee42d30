"""Cases of learning: training, models, experiments, measures."""

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
from aiaas_mock.conformance.cases.recommendation_items import upsert
from aiaas_mock.conformance.cases.recommendation_ranking import CUP, LAMP, SAUCER, SHOPPED
from aiaas_mock.conformance.matchers import ANY_TEXT, Every, Holds, Length, Text

_TRAIN: Final = "recommendations.train"
_LIST: Final = "recommendations.models.list"
_RETRIEVE: Final = "recommendations.models.retrieve"
_PROMOTE: Final = "recommendations.models.promote"
_ROLLBACK: Final = "recommendations.models.rollback"
_SET: Final = "recommendations.experiment.set"
_SHOW: Final = "recommendations.experiment.retrieve"
_END: Final = "recommendations.experiment.delete"
_METRICS: Final = "recommendations.metrics"

_KEY: Final = {"Idempotency-Key": "{unique}"}
_EVENTS: Final = 120

ENOUGH: Final = Case(
    operation="recommendations.events.create",
    kind="happy",
    name="of many users are kept",
    before=upsert(CUP, SAUCER, LAMP),
    body=Json(
        {
            "events": [
                {
                    "id": f"conformance-many-{number}",
                    "type": "view",
                    "user": f"conformance-user-{number % 20}",
                    "item": (CUP, SAUCER, LAMP)[number % 3]["id"],
                    "time": f"2026-02-{number % 28 + 1:02}T12:00:00Z",
                }
                for number in range(_EVENTS)
            ]
        }
    ),
    expect=Expectation(values={"/errors": []}),
)
"""As many events as training needs."""

TRAINING: Final = Case(
    operation=_TRAIN,
    kind="happy",
    name="starts a job",
    before=ENOUGH,
    body=Json({"family": "popularity", "name": "conformance", "promote": "never"}),
    expect=Expectation(
        values={
            "/id": Text(r"job_\w+"),
            "/object": "job",
            "/kind": _TRAIN,
            "/status": Text("queued|running"),
        }
    ),
)
"""What makes a job to look at; how it ends does not matter here."""

TRAIN: Final = (
    TRAINING,
    replace(
        TRAINING,
        kind="idempotency",
        name="asked twice starts one job",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_TRAIN,
        kind="bad_input",
        name="of an unknown family is refused",
        body=Json({"family": "oracle"}),
        expect=refusal("invalid_request", 422, "/family"),
    ),
    Case(
        operation=_TRAIN,
        kind="bad_input",
        name="with a name of two words is refused",
        body=Json({"name": "two words"}),
        expect=refusal("invalid_request", 422, "/name"),
    ),
    *auth_cases(_TRAIN, body=Json({})),
)

_BUILT_IN: Final = Holds(
    "the built-in models",
    lambda models: {"cold-start", "content", "popularity"} <= {one["family"] for one in models},
)

MODELS: Final = (
    Case(
        operation=_LIST,
        kind="happy",
        name="gives the built-in models too",
        query=(("limit", "100"),),
        expect=Expectation(values={"/object": "list", "/data": _BUILT_IN}),
    ),
    Case(
        operation=_LIST,
        kind="paging",
        name="page by page gives every model once",
        query=(("limit", "2"),),
        follow=True,
        expect=Expectation(
            values={
                "/data": Every(
                    Holds("a model", lambda one: one["object"] == "recommendation.model")
                )
            }
        ),
    ),
    unknown_cursor_case(_LIST),
    Case(
        operation=_LIST,
        kind="bad_input",
        name="with a limit of 101 is refused",
        query=(("limit", "101"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    *auth_cases(_LIST),
    Case(
        operation=_RETRIEVE,
        kind="happy",
        name="describes a built-in model",
        path={"model": "content"},
        expect=Expectation(values={"/id": Text(r"content@\w+"), "/origin": "built-in"}),
    ),
    Case(
        operation=_RETRIEVE,
        kind="bad_input",
        name="of an unknown model is refused",
        path={"model": "conformance-nobody"},
        expect=refusal("model_not_found", 404, "/model"),
    ),
    *auth_cases(_RETRIEVE, path={"model": "content"}),
)


def _promotion(model: str) -> Case:
    return Case(
        operation=_PROMOTE,
        kind="happy",
        name=f"lets {model} answer",
        path={"model": model},
        body=Json({}),
        expect=Expectation(values={"/id": Text(rf"{model}@\w+"), "/status": "promoted"}),
    )


_ROLLED_BACK: Final = Case(
    operation=_ROLLBACK,
    kind="happy",
    name="lets the model before answer again",
    before=replace(_promotion("content"), before=_promotion("cold-start")),
    body=Json({}),
    expect=Expectation(values={"/id": Text(r"cold-start@\w+"), "/status": "promoted"}),
)

PROMOTION: Final = (
    _promotion("cold-start"),
    replace(
        _promotion("cold-start"),
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_PROMOTE,
        kind="bad_input",
        name="of an unknown model is refused",
        path={"model": "conformance-nobody"},
        body=Json({}),
        expect=refusal("model_not_found", 404, "/model"),
    ),
    *auth_cases(_PROMOTE, path={"model": "content"}, body=Json({})),
    _ROLLED_BACK,
    replace(
        _ROLLED_BACK,
        kind="idempotency",
        name="asked twice goes one step back",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_ROLLBACK,
        kind="bad_input",
        name="with something to say is refused",
        body=Json({"model": "content"}),
        expect=refusal("invalid_request", 422, "/model"),
    ),
    *auth_cases(_ROLLBACK, body=Json({})),
)


def _groups(first: float = 0.5, model: str = "content") -> list[dict[str, Any]]:
    return [
        {"name": "as-is", "model": "cold-start", "share": first},
        {"name": "titles", "model": model, "share": 0.5},
    ]


_RUNNING: Final = Case(
    operation=_SET,
    kind="happy",
    name="starts an experiment",
    body=Json({"name": "conformance", "groups": _groups()}),
    expect=Expectation(
        values={
            "/object": "recommendation.experiment",
            "/groups": Length.of(2),
            "/groups/1/model": Text(r"content@\w+"),
            "/started_at": ANY_TEXT,
        }
    ),
)
_OVER: Final = Case(
    operation=_END,
    kind="happy",
    name="ends the experiment",
    before=_RUNNING,
    expect=Expectation(values={"/name": "conformance", "/deleted": True}),
)

EXPERIMENT: Final = (
    _RUNNING,
    replace(
        _RUNNING,
        kind="idempotency",
        name="set again goes on",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_SET,
        kind="bad_input",
        name="with shares that are not everybody is refused",
        body=Json({"name": "conformance", "groups": _groups(0.2)}),
        expect=refusal("invalid_request", 422, "/groups", source="deployment"),
    ),
    Case(
        operation=_SET,
        kind="bad_input",
        name="with an unknown model is refused",
        body=Json({"name": "conformance", "groups": _groups(model="conformance-nobody")}),
        expect=refusal("model_not_found", 404, "/groups/1/model"),
    ),
    *auth_cases(_SET, body=Json({"name": "conformance", "groups": _groups()})),
    Case(
        operation=_SHOW,
        kind="happy",
        name="describes the experiment that runs",
        before=_RUNNING,
        expect=Expectation(values={"/name": "conformance", "/groups/0/share": 0.5}),
    ),
    Case(
        operation=_SHOW,
        kind="bad_input",
        name="of no experiment is refused",
        before=_OVER,
        expect=refusal("experiment_not_found", 404),
    ),
    *auth_cases(_SHOW),
    _OVER,
    replace(
        _OVER,
        kind="idempotency",
        name="asked twice ends it once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation=_END,
        kind="bad_input",
        name="of no experiment is refused",
        before=_OVER,
        expect=refusal("experiment_not_found", 404),
    ),
    *auth_cases(_END),
)

METRICS: Final = (
    Case(
        operation=_METRICS,
        kind="happy",
        name="counts answers by model",
        before=Case(
            operation="recommendations.for_user",
            kind="happy",
            name="with a model of its own answers",
            before=SHOPPED,
            body=Json({"user": "conformance-eve", "model": "popularity"}),
            expect=Expectation(),
        ),
        query=(("window_s", "60"),),
        expect=Expectation(
            values={
                "/object": "recommendation.metrics",
                "/online": Holds(
                    "an answer of the model",
                    lambda rows: any(
                        row["model"].startswith("popularity@") and row["answers"] > 0
                        for row in rows
                    ),
                ),
            }
        ),
    ),
    Case(
        operation=_METRICS,
        kind="bad_input",
        name="of no time is refused",
        query=(("window_s", "0"),),
        expect=refusal("invalid_request", 422, "/window_s"),
    ),
    *auth_cases(_METRICS),
)

CASES: Final = (*TRAIN, *MODELS, *PROMOTION, *EXPERIMENT, *METRICS)
