"""Changing an answer: a merge patch (RFC 7396) whose names may be JSON pointers (RFC 6901)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from aiaas_mock.json_pointer import steps_of


class NoSuchPlace(Exception):
    """A pointer leads nowhere."""


def merged(answer: Any, patch: Mapping[str, Any], *, any_index: bool = False) -> Any:
    """Return an answer as a patch changes it.

    Args:
        answer: The answer, which stays as it is.
        patch: What changes.
        any_index: Whether an index beyond the end of a list means its last item.

    Raises:
        NoSuchPlace: A pointer leads nowhere; its argument is the pointer.
    """
    plain = {name: value for name, value in patch.items() if not name.startswith("/")}
    changed = _patched(copy.deepcopy(answer), plain)
    for name, value in patch.items():
        if name.startswith("/"):
            _put(changed, name, value, any_index=any_index)
    return changed


def _patched(value: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    changed = value if isinstance(value, dict) else {}
    for name, wanted in patch.items():
        if wanted is None:
            changed.pop(name, None)
        else:
            changed[name] = _patched(changed.get(name), wanted)
    return changed


def _put(value: Any, pointer: str, wanted: Any, *, any_index: bool) -> None:
    steps = steps_of(pointer)
    for number, step in enumerate(steps, start=1):
        key: Any = step
        if isinstance(value, list) and step.isdecimal() and value:
            key = min(int(step), len(value) - 1) if any_index else int(step)
        try:
            if number == len(steps):
                value[key] = wanted
            else:
                value = value[key]
        except (KeyError, IndexError, TypeError) as error:
            raise NoSuchPlace(pointer) from error
