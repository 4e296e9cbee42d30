"""How a run went: as a table for people, as JSON, and as JUnit's XML for build servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from aiaas_mock.conformance.case import KINDS, Kind
from aiaas_mock.conformance.runner import Outcome

Paint = Callable[[str, bool], str]
"""Colours a word by whether all is well."""

_GAP: Final = "  "


def as_text(outcomes: Sequence[Outcome], paint: Paint = lambda word, ok: word) -> str:
    """Return the matrix of operations and kinds, then the differences, then the sum.

    A field of the matrix is the number of cases that are as they should be, of all when some are
    not; ``-`` stands for none.
    """
    blocks = ["\n".join(_matrix(outcomes, paint))]
    blocks += [_details(outcome, paint) for outcome in outcomes if not outcome.ok]
    failed = sum(not outcome.ok for outcome in outcomes)
    words = f"{len(outcomes)} cases, {failed} differ" if failed else f"{len(outcomes)} cases ok"
    return "\n\n".join([*blocks, words]) + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return every case with its differences."""
    cases = [
        {
            "operation": outcome.case.operation,
            "kind": outcome.case.kind,
            "name": outcome.case.name,
            "ok": outcome.ok,
            "differences": list(outcome.differences),
        }
        for outcome in outcomes
    ]
    failed = sum(not outcome.ok for outcome in outcomes)
    return json.dumps({"cases": cases, "total": len(cases), "failed": failed}, indent=1) + "\n"


def as_junit(outcomes: Sequence[Outcome]) -> str:
    """Return a test suite in which each operation is a class and each case a test."""
    failed = sum(not outcome.ok for outcome in outcomes)
    suite = ET.Element(
        "testsuite", name="aiaas contract", tests=str(len(outcomes)), failures=str(failed)
    )
    for outcome in outcomes:
        case = outcome.case
        name = f"{case.kind}: {case.name}"
        test = ET.SubElement(suite, "testcase", classname=case.operation, name=name)
        if not outcome.ok:
            failure = ET.SubElement(test, "failure", message=outcome.differences[0])
            failure.text = "\n".join(outcome.differences)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _matrix(outcomes: Sequence[Outcome], paint: Paint) -> list[str]:
    operations = list(dict.fromkeys(outcome.case.operation for outcome in outcomes))
    first = max(map(len, ("operation", *operations)))
    head = _GAP.join(["operation".ljust(first), *(_column(kind, kind) for kind in KINDS)])
    lines = [head.rstrip()]
    for operation in operations:
        fields = [_field(outcomes, operation, kind, paint) for kind in KINDS]
        lines.append(_GAP.join([operation.ljust(first), *fields]).rstrip())
    return lines


def _field(outcomes: Sequence[Outcome], operation: str, kind: Kind, paint: Paint) -> str:
    found = [one.ok for one in outcomes if (one.case.operation, one.case.kind) == (operation, kind)]
    if not found:
        return _column("-", kind)
    well = all(found)
    return paint(_column(str(sum(found)) if well else f"{sum(found)}/{len(found)}", kind), well)


def _column(text: str, kind: Kind) -> str:
    return text.rjust(max(len(kind), 5))


def _details(outcome: Outcome, paint: Paint) -> str:
    case = outcome.case
    lines = [f"  - {difference}" for difference in outcome.differences]
    word = paint("DIFFERS", False)
    return "\n".join([f"{word} {case.operation} ({case.kind}): {case.name}", *lines])
