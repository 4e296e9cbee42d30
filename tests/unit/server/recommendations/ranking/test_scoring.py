"""How scores are made of a model, titles and popularity, and what their parts are."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.server.recommendations.ranking.conftest import START, Shop, item

from aiaas_mock.inference.recommenders import Family, Recency
from aiaas_mock.services.recommendations.asking import Asker, past_of_items
from aiaas_mock.services.recommendations.audience import _interest
from aiaas_mock.services.recommendations.catalogue import CatalogueView
from aiaas_mock.services.recommendations.models import (
    CONTENT,
    Answering,
    ModelRoom,
    group_of,
)
from aiaas_mock.services.recommendations.neighbours import lay_over
from aiaas_mock.services.recommendations.popularity import Crowd
from aiaas_mock.services.recommendations.scorers import ModelScorer
from aiaas_mock.services.recommendations.selection import Places
from aiaas_mock.services.recommendations.weighing import weigh
from aiaas_mock.storage.recommendations import (
    StoredExperiment,
)


async def test_a_large_catalogue_is_scored_beside_the_event_loop(shop: Shop) -> None:
    await shop.stock("a", "b", "c", vectors={"a": [1, 0], "b": [1, 0.1], "c": [0, 1]})
    rooms = shop.recommending
    view = await rooms._views.of(shop.context())
    past, _ = past_of_items(["a"], "view", view.catalogue, now=START)
    with ThreadPoolExecutor(1) as executor:
        asker = Asker(rooms._models, executor, on_loop=0)
        beside = await asker.ask(view, Answering(CONTENT), past, {})
    at_once = await Asker(rooms._models, executor).ask(view, Answering(CONTENT), past, {})
    assert beside.scores.tolist() == at_once.scores.tolist()


def test_shares_that_do_not_quite_make_one_still_put_everybody_in_a_group() -> None:
    almost = (("a", "m@1", 0.3), ("b", "m@2", 0.7 - 1e-7))
    experiment = StoredExperiment(name="x", groups=almost, started_at=START)
    names = {group_of(experiment, "ours", f"u{number}")[0] for number in range(50)}
    assert names == {"a", "b"}
    nobody = replace(experiment, groups=(("a", "m@1", 1.0), ("b", "m@2", 0.0)))
    assert group_of(nobody, "ours", "u1") == ("a", "m@1")


class Guessing:
    """A model whose contributions are no more than estimates."""

    items = ("a", "b")
    family: Family = "multi-vae"
    exact = False
    recency = Recency()

    def scores(self, history: Any, weights: Any) -> Any:
        return np.array([0.5, 1.0], np.float32)

    def contributions(self, history: Any, weights: Any, items: Any) -> Any:
        return np.full((len(items), len(history)), 0.3, np.float32)

    def base(self, items: Any) -> Any:
        return np.full(len(items), 0.1, np.float32)


def test_what_estimates_leave_open_is_told() -> None:
    view = CatalogueView.of([item("a"), item("b")], {})
    past, _ = past_of_items(["a"], "view", view, now=START)
    scorer = ModelScorer(view, lay_over(Guessing(), view, None))
    users = np.zeros(2, np.float32)
    weighed = weigh(view, "guess@1", scorer, scorer.scores(past), past, Crowd.of(users), None)
    (parts,) = weighed.reasons([1])
    assert [(part["kind"], part["exact"]) for part in parts] == [
        ("model", False),
        ("item", False),
        ("model", True),
    ]
    assert sum(part["contribution"] for part in parts) == pytest.approx(1.0)
    assert _interest(scorer, [past, past], 1).tolist() == [1.0, 1.0]


async def test_estimates_are_made_beside_the_event_loop(shop: Shop) -> None:
    view = CatalogueView.of([item("a"), item("b")], {})
    past, _ = past_of_items(["a"], "view", view, now=START)
    scorer = ModelScorer(view, lay_over(Guessing(), view, None))
    users = np.zeros(2, np.float32)
    weighed = weigh(view, "guess@1", scorer, scorer.scores(past), past, Crowd.of(users), None)
    with ThreadPoolExecutor(1) as executor:
        asker = Asker(shop.recommending._models, executor)
        told = await asker.explain(Places([1]), weighed, 5)
        assert [reason["kind"] for reason in told[0]["reasons"]] == ["model", "item", "model"]
        assert (await asker.explain(Places([1]), weighed, 0))[0]["reasons"] == []


async def test_a_model_is_laid_over_a_catalogue_once(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.keep_model("mine@1", ["a"], [[0.0]])
    models = shop.recommending._models
    view = await shop.recommending._views.of(shop.context())
    scorers = await asyncio.gather(*[models.scorer(view, "mine@1") for _ in range(3)])
    maps = {id(scorer._map) for scorer in scorers if isinstance(scorer, ModelScorer)}
    assert len(maps) == 1


async def test_only_some_models_stay_laid_over_catalogues(shop: Shop) -> None:
    await shop.keep_model("mine@1", ["a"], [[0.0]])
    first = await shop.recommending._views.of(shop.context())
    with ThreadPoolExecutor(1) as executor:
        models = ModelRoom(shop.store, shop.recommending._models._shelf, (), executor)
        for _ in range(40):
            view = replace(first, catalogue=CatalogueView.of([item("a")], {}))
            await models.scorer(view, "mine@1")
    assert len(models._maps) == 32


def test_what_is_not_laid_out_yet_means_nothing() -> None:
    view = CatalogueView.of([item("a")], {})
    found = lay_over(Guessing(), view, None)
    view.put(item("b"))
    assert found.meaning(1)[0].tolist() == []
    assert found.items_at(np.array([0, 1])).tolist() == [0, -1]
    assert not found.is_known(1)


async def test_items_are_explained_together_as_they_are_one_by_one(shop: Shop) -> None:
    vectors = {"a": [1, 0], "b": [1, 0.2], "late": [1, 0.1], "later": [0.9, 0.2], "odd": [0, 1]}
    await shop.stock(*vectors, vectors=vectors)
    await shop.keep_model("mine@1", ["a", "b"], [[0.0, 0.5], [0.25, 0.0]])
    view = await shop.recommending._views.of(shop.context())
    past, _ = past_of_items(["a", "late"], "view", view.catalogue, now=START)
    scorer = await shop.recommending._models.scorer(view, "mine@1")
    users = Crowd.of(np.arange(len(view.catalogue), dtype=np.float32))
    weighed = weigh(view.catalogue, "mine@1", scorer, scorer.scores(past), past, users, None)
    positions = [view.catalogue.places([name])[0] for name in vectors]
    together = weighed.reasons(positions, 3)
    assert together == [weighed.reasons([position], 3)[0] for position in positions]
    through = [[reason["detail"].count("through") for reason in told] for told in together]
    assert through == [[0], [0, 0, 0], [1, 1, 0], [1, 1, 0], [0]]
    whole = weighed.reasons(positions)
    for position, told in zip(positions, whole, strict=True):
        total = sum(reason["contribution"] for reason in told)
        assert total == pytest.approx(float(weighed.scores[position]), abs=1e-5)
    assert weighed.reasons([], 3) == []
