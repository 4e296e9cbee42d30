"""What the report of a failing test says of its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from aiaas_mock.testing.control import MockControlError
from aiaas_mock.testing.journal import explained
from aiaas_mock.testing.namespace import MockNamespace

_MOST_LINES: Final = 40


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
    for one in found[:3]:
        request = one.get("request", one)
        lines.append(f"no operation fits {request.get('method')} {request.get('path')}")
        if one.get("nearest"):
            lines += explained({**one, "detail": "  the nearest:"}).splitlines()
    return lines


def _line(entry: Mapping[str, Any]) -> str:
    words = [
        str(entry.get("id", "?")),
        str(entry.get("operation") or f"{entry.get('method')} {entry.get('path')}"),
        str(entry.get("status", "no answer")),
    ]
    if entry.get("fault"):
        words.append(f"fault: {entry['fault']}")
    if entry.get("duration_ms") is not None:
        words.append(f"{entry['duration_ms']:.1f} ms")
    return "  ".join(words)
