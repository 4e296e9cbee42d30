"""The contract runner notices what is wrong and says it in words."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from aiaas.contract.examples import example_of
from aiaas_mock.conformance import Case, Expectation, run, run_async
from aiaas_mock.conformance.case import refusal
from aiaas_mock.conformance.cases import all_cases
from aiaas_mock.conformance.cases.faults import fault_cases
from aiaas_mock.conformance.events import read_events
from aiaas_mock.conformance.matchers import (
    ANY_TEXT,
    BEST_FIRST,
    UNIT_VECTOR,
    WHOLE_STREAM,
    Between,
    Every,
    Holds,
    Length,
    Matcher,
    Text,
)
from aiaas_mock.conformance.runner import UNKNOWN_KEY

Answer = Callable[[httpx.Request], httpx.Response]
IDS = {"X-Request-Id": "req_1"}
JOB = example_of("jobs.retrieve").response or {}
HEALTHY = {"status": "ok", "version": "1"}


def differences(case: Case, answer: Answer) -> tuple[str, ...]:
    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://test") as client:
        return run(case, client, "the-key-of-the-test").differences


def healthy(**expect: Any) -> Case:
    return Case(
        operation="system.health", kind="happy", name="is well", expect=Expectation(**expect)
    )


def giving(body: Any, status: int = 200, **headers: str) -> Answer:
    return lambda request: httpx.Response(status, json=body, headers={**IDS, **headers})


def test_an_answer_as_expected_has_no_differences() -> None:
    assert differences(healthy(values={"/status": "ok"}), giving(HEALTHY)) == ()


@pytest.mark.parametrize(
    ("expect", "body", "words"),
    [
        ({"status": 404}, HEALTHY, "status: expected 404, got 200"),
        ({"values": {"/version": "2"}}, HEALTHY, "/version: expected '2', got '1'"),
        ({"values": {"/a/0/b": 1}}, HEALTHY, "/a/0/b: expected 1, got nothing"),
        ({"values": {"/version": Between(0, 1)}}, HEALTHY, "a number from 0 to 1, got '1'"),
        ({"values": {"/new": Text("x")}}, HEALTHY, "got nothing"),
        ({"headers": {"X-New": "1"}}, HEALTHY, "header X-New: expected '1', got nothing"),
        ({}, {"status": "ok"}, "/version is required (as Health)"),
        ({}, {"status": "ill", "version": "1"}, "/status must be 'ok' (as Health)"),
    ],
)
def test_a_difference_is_told(expect: dict[str, Any], body: Any, words: str) -> None:
    assert words in "\n".join(differences(healthy(**expect), giving(body)))


def test_an_answer_without_request_id_or_json_differs() -> None:
    case = healthy()
    assert differences(case, lambda request: httpx.Response(200, json=HEALTHY)) == (
        "header X-Request-Id: missing",
    )
    broken = differences(
        case,
        lambda request: httpx.Response(
            200, content=b"{", headers={**IDS, "Content-Type": "application/json"}
        ),
    )
    assert "as Health" in broken[0]


def test_a_problem_is_held_to_its_whole_form() -> None:
    case = Case(
        operation="models.retrieve",
        kind="bad_input",
        name="is refused",
        path={"model": "x"},
        expect=refusal("model_not_found", 404, "/model"),
    )
    right = {
        "type": "urn:aiaas:problem:model_not_found",
        "title": "There is no such model",
        "status": 404,
        "detail": "No.",
        "code": "model_not_found",
        "param": "/model",
        "request_id": "req_1",
    }
    problem = {"content-type": "application/problem+json"}
    assert differences(case, giving(right, 404, **problem)) == ()
    for name in ("type", "status", "code", "param", "request_id"):
        wrong = {**right, name: 500 if name == "status" else "other"}
        assert f"/{name}: expected" in differences(case, giving(wrong, 404, **problem))[0]
    assert "header Content-Type" in differences(case, giving(right, 404))[0]


@pytest.mark.parametrize(
    ("credential", "header"),
    [
        ("given", "Bearer the-key-of-the-test"),
        ("unknown", f"Bearer {UNKNOWN_KEY}"),
        ("none", None),
    ],
)
def test_a_case_is_sent_with_its_credential(credential: Any, header: str | None) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers.get("authorization") == header
        return giving(HEALTHY)(request)

    case = Case(
        operation="system.health",
        kind="auth",
        name="x",
        credential=credential,
        expect=Expectation(),
    )
    assert differences(case, answer) == ()


def test_what_comes_before_a_case_is_sent_first_and_so_is_what_comes_before_that() -> None:
    def step(number: int, before: Case | None, **expect: Any) -> Case:
        return Case(
            operation="models.retrieve",
            kind="happy",
            name=f"step {number}",
            path={"model": f"step-{number}"},
            before=before,
            expect=Expectation(**expect),
        )

    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2])
        return giving(page("m", more=False, cursor=None)["data"][0])(request)

    case = step(3, step(2, step(1, None)))
    assert differences(case, answer) == ()
    assert asked == ["step-1", "step-2", "step-3"]
    asked.clear()
    wrong = differences(step(3, step(2, step(1, None, values={"/id": "another"}))), answer)
    assert wrong[0] == "what must come before:"
    assert asked == ["step-1"]


def pages(*bodies: dict[str, Any]) -> Answer:
    remaining: Iterator[dict[str, Any]] = iter(bodies)
    return lambda request: giving(next(remaining))(request)


def page(*ids: str, more: bool, cursor: str | None) -> dict[str, Any]:
    names = ("name", "version", "task", "summary", "origin", "licence", "limits", "created")
    lists = ("operations", "default_for", "aliases", "variants", "metrics")
    model = {**dict.fromkeys(names, "x"), **{name: [] for name in lists}, "loaded": False}
    data = [{**model, "id": name} for name in ids]
    return {"object": "list", "data": data, "has_more": more, "next_cursor": cursor}


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        ([page("a", more=True, cursor="1"), page("b", more=False, cursor=None)], ""),
        ([page("a", more=True, cursor="1"), page("a", more=False, cursor=None)], "came twice"),
        ([page("a", more=False, cursor="1")], "names a next cursor"),
        ([page("a", more=True, cursor="1"), {"object": "list"}], "/data is required"),
    ],
)
def test_all_pages_of_a_list_are_held_against_each_other(bodies: Any, words: str) -> None:
    case = Case(operation="models.list", kind="paging", name="x", follow=True, expect=Expectation())
    found = "\n".join(differences(case, pages(*bodies)))
    assert (words in found) if words else found == ""


def test_an_outcome_reads_as_its_case_and_what_differed() -> None:
    with httpx.Client(
        transport=httpx.MockTransport(giving(HEALTHY)), base_url="http://test"
    ) as client:
        outcome = run(healthy(status=404), client, "key")
    assert not outcome.ok
    assert str(outcome).startswith("system.health: is well (happy)\n  status: expected 404")
    assert json.dumps(HEALTHY, separators=(",", ":")) in str(outcome)


@pytest.mark.parametrize(
    ("matcher", "right", "wrong"),
    [
        (Between(0, 1), 0.5, 2),
        (Between(0, 1), 1, True),
        (Length.of(2), [1, 2], [1]),
        (Length(0, 1), "", "ab"),
        (ANY_TEXT, "a\nb", ""),
        (Text(r"req_\w+"), "req_1", "req_"),
        (Every(ANY_TEXT), ["a", "b"], ["a", ""]),
        (Every(ANY_TEXT), [], {}),
        (Holds("odd", lambda number: number % 2 == 1), 3, 4),
        (BEST_FIRST, [{"score": 0.9}, {"score": 0.1}], [{"score": 0.1}, {"score": 0.9}]),
        (UNIT_VECTOR, [0.6, 0.8], [0.6, 0.6]),
    ],
)
def test_a_matcher_takes_the_right_value_and_says_what_it_wanted(
    matcher: Matcher, right: Any, wrong: Any
) -> None:
    assert matcher.mismatch(right) is None
    assert matcher.mismatch(wrong)


WHOLE = {
    "id": "t_1",
    "object": "text.generation",
    "model": "m@1",
    "usage": {"inputs": 1, "prompt_tokens": 1, "completion_tokens": 2},
    "text": "Hello",
    "finish_reason": "stop",
    "seed": 7,
}
HEL = ("token", {"index": 0, "text": "Hel"})
LO = ("token", {"index": 1, "text": "lo"})


def streamed(*events: tuple[str, Any], media_type: str = "text/event-stream") -> tuple[str, ...]:
    text = "".join(f"event: {kind}\ndata: {json.dumps(data)}\n\n" for kind, data in events)
    case = Case(
        operation="text.generate",
        kind="happy",
        name="streams",
        expect=Expectation(values={"": WHOLE_STREAM}),
    )
    headers = {**IDS, "Content-Type": media_type}
    return differences(case, lambda _: httpx.Response(200, content=text, headers=headers))


def test_a_whole_stream_has_no_differences() -> None:
    assert streamed(HEL, LO, ("done", WHOLE)) == ()


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([HEL, LO], "expected tokens that make up the text"),
        ([HEL, ("done", WHOLE)], "expected tokens that make up the text"),
        ([LO, HEL, ("done", WHOLE)], "expected tokens that make up the text"),
        ([HEL, ("done", WHOLE), LO], "expected tokens that make up the text"),
        ([], "expected tokens that make up the text"),
        ([("token", {"text": "Hello"}), ("done", WHOLE)], "event 0: /index is required"),
        ([HEL, LO, ("done", {**WHOLE, "seed": None})], "event 2: /seed must be"),
    ],
)
def test_a_stream_that_is_not_whole_differs(events: Any, words: str) -> None:
    assert words in " ".join(streamed(*events))


def test_an_answer_that_is_no_stream_differs() -> None:
    assert "the body: expected" in " ".join(streamed(HEL, media_type="text/html"))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"event: a\r\ndata: 1\r\ndata:2\r\n\r\n", [{"event": "a", "data": "1\n2"}]),
        (b": alive\n\ndata: [1]\n\ndata: cut", [{"event": "message", "data": [1]}]),
        (b"\xef\xbb\xbfdata: {}\n\nretry: 3\n\n", [{"event": "message", "data": {}}]),
    ],
)
def test_events_are_read_as_the_standard_says(body: bytes, found: list[dict[str, Any]]) -> None:
    assert read_events(body) == found


def test_what_must_come_before_is_sent_from_the_first_on() -> None:
    jobs = iter(["job_1", "job_2"])
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, json={**JOB, "id": next(jobs, "job_3")}, headers=IDS)

    first = Case(
        operation="jobs.retrieve",
        kind="happy",
        name="describes one",
        path={"job": "job_0"},
        expect=Expectation(),
    )
    second = replace(first, name="describes the next", path={"job": "{id}"}, before=first)
    third = replace(second, name="describes the last", before=second)
    assert differences(third, answer) == ()
    assert [path.rpartition("/")[2] for path in paths] == ["job_0", "job_1", "job_2"]


def test_a_case_fails_with_what_must_come_before_it() -> None:
    before = replace(healthy(values={"/version": "2"}), name="is of version 2")
    case = replace(healthy(), before=replace(healthy(), before=before))
    assert "what must come before:" in differences(case, giving(HEALTHY))


class Controlled:
    """A deployment that can be told to fail, and counts its rules."""

    def __init__(self, *, obeys: bool = True) -> None:
        self.obeys = obeys
        self.rules: dict[str, dict[str, Any]] = {}
        self.seen: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(f"{request.method} {request.url.path.partition('conformance-')[0]}")
        if request.url.path.startswith("/_mock/faults"):
            assert request.headers["authorization"] == "Bearer the-key-of-the-test"
            return self._control(request)
        hit = any(
            request.headers.get("x-conformance-case")
            == rule["match"]["header"]["X-Conformance-Case"]
            for rule in self.rules.values()
        )
        return overloaded() if hit and self.obeys else giving(HEALTHY)(request)

    def _control(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            del self.rules[request.url.path.rpartition("/")[2]]
            return httpx.Response(200, json={})
        rule = json.loads(request.content)
        self.rules[rule["id"]] = rule
        return httpx.Response(200, json={"id": rule["id"]})


def overloaded() -> httpx.Response:
    problem = {
        "type": "urn:aiaas:problem:overloaded",
        "title": "The server is busy",
        "status": 503,
        "detail": "As told.",
        "code": "overloaded",
        "request_id": "req_1",
    }
    headers = {**IDS, "Retry-After": "2", "Content-Type": "application/problem+json"}
    return httpx.Response(503, json=problem, headers=headers)


def the_fault() -> Case:
    [case] = fault_cases([healthy()])
    return case


def test_a_fault_is_set_met_and_taken_away() -> None:
    deployment = Controlled()
    assert differences(the_fault(), deployment) == ()
    assert deployment.rules == {}
    assert deployment.seen == ["POST /_mock/faults", "GET /healthz", "DELETE /_mock/faults/"]


def test_a_deployment_that_does_not_fail_when_told_to_differs() -> None:
    deployment = Controlled(obeys=False)
    assert "status: expected 503, got 200" in differences(the_fault(), deployment)[0]
    assert deployment.rules == {}


def test_a_deployment_without_a_control_plane_cannot_be_told() -> None:
    assert differences(the_fault(), lambda request: httpx.Response(404, text="no")) == (
        "the fault could not be set: 404 'no'",
    )


def test_every_operation_has_its_fault_once_the_kind_is_run() -> None:
    cases = list(all_cases(faults=True))
    wanted = {case.operation for case in cases if case.kind == "happy"}
    assert {case.operation for case in cases if case.kind == "fault"} == wanted


def test_of_stubs_only_what_the_contract_says_is_expected() -> None:
    happy = healthy(values={"/status": "fine"}, headers={"X-New": "1"}).of_stubs()
    assert differences(happy, giving(HEALTHY)) == ()
    unknown = Expectation(status=404, code="model_not_found").of_stubs()
    assert unknown == Expectation()
    known = refusal("invalid_request", 422, "/limit")
    assert known.of_stubs() == known
    assert refusal("invalid_request", 422, source="deployment").of_stubs() == Expectation()


async def test_a_fault_is_set_for_an_asynchronous_client_too() -> None:
    deployment = Controlled()
    transport = httpx.MockTransport(deployment)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        outcome = await run_async(the_fault(), client, "the-key-of-the-test")
    assert outcome.ok
    assert deployment.rules == {}
