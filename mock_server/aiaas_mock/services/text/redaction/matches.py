"""What a rule finds in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aiaas_mock.services.text.redaction.plain import PlainText


@dataclass(frozen=True, slots=True)
class Match:
    """A piece of personal data.

    Attributes:
        start: Its first position in the text, in code points.
        end: The position after its last.
        type: What it is, as in the contract: ``email``, ``phone`` and so on.
        recognizer: The rule or model that found it.
        reason: Why, for people, without the value.
        score: How sure the rule is, 0 to 1.
        value: The value without the ways of writing it, so that equal ones are equal; never shown.
    """

    start: int
    end: int
    type: str
    recognizer: str
    reason: str
    score: float
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One rule.

    Attributes:
        type: The kind of data that it finds.
        name: The rule's name in answers.
        find: Yields what it finds in a plain text; positions are of that text.
    """

    type: str
    name: str
    find: Callable[[PlainText], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, at positions of the plain text; the rest is as in `Match`."""

    start: int
    end: int
    reason: str
    score: float
    value: str = field(repr=False)
