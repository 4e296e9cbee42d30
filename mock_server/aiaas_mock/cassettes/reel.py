"""A reel gives out what was recorded, request by request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiaas_mock.cassettes.asking import Asked
from aiaas_mock.cassettes.exchange import Exchange
from aiaas_mock.cassettes.nearest import nearest


class Reel:
    """Finds the answer to a request. Equal requests get theirs in order; the last one stays.

    Args:
        recorded: Exchanges in order, each with what was asked.
    """

    def __init__(self, recorded: Iterable[tuple[Asked, Exchange]]) -> None:
        self._answers: dict[Asked, list[Exchange]] = {}
        for asked, exchange in recorded:
            self._answers.setdefault(asked, []).append(exchange)
        self._given: dict[Asked, int] = {}

    def find(self, wanted: Asked) -> Exchange | None:
        """Return the answer to a request; None when nothing like it was recorded."""
        answers = self._answers.get(wanted)
        if answers is None:
            return None
        place = self._given.get(wanted, 0)
        self._given[wanted] = min(place + 1, len(answers) - 1)
        return answers[place]

    def nearest(self, wanted: Asked) -> str:
        """Say how a request differs from the one that comes nearest, in at most 10 lines."""
        return nearest(wanted, tuple(self._answers))

    def copy(self) -> Mapping[Asked, int]:
        """Return how far it is."""
        return dict(self._given)

    def restore(self, copied: Mapping[Asked, int]) -> None:
        """Be as far as when `copied` was made."""
        self._given = dict(copied)
