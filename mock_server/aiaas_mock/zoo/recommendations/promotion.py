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
MOST_PEOPLE: Final = 3_000
"""So many are measured, drawn by chance; more would not make the figures much surer."""
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
        people: People who were measured.
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
    cases = _drawn(known, held_out)
    k = min(order.k, known.size)
    figures = _figures(measure(model, cases, k=k), known, order.k)
    if order.incumbent is None:
        reason = (
            "There is no model to compare with; the new one has "
            f"nDCG@{order.k} {figures[f'ndcg@{order.k}']:.4f}."
        )
        return Comparison(
            True, reason, figures, None, None, len(held_out), len(cases), "no incumbent"
        )
    fresh, compared_on = _fresh(order.incumbent, held_out)
    cases = _drawn(known, fresh)
    ours = measure(model, cases, k=k)
    theirs = measure(_Translated(load_recommender(order.incumbent), model.items), cases, k=k)
    chance = p_value(ours.ndcg, theirs.ndcg)
    is_worse = bool(ours.ndcg.mean() < theirs.ndcg.mean()) and chance < SIGNIFICANT
    return Comparison(
        promote=not is_worse,
        reason=_reason(order.k, ours, theirs, chance, is_worse, compared_on),
        candidate=figures,
        incumbent=_figures(theirs, known, order.k),
        p_value=chance,
        held_out=len(held_out),
        people=len(cases),
        compared_on=compared_on,
    )


def _reason(
    k: int, ours: Measured, theirs: Measured, chance: float, is_worse: bool, compared_on: str
) -> str:
    verdict = "is significantly worse" if is_worse else "is not significantly worse"
    return (
        f"The new model {verdict}: nDCG@{k} {ours.ndcg.mean():.4f} against "
        f"{theirs.ndcg.mean():.4f} of the present model for {len(ours.ndcg)} users (p = "
        f"{chance:.3f}, paired bootstrap); measured on {compared_on}."
    )


def _fresh(incumbent: Path, held_out: Events) -> tuple[Events, str]:
    """Leave out what the incumbent was trained on, where enough is left."""
    until = read_manifest(incumbent).trained_until_us
    if until is None:
        return held_out, "all held-out events; the present model does not say what it has seen"
    newer = held_out.times_us > until
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


def _drawn(known: Events, held_out: Events) -> list[Case]:
    cases = list(cases_of(known, held_out))
    if len(cases) <= MOST_PEOPLE:
        return cases
    chosen = np.random.default_rng(7).choice(len(cases), MOST_PEOPLE, replace=False)
    return [cases[at] for at in np.sort(chosen)]


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
