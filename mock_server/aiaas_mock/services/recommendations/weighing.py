"""The score of an item: what the model says, how popular it is, and what is preferred.

It is a sum, so that its parts are its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations import telling
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.models import COLD_START
from aiaas_mock.services.recommendations.popularity import Crowd
from aiaas_mock.services.recommendations.preferences import Preference
from aiaas_mock.services.recommendations.profiles import Past
from aiaas_mock.services.recommendations.scorers import Scorer, Shares
from aiaas_mock.services.recommendations.telling import DIGITS, Json, PastTeller

_Amounts = NDArray[np.float64]

_ALONE: Final = 1.0
"""The weight of popularity where nothing else is known."""
_BLENDED: Final = 0.3
"""Its weight beside the likeness of titles."""
_BESIDE_MODEL: Final = 0.001
"""Its weight beside a model: enough to order what the model has no opinion of."""
_PREFERRED: Final = 0.2
"""What an item gains that meets all that is preferred."""
_ROUNDING: Final = 1e-4


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

    def reasons(self, positions: Sequence[int], most: int | None = None) -> list[list[Json]]:
        """Tell the parts of items' scores that are not 0, the greatest first.

        Args:
            positions: The items, each once.
            most: How many parts are wanted of each; all when None.
        """
        places = np.array(positions, np.intp)
        shares = self.scorer.shares(self.past, places)
        # A user may have hundreds of items, and only the greatest parts are put in words.
        entries = _greatest(shares.of_past, most)
        rows = np.arange(len(places))[:, None]
        of_past = shares.of_past[rows, entries]
        amounts = np.column_stack([of_past, *self._beside_past(places, shares)])
        told = _greatest(amounts, most)
        sizes = amounts[rows, told]
        teller = PastTeller(self.catalogue, self.past, exact=self.scorer.exact)
        return [
            list(self._told(teller, *of_item))
            for of_item in zip(
                positions,
                shares.via.tolist(),
                entries.tolist(),
                told.tolist(),
                sizes.tolist(),
                sizes.round(DIGITS).tolist(),
                strict=True,
            )
        ]

    def _beside_past(self, places: Positions, shares: Shares) -> Sequence[_Amounts]:
        """Return the parts that are due to no item of the past, in the order that `_beside`
        tells of them."""
        popular = self.popular[places].astype(np.float64)
        preferred = np.zeros(len(places))
        if self.preferred is not None:
            preferred += self.preferred[places]
        of_model = self.scores[places] - popular - preferred
        rest = of_model - shares.base - shares.of_past.sum(axis=1, dtype=np.float64)
        is_open = np.abs(rest) > _ROUNDING * np.maximum(1.0, np.abs(of_model))
        return shares.base, rest * is_open, popular, preferred

    def _told(
        self,
        teller: PastTeller,
        position: int,
        via: int,
        entries: Sequence[int],
        columns: Sequence[int],
        amounts: Sequence[float],
        contributions: Sequence[float],
    ) -> Iterator[Json]:
        """Put the parts of an item in words: those of the past have the first columns."""
        width = len(entries)
        for column, amount, contribution in zip(columns, amounts, contributions, strict=True):
            if not amount:
                return
            if column < width:
                yield teller.because(entries[column], amount, contribution, via)
            else:
                yield self._beside(column - width, position, amount, contribution)

    def _beside(self, column: int, position: int, amount: float, contribution: float) -> Json:
        match column:
            case 0:
                return telling.whoever_asks(amount, contribution)
            case 1:
                return telling.left_open(amount, contribution)
            case 2:
                return telling.popular(amount, contribution, self.users[position])
        met = () if self.preference is None else self.preference.fields_met(position)
        return telling.preferred(amount, contribution, met)


def _greatest(amounts: NDArray[np.floating[Any]], most: int | None) -> Positions:
    """Return the columns of the amounts of each row that are furthest from 0, those first."""
    columns: Positions = np.argsort(-np.abs(amounts), axis=1, kind="stable")[:, :most]
    return columns


def weigh(
    catalogue: CatalogueView,
    model_id: str,
    scorer: Scorer,
    of_model: Floats,
    past: Past,
    crowd: Crowd,
    preference: Preference | None,
) -> Weighed:
    """Add up the scores.

    Args:
        catalogue: The items.
        model_id: The model that answers.
        scorer: What it scores with.
        of_model: What it says, by position.
        past: What it was told.
        crowd: How many users each item has.
        preference: What is preferred.
    """
    size = len(catalogue)
    weight = _ALONE
    if scorer.knows(past):
        weight = _BLENDED if model_id == COLD_START else _BESIDE_MODEL
    popular = crowd.levels * np.float32(weight)
    scores = popular.copy()
    scores[: len(of_model)] += of_model[:size]  # the catalogue may have grown since
    preferred = None
    if preference is not None and preference.met:
        preferred = preference.matches(size) * np.float32(_PREFERRED)
        scores += preferred
    return Weighed(catalogue, scores, scorer, past, crowd.users, popular, preference, preferred)
