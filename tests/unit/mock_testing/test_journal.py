"""The journal and the overrides of a namespace, over a control plane that notes what it got."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from aiaas_mock.testing import AppThread, MockControlError, MockNamespace
from aiaas_mock.testing.in_process import InProcessDoor
from aiaas_mock.testing.report import failure_of, journal_of

ENTRY = {"id": "req_1", "operation": "images.classify", "status": 503, "duration_ms": 1.25}
NEAR = {
    "request": {"id": "req_1", "operation": "images.classify", "method": "GET", "path": "/v1/x"},
    "differences": [{"field": "model", "expected": "a", "got": "b"}],
}


class Plane:
    """A control plane: `answers` by method and path, and `asked` for the bodies that came."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Response] = {}
        self.asked: list[tuple[str, str, Any]] = []

    async def __call__(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/_mock/")
        body = await request.body()
        sent = await request.json() if body else dict(request.query_params)
        self.asked.append((request.method, path, sent))
        assert request.headers["X-Mock-Namespace"] == "mine"
        known = self.answers.get((request.method, path))
        return known or PlainTextResponse("nothing here", 404)


@pytest.fixture
def plane() -> Plane:
    """The control plane."""
    return Plane()


@pytest.fixture
def space(plane: Plane) -> Iterator[MockNamespace]:
    """A namespace behind it."""
    methods = ["GET", "POST", "PUT", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", plane.__call__, methods=methods)])
    with AppThread(app) as running:
        door = InProcessDoor(running)
        yield MockNamespace(door, "mine", api_key="k" * 16, base_url=door.url)
        door.close()


def page(*data: dict[str, Any], cursor: str | None = None) -> JSONResponse:
    return JSONResponse({"data": data, "has_more": cursor is not None, "next_cursor": cursor})


def test_every_page_of_the_journal_is_read(plane: Plane, space: MockNamespace) -> None:
    plane.answers["GET", "requests"] = page(ENTRY)
    assert space.requests.list(operation="images.classify") == [ENTRY]
    assert plane.asked == [("GET", "requests", {"operation": "images.classify"})]


def test_a_cursor_is_followed(plane: Plane, space: MockNamespace) -> None:
    plane.answers["GET", "requests"] = page(ENTRY, cursor="next")
    pages = iter([page(ENTRY, cursor="next"), page(ENTRY)])

    class Turning(dict[tuple[str, str], Response]):
        def get(self, key: Any, default: Any = None) -> Response:
            return next(pages)

    plane.answers = Turning()
    assert space.requests.list() == [ENTRY, ENTRY]
    assert plane.asked[-1] == ("GET", "requests", {"cursor": "next"})


def test_what_is_expected_is_sent_as_it_was_written(plane: Plane, space: MockNamespace) -> None:
    plane.answers["POST", "requests/verify"] = JSONResponse({})
    plane.answers["DELETE", "requests"] = JSONResponse({})
    space.requests.verify({"operation": "images.classify"}, at_least=1, at_most=2)
    space.requests.verify({"status": 200}, times=0)
    space.requests.verify(sequence=[{"status": 503}, {"status": 200}])
    space.requests.clear()
    assert [body for _, _, body in plane.asked] == [
        {"match": {"operation": "images.classify"}, "times": {"at_least": 1, "at_most": 2}},
        {"match": {"status": 200}, "times": {"exactly": 0}},
        {"sequence": [{"status": 503}, {"status": 200}]},
        {},
    ]


def test_what_was_not_asked_fails_with_the_nearest_differences(
    plane: Plane, space: MockNamespace
) -> None:
    problem = {"detail": "Expected 1, found 0.", "nearest": [NEAR]}
    plane.answers["POST", "requests/verify"] = JSONResponse(problem, 406)
    with pytest.raises(AssertionError) as caught:
        space.requests.verify({"model": "a"})
    assert str(caught.value).splitlines() == [
        "Expected 1, found 0.",
        "  images.classify (req_1):",
        "    model: expected 'a', got 'b'",
    ]


def test_a_question_that_makes_no_sense_is_an_error(plane: Plane, space: MockNamespace) -> None:
    problem = {"code": "invalid_request", "detail": "No such field.", "param": "/match/x"}
    plane.answers["POST", "requests/verify"] = JSONResponse(problem, 422)
    with pytest.raises(MockControlError, match=r"422: No such field. \(/match/x\)") as caught:
        space.requests.verify({"x": 1})
    assert caught.value.code == "invalid_request"


def test_overrides_are_sent_listed_and_forgotten(plane: Plane, space: MockNamespace) -> None:
    plane.answers["POST", "overrides"] = JSONResponse({"id": "ovr_1"})
    plane.answers["GET", "overrides"] = page({"id": "ovr_1"})
    plane.answers["DELETE", "overrides"] = JSONResponse([])
    assert space.overrides.add("models.retrieve", {"name": "a"}) == "ovr_1"
    space.overrides.add("x", {}, body={"model": "a"}, times=1, unchecked=True)
    assert [one["id"] for one in space.overrides.list()] == ["ovr_1"]
    space.overrides.clear()
    assert [body for method, _, body in plane.asked if method == "POST"] == [
        {"match": {"operation": "models.retrieve"}, "respond": {"name": "a"}},
        {
            "match": {"operation": "x", "body": {"model": "a"}},
            "respond": {},
            "times": 1,
            "unchecked": True,
        },
    ]


def test_the_report_shows_what_came(plane: Plane, space: MockNamespace) -> None:
    strange = {"id": "req_2", "method": "GET", "path": "/v1/x", "fault": "reset"}
    plane.answers["GET", "requests"] = page(ENTRY, strange)
    plane.answers["GET", "requests/unmatched"] = page(NEAR)
    assert journal_of(space).splitlines() == [
        "req_1  images.classify  503  1.2 ms",
        "req_2  GET /v1/x  no answer  fault: reset",
        "no operation fits GET /v1/x",
    ]
    assert failure_of(space) == "no operation fits GET /v1/x"


def test_the_nearest_operation_is_shown_where_one_is_told(
    plane: Plane, space: MockNamespace
) -> None:
    plane.answers["GET", "requests/unmatched"] = page({**NEAR, "nearest": [NEAR]})
    assert "model: expected 'a', got 'b'" in failure_of(space)


def test_only_the_last_of_many_requests_are_shown(plane: Plane, space: MockNamespace) -> None:
    plane.answers["GET", "requests"] = page(*[ENTRY] * 100)
    first, *others = journal_of(space).splitlines()
    assert first == "(60 requests before these)"
    assert len(others) == 40


def test_a_namespace_that_nobody_came_to_says_so(plane: Plane, space: MockNamespace) -> None:
    plane.answers["GET", "requests"] = page()
    assert journal_of(space) == "No request came to the namespace 'mine'."


def test_a_server_without_a_journal_adds_nothing_to_the_report(space: MockNamespace) -> None:
    assert journal_of(space) == ""
    with pytest.raises(MockControlError, match="has no control plane"):
        failure_of(space)


def test_a_journal_that_cannot_be_read_says_why(plane: Plane, space: MockNamespace) -> None:
    plane.answers["GET", "requests"] = JSONResponse({"detail": "Not now."}, 503)
    assert "503: Not now." in journal_of(space)


def test_a_server_that_is_gone_says_so() -> None:
    class Gone:
        url = "http://127.0.0.1:1"
        http = httpx.Client(trust_env=False)

        def async_http(self) -> httpx.AsyncClient:
            return httpx.AsyncClient()

        def close(self) -> None:
            self.http.close()

    door = Gone()
    space = MockNamespace(door, "mine", api_key="k" * 16, base_url=door.url)
    assert "cannot be read" in journal_of(space)
    door.close()
