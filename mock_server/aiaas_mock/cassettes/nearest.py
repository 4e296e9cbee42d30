"""Says how a request differs from the one that comes nearest, in a few lines."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any, Final

from aiaas_mock.cassettes.asking import Asked

_MOST_LINES: Final = 8
_MOST_SHOWN: Final = 80
_MOST_COMPARED: Final = 64  # of those that are asked at the same place; a look at each body is dear
_MOST_READ_BYTES: Final = 64 * 1024
_MISSING: Final = object()


def nearest(wanted: Asked, known: Sequence[Asked]) -> str:
    """Return the message for a request that nothing matches."""
    head = f"no recorded answer to {wanted.method} {wanted.path}"
    if not known:
        return f"{head}: the cassette is empty"
    alike = heapq.nlargest(_MOST_COMPARED, known, key=lambda one: _likeness(wanted, one))
    best = max(alike, key=lambda one: (_likeness(wanted, one), -len([*differences(wanted, one)])))
    lines = list(differences(wanted, best))
    more = [f"  and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
    shown = [f"  {line}" for line in lines[:_MOST_LINES]]
    return "\n".join([f"{head}; nearest is {best.method} {best.path}:", *shown, *more])


def differences(wanted: Asked, known: Asked) -> Iterator[str]:
    """Yield how two requests differ, a line each."""
    for name in ("method", "path", "authorization", "content_type"):
        yield from _line(name, getattr(known, name), getattr(wanted, name))
    yield from _fields("query", dict(known.query), dict(wanted.query))
    if known.body != wanted.body:
        yield from _bodies(known.body, wanted.body)


def _bodies(recorded: bytes, asked: bytes) -> Iterator[str]:
    lines = None
    if max(len(recorded), len(asked)) <= _MOST_READ_BYTES:
        with suppress(ValueError, RecursionError):  # no JSON, or nested without end
            lines = list(_fields("body", json.loads(recorded), json.loads(asked)))
    yield from _line("body", recorded, asked) if lines is None else lines


def _fields(place: str, recorded: Any, asked: Any) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in {**recorded, **asked}:
            inner = f"{place} /{name}" if "/" not in place else f"{place}/{name}"
            yield from _fields(inner, recorded.get(name, _MISSING), asked.get(name, _MISSING))
    elif isinstance(recorded, list) and isinstance(asked, list) and len(recorded) == len(asked):
        for at, (one, other) in enumerate(zip(recorded, asked, strict=True)):
            yield from _fields(f"{place}/{at}", one, other)
    else:
        yield from _line(place, recorded, asked)


def _line(place: str, recorded: Any, asked: Any) -> Iterator[str]:
    if recorded != asked:
        yield f"{place}: recorded {_shown(recorded)}, asked {_shown(asked)}"


def _shown(value: Any) -> str:
    if value is _MISSING:
        return "nothing"
    if isinstance(value, bytes | str):
        value = value[: _MOST_SHOWN + 1]
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _likeness(wanted: Asked, known: Asked) -> tuple[bool, float]:
    """Rank: the same method, then a path that is alike."""
    alike = SequenceMatcher(None, wanted.path, known.path, autojunk=False).ratio()
    return wanted.method == known.method, alike
