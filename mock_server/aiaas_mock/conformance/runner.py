"""Runs cases against a deployment, over the network or in process."""

from __future__ import annotations

import json
import secrets
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from aiaas.contract.operations import get_operation
from aiaas_mock.conformance.case import Case, Form
from aiaas_mock.conformance.comparison import compare, compare_pages, compare_repeated

UNKNOWN_KEY: Final = "sk_mock_default_nobody-ever-issued-this-key"
_MOST_PAGES: Final = 1000
_FAULTS: Final = "/_mock/faults"

Steps = Generator[httpx.Request, httpx.Response, "Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case went.

    Attributes:
        case: The case.
        differences: What was not as expected, a line each; empty when all was well.
    """

    case: Case
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the deployment did what the contract says."""
        return not self.differences

    def __str__(self) -> str:
        lines = [f"{self.case.id} ({self.case.kind})", *self.differences]
        return "\n  ".join(lines)


def run(case: Case, client: httpx.Client, api_key: str) -> Outcome:
    """Run a case.

    Args:
        case: The case.
        client: Has the deployment's address as its ``base_url``.
        api_key: A key with all scopes.

    Raises:
        httpx.TransportError: The deployment cannot be reached.
    """
    steps = _steps(case, client, api_key)
    request = next(steps)
    while True:
        response = client.send(request)
        try:
            request = steps.send(response)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome


async def run_async(case: Case, client: httpx.AsyncClient, api_key: str) -> Outcome:
    """Run a case; the same as `run` for an asynchronous client."""
    steps = _steps(case, client, api_key)
    request = next(steps)
    while True:
        response = await client.send(request)
        try:
            request = steps.send(response)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome


def _steps(case: Case, client: httpx.Client | httpx.AsyncClient, api_key: str) -> Steps:
    """Yield the requests of a case and take in their answers, whichever client sends them."""
    values = {"api_key": api_key, "unique": secrets.token_hex(8)}
    if case.fault is None:
        return (yield from _exchanges(case, client, values))
    response = yield client.build_request("POST", _FAULTS, **_control(case.fault, values))
    if not response.is_success:
        words = f"the fault could not be set: {response.status_code} {response.text[:120]!r}"
        return Outcome(case=case, differences=(words,))
    outcome = yield from _exchanges(case, client, values)
    rule = f"{_FAULTS}/{response.json()['id']}"
    yield client.build_request("DELETE", rule, headers=_control({}, values)["headers"])
    return outcome


def _control(rule: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Return headers and body of a request to the control plane."""
    headers = {
        "Authorization": f"Bearer {values['api_key']}",
        "Content-Type": "application/json",
    }
    return {"headers": headers, "content": _filled(json.dumps(rule), values).encode()}


def _exchanges(
    case: Case, client: httpx.Client | httpx.AsyncClient, values: dict[str, str]
) -> Steps:
    """Yield the requests of a case once its fault is set."""
    for earlier in _earlier(case):
        response = yield build_request(earlier, client, values)
        if differences := compare(earlier, response):
            return Outcome(case=case, differences=("what must come before:", *differences))
        values["id"] = str(response.json().get("id"))
    response = yield build_request(case, client, values)
    differences = compare(case, response)
    if case.repeat and not differences:
        repeated = yield build_request(case, client, values)
        differences = compare_repeated(response, repeated)
    if case.follow and not differences:
        pages: list[Any] = [response.json()]
        while pages[-1]["has_more"] and len(pages) < _MOST_PAGES and not differences:
            cursor = pages[-1]["next_cursor"]
            response = yield build_request(case, client, values, cursor=cursor)
            differences = compare(case, response)
            if not differences:
                pages.append(response.json())
        differences = differences or compare_pages(pages)
    return Outcome(case=case, differences=tuple(differences))


def _earlier(case: Case) -> list[Case]:
    """Return what must come before a case, the first of all first."""
    return [] if case.before is None else [*_earlier(case.before), case.before]


def build_request(
    case: Case,
    client: httpx.Client | httpx.AsyncClient,
    values: Mapping[str, str],
    *,
    cursor: str | None = None,
) -> httpx.Request:
    """Make the HTTP request of a case; `values` take the places of its placeholders."""
    operation = get_operation(case.operation)
    query = httpx.QueryParams(list(case.query))
    if cursor is not None:
        query = query.add("cursor", cursor)
    return client.build_request(
        operation.method,
        operation.path.format_map(
            {name: _filled(text, values) for name, text in case.path.items()}
        ),
        params=query or None,
        headers=_headers(case, values),
        content=_content(case, values),
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _content(case: Case, values: Mapping[str, str]) -> bytes | None:
    if isinstance(case.body, Form):
        return _filled(case.body.content.decode(), values).encode()
    return None if case.body is None else case.body.content


def _headers(case: Case, values: Mapping[str, str]) -> dict[str, str]:
    headers = {name: _filled(value, values) for name, value in case.headers.items()}
    if case.credential != "none":
        key = values["api_key"] if case.credential == "given" else UNKNOWN_KEY
        headers["Authorization"] = f"Bearer {key}"
    if case.body is not None and case.body.media_type is not None:
        headers["Content-Type"] = case.body.media_type
    return headers
