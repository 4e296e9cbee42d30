"""A recommender: the prior and the weighted sum of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aiaas_mock.inference.recommenders.manifest import Family
from aiaas_mock.inference.recommenders.protocol import Floats, IntArray, Member
from aiaas_mock.inference.recommenders.recency import Recency


@dataclass(frozen=True, slots=True, eq=False)
class SummedRecommender:
    """See `Recommender`.

    Attributes:
        items: Ids of the items, in the order of the scores.
        family: Kind of the model.
        recency: The weights that the model expects of older items.
        prior: The scores for an empty history.
        members: The members, each with its weight.
    """

    items: tuple[str, ...]
    family: Family
    recency: Recency
    prior: Floats
    members: Sequence[tuple[float, Member]]

    @property
    def exact(self) -> bool:
        """Whether the contributions of all members are exact."""
        return all(member.exact for _, member in self.members)

    def scores(self, history: IntArray, weights: Floats) -> Floats:
        """Return one float32 per item."""
        scores = self.prior.copy()
        if len(history):
            for weight, member in self.members:
                scores += np.float32(weight) * member.scores(history, weights)
        return scores

    def contributions(self, history: IntArray, weights: Floats, items: IntArray) -> Floats:
        """Return how much each entry of the history added to the scores of `items`."""
        shares = np.zeros((len(items), len(history)), np.float32)
        if len(history):
            for weight, member in self.members:
                shares += np.float32(weight) * member.contributions(history, weights, items)
        return shares

    def base(self, items: IntArray) -> Floats:
        """Return the parts of items' scores that are due to no item of the history."""
        return self.prior[items]
