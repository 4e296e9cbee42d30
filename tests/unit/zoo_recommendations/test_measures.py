"""Measures of recommendations, by hand and by the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.zoo_recommendations.shops import ITEMS, shop

from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.zoo.recommendations.events import Floats, Positions
from aiaas_mock.zoo.recommendations.measures import (
    Case,
    best,
    coverage,
    diversity,
    interval,
    measure,
    novelty,
    p_value,
)


class Fixed:
    """Scores the items 0, 1, 2 ... highest, in this order."""

    recency = Recency()

    def scores(self, history: Positions, weights: Floats) -> Floats:
        return -np.arange(ITEMS, dtype=np.float32)


def case(history: list[int], held_out: list[int]) -> Case:
    past, next_us = np.zeros(len(history), np.int64), np.ones(len(held_out), np.int64)
    return Case(np.array(history, np.int32), past, np.array(held_out, np.int32), next_us)


def test_recall_is_hits_of_the_most_that_there_can_be() -> None:
    measured = measure(Fixed(), [case([0], [1, 9]), case([], [0, 1, 2, 8]), case([], [20])], k=3)
    assert measured.lists.tolist() == [[1, 2, 3], [0, 1, 2], [0, 1, 2]]
    assert measured.recall.tolist() == [0.5, 1.0, 0.0]
    assert measured.hit.tolist() == [1, 1, 0]
    assert measured.ndcg == pytest.approx([1 / (1 + 1 / np.log2(3)), 1, 0])


def test_items_that_were_seen_are_not_recommended_and_ties_go_to_the_first() -> None:
    assert best(np.zeros(5, np.float32), np.array([0, 2], np.int32), 2).tolist() == [1, 3]
    assert best(np.array([1, 3, 2], np.float32), np.zeros(0, np.int32), 9).tolist() == [1, 2, 0]


def test_coverage_novelty_and_diversity_of_lists() -> None:
    known = shop()  # each item is had by about one in 5 people, of one group in 4
    together, apart = np.array([[0, 1, 2, 3]]), np.array([[0, 6, 12, 18]])
    assert coverage(together, ITEMS) == 4 / ITEMS
    share = known.popularity()[together] / known.people
    assert novelty(together, known) == pytest.approx(float(-np.log2(share).mean()))
    assert diversity(together, known) < 0.4 < 0.8 < diversity(apart, known)
    assert diversity(np.array([[3]]), known) == 1


def test_an_interval_holds_the_mean_and_a_clear_difference_is_significant() -> None:
    rng = np.random.default_rng(1)
    ours = rng.random(500)
    low, high = interval(ours)
    assert low < ours.mean() < high < low + 0.1
    assert p_value(ours, ours) == 1
    assert p_value(ours + 0.01 * rng.random(500), ours) == p_value(ours, ours + 0.1) == 0.001
    assert p_value(ours, rng.permutation(ours)) > 0.05
