"""Cases of ``jobs.*``."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import (
    Case,
    Expectation,
    Json,
    Raw,
    auth_cases,
    refusal,
    unknown_cursor_case,
)
from aiaas_mock.conformance.cases.recommendation_learning import TRAINING
from aiaas_mock.conformance.matchers import Every, Holds, Length, Text

_UNKNOWN: Final = {"job": "job_nobody-has-this"}
_ID: Final = {"job": "{id}"}
_KEY: Final = {"Idempotency-Key": "{unique}"}
_NO_BODY: Final = Json({})
_TIME: Final = Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_STATUS: Final = Text(r"\w+")

LIST: Final = (
    Case(
        operation="jobs.list",
        kind="happy",
        name="gives jobs of a kind, the newest first",
        before=TRAINING,
        query=(("kind", "recommendations.train"),),
        expect=Expectation(
            values={
                "/object": "list",
                "/data": Length(1, 20),
                "": Holds(
                    "jobs of the kind only, by their time",
                    lambda page: (
                        {job["kind"] for job in page["data"]} == {"recommendations.train"}
                        and sorted((job["created_at"] for job in page["data"]), reverse=True)
                        == [job["created_at"] for job in page["data"]]
                    ),
                ),
            }
        ),
    ),
    Case(
        operation="jobs.list",
        kind="happy",
        name="of an unknown kind is empty",
        query=(("kind", "tea.leaves"), ("status", "failed")),
        expect=Expectation(values={"/data": [], "/has_more": False, "/next_cursor": None}),
    ),
    Case(
        operation="jobs.list",
        kind="paging",
        name="page by page gives every job once",
        before=TRAINING,
        query=(("limit", "2"),),
        follow=True,
        expect=Expectation(
            values={"/data": Every(Holds("a job", lambda job: job["object"] == "job"))}
        ),
    ),
    unknown_cursor_case("jobs.list"),
    Case(
        operation="jobs.list",
        kind="bad_input",
        name="with a limit of nought is refused",
        query=(("limit", "0"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    Case(
        operation="jobs.list",
        kind="bad_input",
        name="with a status that no job has is refused",
        query=(("status", "lost"),),
        expect=refusal("invalid_request", 422, "/status"),
    ),
    *auth_cases("jobs.list"),
)

RETRIEVE: Final = (
    Case(
        operation="jobs.retrieve",
        kind="happy",
        name="describes a job",
        before=TRAINING,
        path=_ID,
        expect=Expectation(
            values={
                "/id": Text(r"job_\w+"),
                "/object": "job",
                "/kind": "recommendations.train",
                "/status": _STATUS,
                "/cancel_requested": False,
                "/created_at": _TIME,
            }
        ),
    ),
    Case(
        operation="jobs.retrieve",
        kind="bad_input",
        name="of an unknown job is refused",
        path=_UNKNOWN,
        expect=refusal("job_not_found", 404, "/job"),
    ),
    *auth_cases("jobs.retrieve", path=_UNKNOWN),
)

_CANCELLED: Final = Case(
    operation="jobs.cancel",
    kind="happy",
    name="asks for the end of a job",
    before=TRAINING,
    path=_ID,
    body=_NO_BODY,
    expect=Expectation(values={"/id": Text(r"job_\w+"), "/status": _STATUS}),
)

CANCEL: Final = (
    _CANCELLED,
    Case(
        operation="jobs.cancel",
        kind="happy",
        name="leaves a job that has ended, or was asked to, as it is",
        before=_CANCELLED,
        path=_ID,
        body=_NO_BODY,
        expect=_CANCELLED.expect,
    ),
    Case(
        operation="jobs.cancel",
        kind="idempotency",
        name="answers a repeated request once",
        before=TRAINING,
        path=_ID,
        headers=_KEY,
        body=_NO_BODY,
        repeat=True,
        expect=_CANCELLED.expect,
    ),
    Case(
        operation="jobs.cancel",
        kind="idempotency",
        name="repeats a refusal too",
        path=_UNKNOWN,
        headers=_KEY,
        body=_NO_BODY,
        repeat=True,
        expect=refusal("job_not_found", 404, "/job"),
    ),
    Case(
        operation="jobs.cancel",
        kind="bad_input",
        name="of an unknown job is refused",
        path=_UNKNOWN,
        body=_NO_BODY,
        expect=refusal("job_not_found", 404, "/job"),
    ),
    Case(
        operation="jobs.cancel",
        kind="bad_input",
        name="with the job in path and body is refused",
        path=_UNKNOWN,
        body=Json({"job": "job_another"}),
        expect=refusal("invalid_request", 422, "/job"),
    ),
    Case(
        operation="jobs.cancel",
        kind="bad_input",
        name="with a field that is not known is refused",
        path=_UNKNOWN,
        body=Json({"now": True}),
        expect=refusal("invalid_request", 422, "/now"),
    ),
    Case(
        operation="jobs.cancel",
        kind="bad_input",
        name="with a body that is no object is refused",
        path=_UNKNOWN,
        body=Json([]),
        expect=refusal("invalid_request", 422, ""),
    ),
    Case(
        operation="jobs.cancel",
        kind="bad_input",
        name="with a body that is no JSON is refused",
        path=_UNKNOWN,
        body=Raw(b"{", "application/json"),
        expect=refusal("invalid_json", 400),
    ),
    *auth_cases("jobs.cancel", path=_UNKNOWN, body=_NO_BODY),
)

EVENTS: Final = (
    Case(
        operation="jobs.events",
        kind="happy",
        name="tells what happened, from the beginning",
        before=TRAINING,
        path=_ID,
        expect=Expectation(
            values={"/object": "list", "/data/0/number": 1, "/data/0/kind": "queued"}
        ),
    ),
    Case(
        operation="jobs.events",
        kind="happy",
        name="leaves out what the client knows",
        before=TRAINING,
        path=_ID,
        query=(("after", "1000000"),),
        expect=Expectation(values={"/data": []}),
    ),
    Case(
        operation="jobs.events",
        kind="happy",
        name="streams until the job has ended",
        before=_CANCELLED,
        path=_ID,
        query=(("stream", "true"),),
        expect=Expectation(
            values={
                "/0/event": "update",
                "/0/data/number": 1,
                "": Holds(
                    "updates in order, then the job that has ended",
                    lambda events: (
                        [event["event"] for event in events]
                        == ["update"] * (len(events) - 1) + ["done"]
                        and [event["data"]["number"] for event in events[:-1]]
                        == list(range(1, len(events)))
                        and events[-1]["data"]["finished_at"] is not None
                        and events[-1]["data"]["status"] == events[-2]["data"]["kind"]
                    ),
                ),
            },
            headers={"Content-Type": Text(r"text/event-stream(;.*)?")},
        ),
    ),
    Case(
        operation="jobs.events",
        kind="bad_input",
        name="of an unknown job is refused before a stream begins",
        path=_UNKNOWN,
        query=(("stream", "true"),),
        expect=refusal("job_not_found", 404, "/job"),
    ),
    Case(
        operation="jobs.events",
        kind="bad_input",
        name="after a negative number is refused",
        path=_UNKNOWN,
        query=(("after", "-1"),),
        expect=refusal("invalid_request", 422, "/after"),
    ),
    *auth_cases("jobs.events", path=_UNKNOWN),
)

CASES: Final = (*LIST, *RETRIEVE, *CANCEL, *EVENTS)
