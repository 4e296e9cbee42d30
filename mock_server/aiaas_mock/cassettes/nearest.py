"""Says how a request differs from the one that comes nearest, in a few lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from aiaas_mock.cassettes.asking import Asked

_MOST_LINES: Final = 8
_MOST_SHOWN: Final = 80
_MISSING: Final = object()


def nearest(wanted: Asked, known: Sequence[Asked]) -> str:
    """Return the message for a request that nothing matches."""
    head = f"no recorded answer to {wanted.method} {wanted.path}"
    if not known:
        return f"{head}: the cassette is empty"
    best = max(known, key=lambda one: _likeness(wanted, one))
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
    try:
        yield from _fields("body", json.loads(recorded), json.loads(asked))
    except ValueError:
        yield from _line("body", recorded, asked)


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
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _likeness(wanted: Asked, known: Asked) -> tuple[bool, float, int]:
    """Rank: the same method, then a path that is alike, then few other differences."""
    alike = SequenceMatcher(None, wanted.path, known.path, autojunk=False).ratio()
    return wanted.method == known.method, alike, -len(list(differences(wanted, known)))
