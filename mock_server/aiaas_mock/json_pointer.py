"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from typing import Any, Final


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()
"""What a pointer that leads nowhere points to; no JSON equals it."""


def steps_of(pointer: str) -> list[str]:
    """Return the names that a pointer goes through."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def resolve(body: Any, pointer: str) -> Any:
    """Return what a pointer points to, `ABSENT` where it leads nowhere."""
    value = body
    for name in steps_of(pointer):
        if isinstance(value, dict):
            value = value.get(name, ABSENT)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value
