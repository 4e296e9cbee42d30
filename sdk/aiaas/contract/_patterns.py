"""Patterns of the contract in words, for who is not to read regular expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

_SHAPE: Final = re.compile(
    r"\^(?:\[(?P<first>[^]]+)\])?\[(?P<rest>[^]]+)\]\{(?P<least>\d+)(?:,(?P<most>\d+))?\}\$"
)
"""All that is needed so far: characters of a kind, of which the first may be of another."""

_RANGE: Final = re.compile(r"(\\x[0-9a-f]{2}|.)-(\\x[0-9a-f]{2}|.)")

_RANGES: Final = {
    "a-z": "small letters",
    "A-Z": "capital letters",
    "0-9": "digits",
    "a-f": "letters a to f",
    " -~": "printable ASCII characters",
    r"\x20-\x7e": "printable ASCII characters",
}

_LETTERS: Final = frozenset({"small letters", "capital letters"})


@cache
def pattern_in_words(pattern: str) -> str:
    """Say what a text that matches is made of; a pattern of another shape is said as it is.

    Example:
        >>> pattern_in_words("^[a-z][a-z0-9_-]{0,31}$")
        '1 to 32 small letters, digits or any of _ -, the first a small letter'
    """
    shape = _SHAPE.fullmatch(pattern)
    if shape is None:
        return f"a text that matches the pattern {pattern}"
    first = shape["first"]
    extra = 0 if first is None else 1
    least, most = int(shape["least"]) + extra, int(shape["most"] or shape["least"]) + extra
    number = f"{least}" if least == most else f"{least} to {most}"
    begins = "" if first is None else f", the first {_one_of(_kinds(first))}"
    return f"{number if least else f'at most {most}'} {_any_of(_kinds(shape['rest']))}{begins}"


def _kinds(characters: str) -> list[str]:
    """Name what is between brackets: ranges by their names, other characters as they are."""
    kinds = [
        _RANGES.get(found[0], f"{found[1]} to {found[2]}") for found in _RANGE.finditer(characters)
    ]
    if _LETTERS.issubset(kinds):
        kinds = ["letters", *(kind for kind in kinds if kind not in _LETTERS)]
    others = _RANGE.sub("", characters)
    return [*kinds, f"any of {' '.join(others)}"] if others else kinds


def _one_of(kinds: Sequence[str]) -> str:
    return _any_of([f"a {kind.removesuffix('s')}" for kind in kinds])


def _any_of(kinds: Sequence[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"
