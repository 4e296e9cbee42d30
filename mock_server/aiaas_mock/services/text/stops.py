"""Texts at which generation ends: found wherever tokens are cut, and never let out."""

from __future__ import annotations

from collections.abc import Sequence


class StopTexts:
    """Lets a text through piece by piece, up to the first of some stop texts.

    What may be the beginning of a stop text is held back until it is known.

    Args:
        stops: The stop texts, none of them empty.

    Attributes:
        found: Whether one was found; what came after it is dropped.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self.found = False
        self._stops = tuple(stops)
        self._longest = max(map(len, stops), default=0)
        self._held = ""

    def push(self, piece: str) -> str:
        """Return what can be let out after this piece came."""
        held = self._held + piece
        places = [at for stop in self._stops if (at := held.find(stop)) >= 0]
        if places:
            self.found = True
            self._held = ""
            return held[: min(places)]
        keep = self._doubtful(held)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep]

    def finish(self) -> str:
        """Return what was held back, now that no more comes."""
        held, self._held = self._held, ""
        return held

    def _doubtful(self, held: str) -> int:
        """Return how many of the last characters may begin a stop text."""
        for count in range(min(len(held), self._longest - 1), 0, -1):
            ending = held[-count:]
            if any(stop.startswith(ending) for stop in self._stops):
                return count
        return 0
