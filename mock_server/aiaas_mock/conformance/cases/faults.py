"""Cases of a deployment that fails when it is told to, made for every operation of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from aiaas.contract.headers import RETRY_AFTER
from aiaas.contract.operations import all_operations
from aiaas_mock.conformance.case import Case, refusal
from aiaas_mock.conformance.matchers import Text

_MARK: Final = "X-Conformance-Case"
"""Only requests with this header are hit, so that nobody else's are."""


def fault_cases(cases: Iterable[Case]) -> Iterator[Case]:
    """Yield a case of the kind ``fault`` for each operation that has a happy one to take it from.

    Slow and cut answers are not here: what comes of them is the client's to decide.
    """
    happy = {case.operation: case for case in cases if case.kind == "happy"}
    for operation in all_operations():
        if operation.name in happy:
            yield _overloaded(happy[operation.name])


def _overloaded(happy: Case) -> Case:
    return replace(
        happy,
        kind="fault",
        name="says when to come again while the deployment is overloaded",
        headers={**happy.headers, _MARK: "{unique}"},
        fault={
            "id": "conformance-{unique}",
            "match": {"operation": happy.operation, "header": {_MARK: "{unique}"}},
            "times": 1,
            "fault": {"kind": "overloaded", "retry_after_s": 2},
        },
        expect=replace(
            refusal("overloaded", 503, source="deployment"),
            headers={RETRY_AFTER: Text(r"[12]")},
        ),
        follow=False,
        repeat=False,
    )
