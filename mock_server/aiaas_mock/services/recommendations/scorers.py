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

_TITLE_RECENCY: Final = Recency(half_life_visits=8, floor=0.2)
"""What somebody looked at lately says more; what was bought long ago still says something."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What made a score.

    Attributes:
        of_past: What each item of the past added.
        base: What the model gives the item whoever asks.
        via: The position of the known item through which a new one was scored, if it was.
    """

    of_past: Floats
    base: float = 0.0
    via: int | None = None


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

    def shares(self, past: Past, position: int) -> Shares:
        """Tell what made the score of an item."""
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

    def shares(self, past: Past, position: int) -> Shares:
        """Tell that there is nothing."""
        return Shares(np.zeros(len(past), np.float32))


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

    def shares(self, past: Past, position: int) -> Shares:
        """Tell the part of each title: a mean is a sum of parts."""
        portions, titles = self._weighted(past)
        return Shares(portions * (titles @ self._catalogue.vectors[position]))

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

    def shares(self, past: Past, position: int) -> Shares:
        """Tell what each item of the past added, also through neighbours: all of it is linear."""
        found, question = self._map, self._question(past)
        items, weights = found.meaning(position)
        model = found.model
        of_rows = np.zeros(len(question.items), np.float64)
        base = 0.0
        for item, weight in zip(items.tolist(), weights.tolist(), strict=True):
            of_rows += weight * model.contributions(question.items, question.weights, item)
            base += weight * model.base(item)
        of_past = np.bincount(
            question.owners, of_rows[question.rows] * question.portions, len(past)
        )
        via = None
        if len(items) and not found.is_known(position):
            via = found.position_of(int(items[0]))
        return Shares(of_past.astype(np.float32), base, via)

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
