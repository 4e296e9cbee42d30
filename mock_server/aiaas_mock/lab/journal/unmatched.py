"""Requests that no route matched: which operation may have been meant?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from aiaas.contract._operation import Operation
from aiaas_mock.lab.contract.requests import UnmatchedRequest
from aiaas_mock.lab.journal.entries import UNMATCHED, Entry
from aiaas_mock.lab.journal.redaction import without_keys
from aiaas_mock.lab.journal.verification import told_difference
from aiaas_mock.lab.matching import Difference

_Operations = Sequence[Operation[Any, Any]]


def unmatched(entries: Iterable[Entry], operations: _Operations) -> Iterator[UnmatchedRequest]:
    """Yield them with the operation that each is closest to."""
    for entry in entries:
        if entry.operation == UNMATCHED:
            closest = max(operations, key=lambda operation: _likeness(entry, operation))
            yield UnmatchedRequest(
                request_id=entry.request_id,
                method=entry.method,
                path=without_keys(entry.path),
                closest=closest.name,
                differences=tuple(map(told_difference, _differences(entry, closest))),
            )


def _likeness(entry: Entry, operation: Operation[Any, Any]) -> tuple[float, bool]:
    template = _filled(entry.path, operation.path)
    likeness = SequenceMatcher(None, entry.path, template, autojunk=False).ratio()
    return likeness, entry.method == operation.method


def _differences(entry: Entry, operation: Operation[Any, Any]) -> Iterator[Difference]:
    if entry.method != operation.method:
        yield Difference("method", operation.method, entry.method)
    if entry.path != _filled(entry.path, operation.path):
        yield Difference("path", operation.path, without_keys(entry.path)[:200])


def _filled(path: str, template: str) -> str:
    """Return a template with its fields as they are in the path."""
    given, steps = path.split("/"), template.split("/")
    return "/".join(
        given[place] if step.startswith("{") and place < len(given) and given[place] else step
        for place, step in enumerate(steps)
    )
