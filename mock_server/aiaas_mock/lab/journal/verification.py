"""Was it asked? If not, which requests came nearest, and where do they differ?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiaas_mock.lab.contract.matching import RequestMatch
from aiaas_mock.lab.contract.requests import (
    FieldDifference,
    NearMiss,
    Times,
    VerifyReport,
    VerifyRequest,
)
from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.matching import Difference, Subject, differences

MOST_LINES: Final = 10
_MOST_NEAREST: Final = 3
_MOST_IDS: Final = 100
_ONCE: Final = Times(at_least=1)


def verify(request: VerifyRequest, entries: Sequence[Entry]) -> VerifyReport:
    """Hold a journal against what is expected of it."""
    subjects = [(entry, subject_of(entry)) for entry in entries]
    if request.sequence is not None:
        return _sequence(request.sequence, subjects)
    match = request.match or RequestMatch()
    return _times(match, request.times or _ONCE, subjects)


def subject_of(entry: Entry) -> Subject:
    """Return what matches look at."""
    return Subject(
        operation=entry.operation,
        method=entry.method,
        path=entry.path,
        key_id=entry.key_id,
        headers=entry.headers,
        body=entry.request_json,
        sha256=entry.request.sha256,
        status=entry.status,
    )


_Subjects = Sequence[tuple[Entry, Subject]]


def _times(match: RequestMatch, times: Times, subjects: _Subjects) -> VerifyReport:
    found = [entry for entry, subject in subjects if not any(differences(match, subject))]
    if times.allow(len(found)):
        return _verified(found)
    head = f"Expected {times} of {_told(match)}; {len(found)} of {len(subjects)} requests match."
    rest = [one for one in subjects if one[0] not in found]
    return _refuted(head, found, _nearest(match, rest))


def _sequence(steps: Sequence[RequestMatch], subjects: _Subjects) -> VerifyReport:
    found: list[Entry] = []
    left = list(subjects)
    for number, step in enumerate(steps, start=1):
        place = next((i for i, one in enumerate(left) if not any(differences(step, one[1]))), None)
        if place is None:
            after = f" after request {found[-1].request_id}" if found else ""
            head = f"Step {number} of {len(steps)}, {_told(step)}, was not found{after}."
            return _refuted(head, found, _nearest(step, left))
        found.append(left[place][0])
        left = left[place + 1 :]
    return _verified(found)


def _verified(found: Sequence[Entry]) -> VerifyReport:
    return VerifyReport(verified=True, matched=len(found), request_ids=_ids(found))


def _refuted(head: str, found: Sequence[Entry], nearest: Sequence[NearMiss]) -> VerifyReport:
    lines = [head]
    for near in nearest:
        lines.append(f"near: {near.operation} {near.request_id}")
        lines += [
            f"  {one.field}: expected {one.expected}, got {one.got}" for one in near.differences
        ]
    return VerifyReport(
        verified=False,
        matched=len(found),
        request_ids=_ids(found),
        message="\n".join(lines[:MOST_LINES]),
        nearest=tuple(nearest),
    )


def _ids(found: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.request_id for entry in found[:_MOST_IDS])


def _nearest(match: RequestMatch, subjects: _Subjects) -> Sequence[NearMiss]:
    """Return those with the fewest differences; another operation is further than all fields."""
    ranked: list[tuple[bool, int, int, Entry, list[Difference]]] = []
    for entry, subject in subjects:
        found = list(differences(match, subject))
        other = bool(found) and found[0].field == "operation"
        if found:
            ranked.append((other, len(found), -entry.number, entry, found))
    ranked.sort(key=lambda one: one[:3])
    return [
        NearMiss(
            request_id=entry.request_id,
            operation=entry.operation,
            differences=tuple(map(told_difference, found)),
        )
        for *_, entry, found in ranked[:_MOST_NEAREST]
    ]


def told_difference(found: Difference) -> FieldDifference:
    """Return a difference as it is told."""
    return FieldDifference(field=found.field, expected=found.expected, got=found.got)


def _told(match: RequestMatch) -> str:
    given = match.model_dump_json(exclude_defaults=True)
    return given if len(given) <= 200 else f"{given[:197]}..."  # one line must stay one
