"""The models that need no TensorFlow, held against their formulas; and the settings of all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.zoo_recommendations.shops import GROUPS, ITEMS, PER_GROUP, shop

from aiaas_mock.inference.recommenders import Artefact, load_recommender, write_artefact
from aiaas_mock.inference.recommenders.neighbours import Neighbours
from aiaas_mock.zoo import ZooError
from aiaas_mock.zoo.recommendations import ease
from aiaas_mock.zoo.recommendations.events import Events, Floats
from aiaas_mock.zoo.recommendations.registry import trainer
from aiaas_mock.zoo.recommendations.settings import Setting

Told = list[tuple[str, float]]


def fit(family: str, events: Events, told: Told | None = None, **given: Setting) -> Artefact:
    lines: Told = [] if told is None else told
    return trainer(family)(events, given, lambda message, at: lines.append((message, at)))


def matrix(artefact: Artefact) -> Floats:
    (rows,) = artefact.files.values()
    assert isinstance(rows, Neighbours)
    ones = np.ones(1, np.float32)
    return np.stack([rows.scores(np.array([item], np.int32), ones) for item in range(ITEMS)])


def dense(events: Events) -> Floats:
    rows = np.zeros((events.people, ITEMS), np.float32)
    rows[events.users, events.items] = 1
    return rows


def test_ease_is_the_closed_form() -> None:
    events = shop()
    gram = dense(events).T @ dense(events) + 30 * np.eye(ITEMS)
    inverse = np.linalg.inv(gram)
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    found = matrix(fit("ease", events, penalty=30.0, visit_weight=0.0))
    assert found == pytest.approx(expected, abs=2e-3)


def test_visits_count_beside_people() -> None:
    events = shop()  # each item on a day of its own: a visit says nothing of other items
    one, other = (matrix(fit("ease", events, visit_weight=weight)) for weight in (0.0, 5.0))
    assert one.max() > other.max() > 0


def test_neighbours_are_the_nearest_by_cosine() -> None:
    events = shop()
    together = dense(events).T @ dense(events)
    length = np.sqrt(np.diag(together))
    expected = together / (np.outer(length, length) + 2)
    np.fill_diagonal(expected, 0)
    found = matrix(fit("item-knn", events, shrinkage=2.0, neighbours=ITEMS))
    assert found == pytest.approx(expected, abs=1e-3)
    few = matrix(fit("item-knn", events, shrinkage=2.0, neighbours=2))
    assert (np.count_nonzero(few, axis=1) == 2).all()
    assert not matrix(fit("item-knn", events, visits=True)).any()


@pytest.mark.parametrize("family", ["ease", "item-knn"])
def test_what_goes_together_is_recommended(tmp_path: Path, family: str) -> None:
    events, told = shop(), Told()
    write_artefact(tmp_path, fit(family, events, told, half_life_visits=2.0, floor=0.5))
    model = load_recommender(tmp_path)
    assert (model.family, model.exact, model.recency.floor) == (family, True, 0.5)
    scores = model.scores(np.array([PER_GROUP], np.int32), np.ones(1, np.float32))
    scores[PER_GROUP] = 9
    assert set(np.argsort(-scores)[:PER_GROUP]) == set(range(PER_GROUP, 2 * PER_GROUP))
    assert told
    assert all(0 <= fraction <= 1 for _, fraction in told)


def test_popularity_is_the_same_for_everybody(tmp_path: Path) -> None:
    events = shop(GROUPS - 1)  # nobody buys of the last group
    write_artefact(tmp_path, fit("popularity", events))
    model = load_recommender(tmp_path)
    scores = model.scores(np.array([0], np.int32), np.ones(1, np.float32))
    assert scores.max() == 1
    assert not scores[-PER_GROUP:].any()


def test_the_closed_form_is_refused_for_too_many_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ease, "MOST_ITEMS", ITEMS - 1)
    with pytest.raises(ZooError, match="use item-knn") as refused:
        fit("ease", shop())
    assert refused.value.code == "bad_settings"


@pytest.mark.parametrize(
    ("given", "said"),
    [({"lambda": 1}, "no setting 'lambda'"), ({"penalty": "1"}, "'penalty' must be of type float")],
)
def test_settings_that_are_none_are_refused(given: dict[str, Setting], said: str) -> None:
    with pytest.raises(ZooError, match=said):
        trainer("ease")(shop(), given, lambda message, at: None)
    assert fit("ease", shop(), penalty=3).manifest.settings["penalty"] == 3.0


def test_a_family_that_is_none_is_refused() -> None:
    with pytest.raises(ZooError, match="no family 'magic'; there is popularity"):
        trainer("magic")
