"""Names of people, which no rule can tell: a model finds them, if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from aiaas_mock.context import RequestContext
from aiaas_mock.services.text.redaction.matches import Match

PERSON: Final = "person"
_TITLES: Final = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir"})


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name of a person, at positions in code points, and how sure the model is of it."""

    start: int
    end: int
    score: float


class NameFinder(Protocol):
    """Finds names of people."""

    @property
    def model(self) -> str:
        """``name@version`` of the model."""
        ...

    async def find(
        self, texts: Sequence[str], context: RequestContext
    ) -> Sequence[Sequence[FoundName]]:
        """Return the names in each text."""
        ...


def is_only_title(words: str) -> bool:
    """Say whether words are forms of address (``Dr``, ``Prof. Dr.``) without a name."""
    return all(word.strip(".,") in _TITLES for word in words.casefold().split())


def match_of_name(text: str, name: FoundName, model: str) -> Match:
    """Return a name that a model found as the match of a recognizer."""
    reason = "the model takes these words for the name of a person"
    value = " ".join(text[name.start : name.end].casefold().split())
    return Match(name.start, name.end, PERSON, model, reason, name.score, value)
