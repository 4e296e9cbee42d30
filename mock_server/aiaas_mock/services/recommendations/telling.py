"""Reasons: the parts of scores in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import NOT_VIA

DIGITS: Final = 6

Json = dict[str, Any]

IN_CONTEXT: Final = "context"
"""What was done with items that stand in the request's context."""

_VERBS: Final[Mapping[str, str]] = {
    "purchase": "bought",
    "add-to-cart": "put in the basket",
    "click": "clicked",
    "view": "viewed",
    IN_CONTEXT: "in view now",
}


class PastTeller:
    """Tells what the items of a past added to scores: the same few come again and again.

    Args:
        catalogue: The items.
        past: Those that somebody had to do with.
        exact: Whether the parts are exact.
    """

    def __init__(self, catalogue: CatalogueView, past: Past, *, exact: bool) -> None:
        self._catalogue = catalogue
        self._past = past
        self._exact = exact
        self._known: dict[int, tuple[str, str | None, str]] = {}

    def because(self, entry: int, amount: float, contribution: float, via: int) -> Json:
        """Tell of a part.

        Args:
            entry: The item of the past that it comes from.
            amount: How much it is.
            contribution: The same as it is shown.
            via: The position of the item that stands in for the scored one; -1 for none.
        """
        item_id, title, because = self._known.get(entry) or self._entry(entry)
        through = "" if via == NOT_VIA else self._through(via)
        return {
            "kind": "item",
            "contribution": contribution,
            "exact": self._exact,
            "item_id": item_id,
            "title": title,
            "detail": f"{because}{through}: {amount:.3g}.",
        }

    def _entry(self, entry: int) -> tuple[str, str | None, str]:
        place, kind = int(self._past.positions[entry]), self._past.types[entry]
        item_id, title = self._catalogue.ids[place], self._catalogue.titles[place]
        because = f"Because of {title or item_id} ({_VERBS.get(kind, kind)})"
        told = self._known[entry] = item_id, title, because
        return told

    def _through(self, via: int) -> str:
        name = self._catalogue.titles[via] or self._catalogue.ids[via]
        return f", through {name}, whose title is similar"


def reason(kind: str, contribution: float, detail: str, *, exact: bool = True) -> Json:
    """Tell of a part that is due to no item, as the fields of `Reason`."""
    return {
        "kind": kind,
        "contribution": contribution,
        "exact": exact,
        "item_id": None,
        "title": None,
        "detail": detail,
    }


def whoever_asks(amount: float, contribution: float) -> Json:
    """Tell of what a model gives an item whatever the past."""
    detail = f"What the model gives the item whoever asks: {amount:.3g}."
    return reason("model", contribution, detail)


def left_open(amount: float, contribution: float) -> Json:
    """Tell of what the estimated parts do not make up."""
    detail = f"What the estimates leave open: {amount:.3g}."
    return reason("model", contribution, detail, exact=False)


def popular(amount: float, contribution: float, users: np.float32) -> Json:
    """Tell of what popularity gives."""
    detail = f"Popular: {users_in_words(users)}: {amount:.3g}."
    return reason("popularity", contribution, detail)


def preferred(amount: float, contribution: float, fields: Sequence[str]) -> Json:
    """Tell of what is given for preferred metadata."""
    detail = f"Has the preferred {', '.join(fields)}: {amount:.3g}."
    return reason("preference", contribution, detail)


def users_in_words(users: np.float32) -> str:
    """Tell how many users had to do with an item."""
    number = int(users)
    return f"{number:,} user{'' if number == 1 else 's'} had to do with it"
