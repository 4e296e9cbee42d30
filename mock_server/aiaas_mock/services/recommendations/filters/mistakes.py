"""What is wrong with a filter, in words."""

from __future__ import annotations

from typing import Final

_MOST_SHOWN: Final = 20


class Mistake(Exception):
    """Something in a filter that cannot be read or answered.

    Attributes:
        column: Where, counted from 1.
        words: What, as the end of a sentence.
    """

    def __init__(self, column: int, words: str) -> None:
        super().__init__(f"column {column}: {words}")
        self.column = column
        self.words = words


def shown(text: str) -> str:
    """Quote the beginning of what a client sent, enough to find it."""
    return repr(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}...")
