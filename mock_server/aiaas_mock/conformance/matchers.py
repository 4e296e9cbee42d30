"""What an answer is compared with where an exact value would say too much."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Matcher(Protocol):
    """A loose expectation of a value."""

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected instead of `value`, or None when it matches."""
        ...


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included."""

    low: float
    high: float

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected, or None."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if self.low <= value <= self.high else str(self)
        return str(self)

    def __str__(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Length:
    """A list or text of `low` to `high` items."""

    low: int
    high: int

    @classmethod
    def of(cls, count: int) -> Length:
        """Return the matcher of exactly `count` items."""
        return cls(count, count)

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected, or None."""
        if isinstance(value, list | str) and self.low <= len(value) <= self.high:
            return None
        return str(self)

    def __str__(self) -> str:
        return f"{self.low} items" if self.low == self.high else f"{self.low} to {self.high} items"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the regular expression `pattern` matches from end to end."""

    pattern: str = r"(?s).+"

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected, or None."""
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return None
        return f"a text like {self.pattern}"


@dataclass(frozen=True, slots=True)
class Every:
    """A list whose items all match."""

    item: Matcher

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected, or None."""
        if not isinstance(value, list):
            return "a list"
        wrong = next((wrong for item in value if (wrong := self.item.mismatch(item))), None)
        return wrong and f"every item to be {wrong}"


@dataclass(frozen=True, slots=True)
class Holds:
    """A value of which `test` is true; `words` says so for people."""

    words: str
    test: Callable[[Any], bool]

    def mismatch(self, value: Any) -> str | None:
        """Say what was expected, or None."""
        try:
            return None if self.test(value) else self.words
        except (LookupError, TypeError, ValueError):  # a value of another shape
            return self.words


def _scores_fall(predictions: Any) -> bool:
    scores = [prediction["score"] for prediction in predictions]
    return scores == sorted(scores, reverse=True)


def _has_length_one(vector: Any) -> bool:
    return math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-4)


def _labels_are_distinct(predictions: Any) -> bool:
    labels = [prediction["label"] for prediction in predictions]
    return len(set(labels)) == len(labels)


def _is_whole_stream(events: Any) -> bool:
    *tokens, last = events
    pieces = [token["data"] for token in tokens]
    return (
        last["event"] == "done"
        and all(token["event"] == "token" for token in tokens)
        and [piece["index"] for piece in pieces] == list(range(len(pieces)))
        and "".join(piece["text"] for piece in pieces) == last["data"]["text"]
    )


ANY_TEXT = Text()
BEST_FIRST = Holds("sorted by score, best first", _scores_fall)
DISTINCT_LABELS = Holds("labels that differ", _labels_are_distinct)
WHOLE_STREAM = Holds("tokens that make up the text of 'done', numbered from 0", _is_whole_stream)
UNIT_VECTOR = Holds("a vector of length 1", _has_length_one)
