"""Cases of ``system.*``: public, so a wrong key must not matter, and without parameters."""

from __future__ import annotations

from typing import Final

from aiaas_mock.conformance.case import Case, Expectation, auth_cases, refusal
from aiaas_mock.conformance.matchers import ANY_TEXT, Length, Text

_NOT_A_NUMBER: Final = refusal("invalid_request", 422)
_SOON: Final = {"Aiaas-Deadline-Ms": "soon"}


def _bad_deadline(operation: str) -> Case:
    return Case(
        operation=operation,
        kind="bad_input",
        name="with a deadline that is no number is refused",
        headers=_SOON,
        expect=_NOT_A_NUMBER,
    )


CASES: Final = (
    Case(
        operation="system.health",
        kind="happy",
        name="says ok and its version, without a key",
        credential="none",
        expect=Expectation(
            values={"/status": "ok", "/version": ANY_TEXT},
            headers={"Content-Type": "application/json", "X-Request-Id": Text(r"req_\w+")},
        ),
    ),
    Case(
        operation="system.health",
        kind="happy",
        name="does not look at the key",
        credential="unknown",
        expect=Expectation(values={"/status": "ok"}),
    ),
    _bad_deadline("system.health"),
    Case(
        operation="system.ready",
        kind="happy",
        name="names the models in memory",
        credential="none",
        expect=Expectation(values={"/status": "ready", "/models": Length(1, 1000)}),
    ),
    _bad_deadline("system.ready"),
    Case(
        operation="system.openapi",
        kind="happy",
        name="describes all operations",
        credential="none",
        expect=Expectation(
            values={
                "/openapi": Text(r"3\.1\.\d+"),
                "/paths/~1v1~1images~1classify/post/operationId": "images.classify",
            },
            headers={"Content-Type": "application/json"},
        ),
    ),
    _bad_deadline("system.openapi"),
    Case(
        operation="system.metrics",
        kind="happy",
        name="counts requests in the Prometheus text format",
        expect=Expectation(
            values={"": Text(r"(?ms).*^# TYPE aiaas_requests_total counter$.*")},
            headers={"Content-Type": Text(r"text/plain; version=.*")},
        ),
    ),
    _bad_deadline("system.metrics"),
    *auth_cases("system.metrics"),
)
