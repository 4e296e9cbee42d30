"""The data sets of recommendation, read from files as small as they can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.zoo_recommendations.shops import (
    DAY_US,
    IDS,
    TITLES,
    write_movielens,
    write_msweb,
    write_retail,
)

from aiaas_mock.zoo import ZooError
from aiaas_mock.zoo.recommendations.data import Benchmark, load, with_new_items
from aiaas_mock.zoo.recommendations.recipes import RECIPES, family_of
from aiaas_mock.zoo.recommendations.registry import TRAINERS
from aiaas_mock.zoo.recommendations.sessions import sessions
from aiaas_mock.zoo.recommendations.shop_catalogue import catalogue


def test_online_retail_is_asked_for_val_and_then_for_test(tmp_path: Path) -> None:
    write_retail(tmp_path)
    val, test = load("online-retail", tmp_path, "val"), load("online-retail", tmp_path, "test")
    assert val.known.item_ids == tuple(sorted(IDS))
    assert {len(case.history) for case in val.cases} == {3}
    assert {len(case.history) for case in test.cases} == {4}
    assert len(val.cases) == len(test.cases) == 24
    for early, late in zip(val.cases, test.cases, strict=True):
        assert set(late.history) == {*early.history, *early.held_out}


def test_items_can_be_made_new_to_the_shop(tmp_path: Path) -> None:
    write_retail(tmp_path)
    whole = load("online-retail", tmp_path, "test")
    made = with_new_items(whole, 0.25)
    new = set(whole.known.items) - set(made.known.items)
    assert len(new) == 6
    assert not any(new & set(case.history) for case in made.cases)
    assert [list(case.held_out) for case in made.cases] == [list(c.held_out) for c in whole.cases]


def test_a_session_is_the_last_visit_and_its_next_item(tmp_path: Path) -> None:
    write_retail(tmp_path)  # everybody comes twice: the second time for three items
    for before, split in ((1, "val"), (2, "test")):
        whole = load("online-retail", tmp_path, "val" if split == "val" else "test")
        asked = sessions(whole)
        assert len(asked.cases) == 24
        for case, known in zip(asked.cases, whole.cases, strict=True):
            assert case.history.tolist() == known.history[-before:].tolist()
            assert case.held_out.tolist() == known.held_out.tolist()


def test_who_comes_back_later_has_no_session(tmp_path: Path) -> None:
    write_retail(tmp_path)
    whole = load("online-retail", tmp_path, "test")
    later = tuple(replace(case, held_out_us=case.held_out_us + DAY_US) for case in whole.cases)
    assert not sessions(replace(whole, cases=later)).cases


def test_of_a_visitor_one_area_is_held_out(tmp_path: Path) -> None:
    write_msweb(tmp_path)
    test = load("msweb", tmp_path, "test")
    assert [len(case.history) for case in test.cases] == [2] * 5
    assert test.known.people == 30
    val = load("msweb", tmp_path, "val")
    assert (val.known.people, len(val.cases)) == (30, 3)
    assert len(np.unique(val.known.users)) == 27


def test_films_are_those_that_were_liked(tmp_path: Path) -> None:
    write_movielens(tmp_path)
    test = load("movielens-100k", tmp_path, "test")
    assert len(test.cases) == 5
    assert len(test.known.item_ids) == 9
    assert {len(case.history) for case in test.cases} == {8}


@pytest.mark.parametrize("name", RECIPES)
def test_a_data_set_that_is_missing_is_named(tmp_path: Path, name: Benchmark) -> None:
    with pytest.raises(ZooError, match=str(tmp_path)) as refused:
        load(name, tmp_path, "test")
    assert refused.value.code == "data_missing"


def test_the_catalogue_tells_prices_and_no_returns(tmp_path: Path) -> None:
    write_retail(tmp_path)
    first, *_ = catalogue(tmp_path, (*IDS, "nothing sold"))
    assert first == {
        "item_id": IDS[0],
        "title": TITLES[0],
        "metadata": first["metadata"],
    }
    assert first["metadata"]["price_gbp"] == 1.5
    assert catalogue(tmp_path, ("nothing sold",))[0]["metadata"] == {}


def test_every_recipe_is_of_a_family_that_there_is() -> None:
    for recipes in RECIPES.values():
        assert {family_of(row) for row in recipes} <= set(TRAINERS)
    assert {family_of(row) for row in RECIPES["online-retail"]} == set(TRAINERS)
