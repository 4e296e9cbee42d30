"""The score of an item: what the model says, how popular it is, and what is preferred.

It is a sum, so that its parts are its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.models import COLD_START
from aiaas_mock.services.recommendations.popularity import levels
from aiaas_mock.services.recommendations.preferences import Preference
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import Scorer

IN_CONTEXT: Final = "context"
"""What was done with items that stand in the request's context."""

_ALONE: Final = 1.0
"""The weight of popularity where nothing else is known."""
_BLENDED: Final = 0.3
"""Its weight beside the likeness of titles."""
_BESIDE_MODEL: Final = 0.001
"""Its weight beside a model: enough to order what the model has no opinion of."""
_PREFERRED: Final = 0.2
"""What an item gains that meets all that is preferred."""
_ROUNDING: Final = 1e-4

_VERBS: Final[Mapping[str, str]] = {
    "purchase": "bought",
    "add-to-cart": "put in the basket",
    "click": "clicked",
    "view": "viewed",
    IN_CONTEXT: "in view now",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score.

    Attributes:
        kind: Where it comes from, as in the contract.
        contribution: How much it is.
        exact: Whether that is exact.
        position: The item of the past that it comes from.
        detail: The same in words.
    """

    kind: str
    contribution: float
    exact: bool
    position: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """The scores of all items for somebody.

    Attributes:
        catalogue: The items.
        scores: By position.
        scorer: What gave the model's part.
        past: What it was given.
        users: How many users each item has.
        popular: What popularity adds, by position.
        preference: What is preferred, if anything.
        preferred: What that adds, by position.
    """

    catalogue: CatalogueView
    scores: Floats
    scorer: Scorer
    past: Past
    users: Floats
    popular: Floats
    preference: Preference | None
    preferred: Floats | None

    def parts(self, position: int, most: int | None = None) -> list[Part]:
        """Return the parts of an item's score that are not 0, the greatest first.

        Args:
            position: The item.
            most: How many are wanted; all when None.
        """
        parts = [*self._of_past(position, most), *self._of_others(position)]
        parts.sort(key=lambda part: -abs(part.contribution))
        return parts[:most]

    def _of_others(self, position: int) -> Iterator[Part]:
        popular = float(self.popular[position])
        if popular:
            detail = f"Popular: {users_in_words(self.users[position])}: {popular:.3g}."
            yield Part("popularity", popular, True, None, detail)
        if self.preference is not None and self.preferred is not None:
            gain = float(self.preferred[position])
            if gain:
                fields = ", ".join(self.preference.fields_met(position))
                detail = f"Has the preferred {fields}: {gain:.3g}."
                yield Part("preference", gain, True, None, detail)

    def _of_past(self, position: int, most: int | None) -> Iterator[Part]:
        shares, exact = self.scorer.shares(self.past, position), self.scorer.exact
        # A user may have hundreds of items: only those that are told of are put in words.
        for index in np.argsort(-np.abs(shares.of_past), kind="stable")[:most].tolist():
            amount = float(shares.of_past[index])
            if amount:
                place = int(self.past.positions[index])
                detail = self._because(index, shares.via, amount)
                yield Part("item", amount, exact, place, detail)
        if shares.base:
            detail = f"What the model gives the item whoever asks: {shares.base:.3g}."
            yield Part("model", shares.base, True, None, detail)
        of_model = self._of_model(position)
        rest = of_model - shares.base - float(shares.of_past.sum(dtype=np.float64))
        if abs(rest) > _ROUNDING * max(1.0, abs(of_model)):
            yield Part("model", rest, False, None, f"What the estimates leave open: {rest:.3g}.")

    def _because(self, index: int, via: int | None, amount: float) -> str:
        ids, titles = self.catalogue.ids, self.catalogue.titles
        place, kind = int(self.past.positions[index]), self.past.types[index]
        name, verb = titles[place] or ids[place], _VERBS.get(kind, kind)
        through = ""
        if via is not None:
            through = f", through {titles[via] or ids[via]}, whose title is similar"
        return f"Because of {name} ({verb}){through}: {amount:.3g}."

    def _of_model(self, position: int) -> float:
        """Return the model's part of a score."""
        rest = float(self.scores[position]) - float(self.popular[position])
        return rest if self.preferred is None else rest - float(self.preferred[position])


def users_in_words(users: np.float32) -> str:
    """Tell how many users had to do with an item."""
    number = int(users)
    return f"{number:,} user{'' if number == 1 else 's'} had to do with it"


def weigh(
    catalogue: CatalogueView,
    model_id: str,
    scorer: Scorer,
    of_model: Floats,
    past: Past,
    users: Floats,
    preference: Preference | None,
) -> Weighed:
    """Add up the scores.

    Args:
        catalogue: The items.
        model_id: The model that answers.
        scorer: What it scores with.
        of_model: What it says, by position.
        past: What it was told.
        users: How many users each item has.
        preference: What is preferred.
    """
    size = len(catalogue)
    weight = _ALONE
    if scorer.knows(past):
        weight = _BLENDED if model_id == COLD_START else _BESIDE_MODEL
    popular = levels(users) * np.float32(weight)
    scores = popular.copy()
    scores[: len(of_model)] += of_model[:size]  # the catalogue may have grown since
    preferred = None
    if preference is not None and preference.met:
        preferred = preference.matches(size) * np.float32(_PREFERRED)
        scores += preferred
    return Weighed(catalogue, scores, scorer, past, users, popular, preference, preferred)
