"""Whether a new model takes the place of the one that is served: not if it is worse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from aiaas_mock.inference.recommenders import (
    Recommender,
    load_recommender,
    read_manifest,
)
from aiaas_mock.zoo.recommendations.events import Events, Floats, Positions
from aiaas_mock.zoo.recommendations.measures import (
    Case,
    Measured,
    coverage,
    diversity,
    interval,
    measure,
    novelty,
    p_value,
)
from aiaas_mock.zoo.recommendations.tenant import Order, cases_of

SIGNIFICANT: Final = 0.05
_ENOUGH: Final = 200
"""So many held-out events must be newer than the incumbent to compare on them alone."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a candidate stands against the incumbent.

    Attributes:
        promote: Whether it takes the place.
        reason: Why, with numbers.
        candidate: Its figures on all held-out events.
        incumbent: The incumbent's, on the events that the two are compared on.
        p_value: Of the difference in nDCG.
        held_out: Events that were held out.
        people: Whose they are.
        compared_on: Which of them the two are compared on.
    """

    promote: bool
    reason: str
    candidate: Figures
    incumbent: Figures | None
    p_value: float | None
    held_out: int
    people: int
    compared_on: str


def compare(candidate: Path, order: Order, known: Events, held_out: Events) -> Comparison:
    """Measure the candidate, and the incumbent where there is one, on the held-out events."""
    model = load_recommender(candidate)
    cases = list(cases_of(known, held_out))
    measured = measure(model, cases, k=_length(order, model))
    figures = _figures(measured, known, order.k)
    if order.incumbent is None:
        score = f"nDCG@{order.k} {measured.ndcg.mean():.4f}"
        reason = f"There is no model to compare with; the new one has {score}."
        return Comparison(
            True, reason, figures, None, None, len(held_out), len(cases), "no incumbent"
        )
    fresh, compared_on = _fresh(order.incumbent, held_out)
    return _against(
        order, model, figures, list(cases_of(known, fresh)), known, held_out, compared_on
    )


def _against(
    order: Order,
    model: Recommender,
    figures: Figures,
    cases: list[Case],
    known: Events,
    held_out: Events,
    compared_on: str,
) -> Comparison:
    if order.incumbent is None:
        raise TypeError("there is nothing to compare with")
    other = load_recommender(order.incumbent)
    k = _length(order, model)
    ours = measure(model, cases, k=k)
    theirs = measure(_Translated(other, model.items), cases, k=k)
    chance = p_value(ours.ndcg, theirs.ndcg)
    worse = ours.ndcg.mean() < theirs.ndcg.mean() and chance < SIGNIFICANT
    numbers = (
        f"nDCG@{order.k} {ours.ndcg.mean():.4f} against {theirs.ndcg.mean():.4f} of the present "
        f"model for {len(cases)} users (p = {chance:.3f}, paired bootstrap)"
    )
    verdict = "is significantly worse" if worse else "is not significantly worse"
    return Comparison(
        promote=not worse,
        reason=f"The new model {verdict}: {numbers}; measured on {compared_on}.",
        candidate=figures,
        incumbent=_figures(theirs, known, order.k),
        p_value=chance,
        held_out=len(held_out),
        people=len(cases),
        compared_on=compared_on,
    )


def _fresh(incumbent: Path, held_out: Events) -> tuple[Events, str]:
    """Leave out what the incumbent was trained on, where enough is left."""
    until = read_manifest(incumbent).trained_until_us
    newer = held_out.times_us > until if until is not None else np.ones(len(held_out), bool)
    if newer.all():
        return held_out, "events that neither model has seen"
    if newer.sum() >= _ENOUGH:
        return held_out.chosen(newer), "the held-out events that neither model has seen"
    return held_out, (
        "all held-out events, though the present model has seen some: only "
        f"{int(newer.sum())} are newer than it"
    )


class _Translated:
    """The incumbent's scores in the candidate's order of items; what it does not know is last."""

    def __init__(self, model: Recommender, items: tuple[str, ...]) -> None:
        place = {item: at for at, item in enumerate(model.items)}
        self._model = model
        # -1 where the incumbent has no such item.
        self._places = np.array([place.get(item, -1) for item in items], np.int32)
        self.recency = model.recency

    def scores(self, history: Positions, weights: Floats) -> Floats:
        """Return one number per item of the candidate."""
        places = self._places[history]
        known = places >= 0
        theirs = self._model.scores(places[known], weights[known])
        scores = np.full(len(self._places), theirs.min(initial=0.0) - 1, np.float32)
        has = self._places >= 0
        scores[has] = theirs[self._places[has]]
        return scores


def _length(order: Order, model: Recommender) -> int:
    return min(order.k, len(model.items))


def _figures(measured: Measured, known: Events, k: int) -> Figures:
    low, high = interval(measured.ndcg)
    return {
        f"recall@{k}": round(float(measured.recall.mean()), 6),
        f"ndcg@{k}": round(float(measured.ndcg.mean()), 6),
        f"ndcg@{k}_low": round(low, 6),
        f"ndcg@{k}_high": round(high, 6),
        f"hit@{k}": round(float(measured.hit.mean()), 6),
        "coverage": round(coverage(measured.lists, known.size), 6),
        "novelty": round(novelty(measured.lists, known), 6),
        "diversity": round(diversity(measured.lists, known), 6),
    }
