"""Whether a new model takes the place of the one that is served: not if it is worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from aiaas_mock.inference.recommenders import (
    Recommender,
    load_recommender,
    read_manifest,
    write_artefact,
)
from aiaas_mock.zoo.errors import ZooError
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
from aiaas_mock.zoo.recommendations.registry import trainer
from aiaas_mock.zoo.recommendations.settings import Setting
from aiaas_mock.zoo.recommendations.tenant import Order, cases_of

SIGNIFICANT: Final = 0.05
MOST_PEOPLE: Final = 3_000
"""So many are measured, drawn by chance; more would not make the figures much surer."""
FEWEST_PEOPLE: Final = 10
"""Fewer tell nothing, whatever the figures are."""
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
        incumbent: Those of what it is compared with, on the events that are fair to both.
        p_value: Of the difference in nDCG.
        held_out: Events that were held out.
        people: People who were measured.
        compared_on: Which of them the two are compared on.
    """

    promote: bool
    reason: str
    candidate: Figures
    incumbent: Figures
    p_value: float
    held_out: int
    people: int
    compared_on: str


def compare(candidate: Path, order: Order, known: Events, held_out: Events) -> Comparison:
    """Measure the candidate on the held-out events beside what answers now.

    That is the incumbent, or what is popular where no model was trained yet.
    """
    model = load_recommender(candidate)
    cases = _drawn(known, held_out)
    k = min(order.k, known.size)
    measured = measure(model, cases, k=k)
    with TemporaryDirectory() as folder:
        rival = _rival(order, known, held_out, Path(folder))
        ours, compared = measured, cases
        if rival.events is not held_out:
            compared = _drawn(known, rival.events)
            ours = measure(model, compared, k=k)
        theirs = measure(_Translated(rival.model, model.items), compared, k=k)
    chance = p_value(ours.ndcg, theirs.ndcg)
    is_worse = (
        len(compared) >= FEWEST_PEOPLE
        and bool(ours.ndcg.mean() < theirs.ndcg.mean())
        and chance < SIGNIFICANT
    )
    return Comparison(
        promote=not is_worse,
        reason=_reason(order.k, ours, theirs, chance, is_worse, rival),
        candidate=_figures(measured, known, order.k),
        incumbent=_figures(theirs, known, order.k),
        p_value=chance,
        held_out=len(held_out),
        people=len(compared),
        compared_on=rival.compared_on,
    )


@dataclass(frozen=True, slots=True)
class _Rival:
    """What a candidate is compared with.

    Attributes:
        model: It.
        name: What it is called in a sentence.
        events: The held-out events that are fair to both.
        compared_on: Which these are, in words.
    """

    model: Recommender
    name: str
    events: Events
    compared_on: str


def _rival(order: Order, known: Events, held_out: Events, folder: Path) -> _Rival:
    unseen = "events that neither model has seen"
    if order.incumbent is None:
        popular = _fitted("popularity", {}, known, folder)
        return _Rival(popular, "what is popular", held_out, unseen)
    manifest, name = read_manifest(order.incumbent), "the present model"
    until = manifest.trained_until_us
    newer = np.zeros(len(held_out), np.bool_) if until is None else held_out.times_us > until
    if newer.all() or newer.sum() >= _ENOUGH:
        events = held_out if newer.all() else held_out.chosen(newer)
        words = unseen if newer.all() else f"the held-out {unseen}"
        return _Rival(load_recommender(order.incumbent), name, events, words)
    try:
        # It knows what is to be foretold: its like, trained without, is fair.
        again = _fitted(manifest.family, manifest.settings, known, folder)
    except ZooError:  # such as TensorFlow missing: then its knowledge counts for it
        words = f"all held-out events, of which only {int(newer.sum())} are new to the present one"
        return _Rival(load_recommender(order.incumbent), name, held_out, words)
    words = (
        "all held-out events, for which the present model was trained again without them: only "
        f"{int(newer.sum())} are newer than it"
    )
    return _Rival(again, name, held_out, words)


def _fitted(
    family: str, settings: Mapping[str, Setting], known: Events, folder: Path
) -> Recommender:
    fitted = trainer(family)(known, settings, lambda message, fraction: None)
    write_artefact(folder, fitted)
    return load_recommender(folder)


def _reason(
    k: int, ours: Measured, theirs: Measured, chance: float, is_worse: bool, rival: _Rival
) -> str:
    users = len(ours.ndcg)
    if users < FEWEST_PEOPLE:
        verdict = f"could be compared for {users} only, too few to tell"
    else:
        verdict = "is significantly worse" if is_worse else "is not significantly worse"
    return (
        f"The new model {verdict}: nDCG@{k} {ours.ndcg.mean():.4f} against "
        f"{theirs.ndcg.mean():.4f} of {rival.name} (users: {users}, p = {chance:.3f}, paired "
        f"bootstrap); measured on {rival.compared_on}."
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
