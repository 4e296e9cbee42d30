"""Holds an answer against what a case expects; differences are sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx
from pydantic import BaseModel, ValidationError

from aiaas.contract import problems
from aiaas.contract._findings import findings
from aiaas.contract.headers import IDEMPOTENT_REPLAY
from aiaas.contract.operations import get_operation
from aiaas.contract.problems import Problem
from aiaas_mock.conformance import events
from aiaas_mock.conformance.case import Case
from aiaas_mock.conformance.matchers import Matcher
from aiaas_mock.json_pointer import ABSENT, resolve

_MOST_SHOWN: Final = 120


def compare(case: Case, response: httpx.Response) -> list[str]:
    """Return what differs between an answer and the expectation, a line each."""
    expected = case.expect
    if response.status_code != expected.status:
        return [
            f"status: expected {expected.status}, got {response.status_code} "
            f"{_shown(response.text)}"
        ]
    body = _decoded(response)
    differences = [*_headers(case, response), *_shapes(case, body)]
    if expected.code is not None:
        differences += _problem(case, response, body)
    differences += [
        line
        for pointer, wanted in expected.values.items()
        for line in _value(pointer or "the body", wanted, resolve(body, pointer))
    ]
    return differences


def compare_pages(pages: Sequence[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the pages of a whole list."""
    ids = [item["id"] for page in pages for item in page["data"]]
    differences = []
    if pages[-1]["has_more"]:
        differences.append(f"paging: no end after {len(pages)} pages")
    if pages[-1]["next_cursor"] is not None:
        differences.append("paging: the last page names a next cursor")
    if len(set(ids)) != len(ids):
        differences.append("paging: an item came twice")
    return differences


def compare_repeated(first: httpx.Response, second: httpx.Response) -> list[str]:
    """Return how the answer to a repeated request is not the stored one."""
    wanted = {"status": first.status_code, "the body": first.text, IDEMPOTENT_REPLAY: "true"}
    found: dict[str, Any] = {"status": second.status_code, "the body": second.text}
    found[IDEMPOTENT_REPLAY] = second.headers.get(IDEMPOTENT_REPLAY, ABSENT)
    return [
        f"repeated: {line}"
        for place, value in wanted.items()
        for line in _value(place, value, found[place])
    ]


def _decoded(response: httpx.Response) -> Any:
    media_type = response.headers.get("content-type", "").partition(";")[0]
    if media_type == events.MEDIA_TYPE:
        return events.read_events(response.content)
    if media_type not in ("application/json", problems.MEDIA_TYPE):
        return response.text
    try:
        return response.json()
    except ValueError:
        return ABSENT


def _headers(case: Case, response: httpx.Response) -> Iterator[str]:
    wanted = {"X-Request-Id": None, **case.expect.headers}
    for name, value in wanted.items():
        found = response.headers.get(name, ABSENT)
        if value is None:
            if found is ABSENT:
                yield f"header {name}: missing"
        else:
            yield from _value(f"header {name}", value, found)


def _shapes(case: Case, body: Any) -> Iterator[str]:
    operation = get_operation(case.operation)
    if case.expect.code is not None:
        yield from _shape(Problem, body)
    elif isinstance(body, list) and operation.events is not None:
        for position, event in enumerate(body):
            for line in _shape(operation.events.get(event["event"]), event["data"]):
                yield f"event {position}: {line}"
    else:
        yield from _shape(operation.response, body)


def _shape(kind: Any, body: Any) -> Iterator[str]:
    """Hold a JSON answer against the contract's type of it."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return
    try:
        kind.model_validate(body)
    except ValidationError as error:
        for finding in findings(error, kind):
            yield f"{finding.about(finding.param or 'the body')} (as {kind.__name__})"


def _problem(case: Case, response: httpx.Response, body: Any) -> Iterator[str]:
    expected = case.expect
    fixed = {
        "code": expected.code,
        "status": expected.status,
        "type": problems.type_uri(expected.code or ""),
        "request_id": response.headers.get("x-request-id"),
        "param": ABSENT if expected.param is None else expected.param,
    }
    yield from _value(
        "header Content-Type", problems.MEDIA_TYPE, response.headers.get("content-type", ABSENT)
    )
    for name, wanted in fixed.items():
        yield from _value(f"/{name}", wanted, resolve(body, f"/{name}"))


def _value(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, Matcher):
        words = str(wanted) if found is ABSENT else wanted.mismatch(found)
        if words is not None:
            yield f"{place}: expected {words}, got {_shown(found)}"
    elif wanted != found:
        yield f"{place}: expected {_shown(wanted)}, got {_shown(found)}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
