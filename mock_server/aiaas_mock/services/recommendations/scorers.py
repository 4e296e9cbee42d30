"""What scores a whole catalogue for somebody with a past, and tells which item added what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.neighbours import ModelMap
from aiaas_mock.services.recommendations.profiles import Past

IntArray = NDArray[np.int32]

NOT_VIA: Final = -1
"""Stands for no position."""

_TITLE_RECENCY: Final = Recency(half_life_visits=8, floor=0.2)
"""What somebody looked at lately says more; what was bought long ago still says something."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What made the scores of some items.

    Attributes:
        of_past: What each item of the past added: a row for each of them.
        base: What the model gives each of them whoever asks.
        via: For each of them the position of the known item through which it was scored, -1 where
            the model has it itself.
    """

    of_past: Floats
    base: NDArray[np.float64]
    via: Positions

    @classmethod
    def of_past_alone(cls, of_past: Floats) -> Shares:
        """Make those of scores that have no other part."""
        rows = len(of_past)
        return cls(of_past, np.zeros(rows), np.full(rows, NOT_VIA, np.intp))


class Scorer(Protocol):
    """Scores catalogues."""

    @property
    def exact(self) -> bool:
        """Whether shares are exact, or estimates."""
        ...

    def knows(self, past: Past) -> bool:
        """Say whether a past tells anything."""
        ...

    def scores(self, past: Past) -> Floats:
        """Return a score for each position."""
        ...

    def shares(self, past: Past, positions: Positions) -> Shares:
        """Tell what made the scores of items."""
        ...


class NoScorer:
    """Gives nothing to any item: what is left is popularity.

    Args:
        catalogue: The items.
    """

    exact = True

    def __init__(self, catalogue: CatalogueView) -> None:
        self._catalogue = catalogue

    def knows(self, past: Past) -> bool:
        """Say that it does not."""
        return False

    def scores(self, past: Past) -> Floats:
        """Return zeros."""
        return np.zeros(len(self._catalogue), np.float32)

    def shares(self, past: Past, positions: Positions) -> Shares:
        """Tell that there is nothing."""
        return Shares.of_past_alone(np.zeros((len(positions), len(past)), np.float32))


class TitleScorer:
    """Scores items by how similar their titles are to those of the past.

    Made for each request, which asks about one past again and again.

    Args:
        catalogue: The items.
    """

    exact = True

    def __init__(self, catalogue: CatalogueView) -> None:
        self._catalogue = catalogue
        self._asked: tuple[Past, Floats, Floats] | None = None

    def knows(self, past: Past) -> bool:
        """Say whether any title of the past has a vector."""
        return bool(self._catalogue.vectors[past.positions].any())

    def scores(self, past: Past) -> Floats:
        """Return the mean cosine with the titles of the past, by their weights."""
        portions, titles = self._weighted(past)
        return self._catalogue.cosines(portions @ titles)

    def shares(self, past: Past, positions: Positions) -> Shares:
        """Tell the part of each title: a mean is a sum of parts."""
        portions, titles = self._weighted(past)
        return Shares.of_past_alone((self._catalogue.vectors[positions] @ titles.T) * portions)

    def _weighted(self, past: Past) -> tuple[Floats, Floats]:
        """Return the titles of a past, and the part that each has in the mean."""
        if self._asked is None or self._asked[0] is not past:
            titles = self._catalogue.vectors[past.positions]
            self._asked = past, _portions(past), titles
        return self._asked[1:]


def _portions(past: Past) -> Floats:
    weights = past.strengths * _TITLE_RECENCY.weights(past.times_us[::-1])[::-1]
    portions: Floats = weights / max(np.float32(1e-9), weights.sum())
    return portions


@dataclass(frozen=True, slots=True)
class _Question:
    """A past, as a model can be asked about it: the oldest item first.

    Attributes:
        items: Items of the model, each once.
        weights: Their weights.
        rows: Which of them an entry is for.
        owners: Which item of the past it comes from.
        portions: The part of the row's weight that it brings.
    """

    items: IntArray
    weights: Floats
    rows: Positions
    owners: Positions
    portions: Floats


class ModelScorer:
    """Scores items with a trained model; those that it does not know, through those it does.

    Made for each request.

    Args:
        catalogue: The items.
        model_map: The model, laid over them.
    """

    def __init__(self, catalogue: CatalogueView, model_map: ModelMap) -> None:
        self._catalogue = catalogue
        self._map = model_map
        self._asked: tuple[Past, _Question] | None = None

    @property
    def exact(self) -> bool:
        """Whether shares are exact."""
        return self._map.model.exact

    def knows(self, past: Past) -> bool:
        """Say whether the model can say anything about a past."""
        return len(self._question(past).items) > 0

    def scores(self, past: Past) -> Floats:
        """Return the model's scores; 0 for what neither it nor a title tells anything of."""
        found, question = self._map, self._question(past)
        scores = np.zeros(max(len(self._catalogue), found.size), np.float32)
        of_model = found.model.scores(question.items, question.weights)
        scores[found.known_positions] = of_model[found.known_items]
        if len(found.new_positions):
            near = of_model[found.new_neighbours] * found.new_weights
            scores[found.new_positions] = near.sum(axis=1)
        return scores

    def shares(self, past: Past, positions: Positions) -> Shares:
        """Tell what each item of the past added, also through neighbours: all of it is linear."""
        found, question = self._map, self._question(past)
        meaning = found.meanings(positions)
        items, place = meaning.different()
        of_items = found.model.contributions(question.items, question.weights, items)
        of_rows = meaning.summed(of_items[place])
        parts = of_rows[:, question.rows] * question.portions
        # The parts of all items lie one after the other, those of an item by what they came from.
        cells = np.arange(len(positions))[:, None] * len(past) + question.owners
        size = len(positions) * len(past)
        of_past = np.bincount(cells.ravel(), parts.ravel(), size).astype(np.float32)
        base = meaning.summed(found.model.base(items)[place])
        return Shares(of_past.reshape(len(positions), len(past)), base, meaning.via)

    def _question(self, past: Past) -> _Question:
        # A request asks about one past again and again.
        if self._asked is None or self._asked[0] is not past:
            self._asked = past, self._made(past)
        return self._asked[1]

    def _made(self, past: Past) -> _Question:
        known = self._map.items_at(past.positions)[::-1]
        times_us, strengths = past.times_us[::-1], past.strengths[::-1]
        full = strengths * self._map.model.recency.weights(times_us)
        last = len(past) - 1
        if (known >= 0).all():
            own = np.arange(len(known))
            whole = np.ones(len(known), np.float32)
            return _Question(known.astype(np.int32), full, own, last - own, whole)
        rows: dict[int, int] = {}
        entries: list[tuple[int, int, float]] = []
        for index, weight in enumerate(full.tolist()):
            items, weights = self._map.meaning(int(past.positions[last - index]))
            for item, part in zip(items.tolist(), weights.tolist(), strict=True):
                entries.append((rows.setdefault(item, len(rows)), last - index, part * weight))
        row = np.array([entry[0] for entry in entries], np.intp)
        part = np.array([entry[2] for entry in entries], np.float32)
        total = np.bincount(row, part, len(rows)).astype(np.float32)
        return _Question(
            items=np.array(list(rows), np.int32),
            weights=total,
            rows=row,
            owners=np.array([entry[1] for entry in entries], np.intp),
            portions=(part / total[row]).astype(np.float32),
        )
