"""What the report of a failing test says of its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from aiaas_mock.testing.control import MockControlError
from aiaas_mock.testing.namespace import MockNamespace

_MOST_LINES: Final = 40
_MOST_UNMATCHED: Final = 3


def journal_of(space: MockNamespace) -> str:
    """Return the requests of a namespace, line by line; nothing where no journal is kept."""
    try:
        entries = space.requests.list()
    except MockControlError as refusal:
        return "" if refusal.status == 404 else f"The journal cannot be read: {refusal}"
    except httpx.TransportError as error:
        return f"The journal cannot be read: {error}"
    if not entries:
        return f"No request came to the namespace {space.name!r}."
    left_out = len(entries) - _MOST_LINES
    head = [f"({left_out} requests before these)"] if left_out > 0 else []
    return "\n".join([*head, *map(_line, entries[-_MOST_LINES:]), *_unmatched(space)])


def failure_of(space: MockNamespace) -> str:
    """Return why a strict test fails; nothing if it does not.

    Raises:
        MockControlError: The server keeps no journal.
    """
    return "\n".join(_unmatched_lines(space.requests.unmatched()))


def _unmatched(space: MockNamespace) -> list[str]:
    try:
        return _unmatched_lines(space.requests.unmatched())
    except (MockControlError, httpx.TransportError):
        return []  # the lines above are worth more than the reason why this one is missing


def _unmatched_lines(found: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in found[:_MOST_UNMATCHED]:
        lines.append(f"no operation fits {one['method']} {one['path']}; near is {one['closest']}")
        lines += [
            f"  {differs['field']}: expected {differs['expected']}, got {differs['got']}"
            for differs in one["differences"]
        ]
    return lines


def _line(entry: Mapping[str, Any]) -> str:
    words = [
        entry["request_id"],
        f"{entry['method']} {entry['path']}"
        if entry["operation"] == "unmatched"
        else entry["operation"],
        str(entry["status"]),
        *(f"fault: {fault}" for fault in entry["faults"]),
        f"{entry['duration_ms']:.1f} ms",
    ]
    if entry["override"] is not None:
        words.insert(3, f"override: {entry['override']}")
    return "  ".join(words)
