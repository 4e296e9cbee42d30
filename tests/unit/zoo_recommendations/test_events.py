"""Events: in order, capped for each person, counted together, and drawn as moments."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.zoo_recommendations.shops import DAY_US, IDS, ITEMS, PER_GROUP, TITLES, shop

from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.zoo.recommendations.events import (
    Events,
    capped,
    co_occurrences,
    sorted_events,
)
from aiaas_mock.zoo.recommendations.moments import Moments


def events(*rows: tuple[int, int, int]) -> Events:
    users, items, times = (np.array(column) for column in zip(*rows, strict=True))
    return sorted_events(users, items, times, item_ids=IDS, titles=TITLES)


def test_events_are_sorted_by_person_and_time() -> None:
    found = events((1, 4, 9), (0, 2, 8), (1, 3, 7), (1, 0, 9))
    assert found.users.tolist() == [0, 1, 1, 1]
    assert found.items.tolist() == [2, 3, 0, 4]
    assert [items.tolist() for items, _ in found.histories()] == [[2], [3, 0, 4]]


def test_an_item_counts_once_for_a_person_when_it_was_last() -> None:
    found = capped(events((0, 1, 1), (0, 2, 2), (0, 1, 3), (1, 1, 1)), per_person=9)
    assert found.items.tolist() == [2, 1, 1]
    assert found.times_us.tolist() == [2, 3, 1]


def test_of_a_person_only_the_newest_events_count() -> None:
    found = capped(events(*((0, at, at) for at in range(20)), (1, 5, 0)), per_person=3)
    assert found.items.tolist() == [17, 18, 19, 5]


def test_visits_are_numbered_through_all_people() -> None:
    found = events((0, 1, 0), (0, 2, 60), (0, 3, DAY_US), (2, 4, 0), (2, 5, 2 * DAY_US))
    assert found.people == 3
    assert found.visits().tolist() == [0, 0, 1, 2, 3]
    recent = found.weights(Recency(half_life_visits=1))
    assert recent.tolist() == [0.5, 0.5, 1, 0.5, 1]


def test_no_events_have_no_weights() -> None:
    nothing = sorted_events(*[np.zeros(0, np.int64)] * 3, item_ids=IDS, titles=TITLES)
    assert nothing.weights(Recency()).tolist() == []
    assert nothing.people == len(nothing) == 0


def test_co_occurrences_are_those_of_the_matrix_whatever_the_size_of_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = shop()
    rows = np.zeros((found.people, ITEMS), np.float32)
    rows[found.users, found.items] = 1
    for pairs, dense in ((1, 4), (300, 4), (10**6, 4), (300, 0)):
        monkeypatch.setattr("aiaas_mock.zoo.recommendations.events._PAIRS", pairs)
        monkeypatch.setattr("aiaas_mock.zoo.recommendations.events._DENSE", dense)
        counted = np.zeros((ITEMS, ITEMS))
        for part in co_occurrences(found.users.astype(np.int64), found.items, ITEMS):
            assert ((part.first <= part.rows) & (part.rows < part.end)).all()
            counted[part.rows, part.columns] += part.counts
        assert np.array_equal(counted, rows.T @ rows)


def test_a_moment_has_a_past_and_a_future_that_do_not_overlap() -> None:
    moments = Moments(shop(), Recency(half_life_visits=1), np.random.default_rng(2))
    people = moments.people()
    assert sorted(people) == list(range(40))
    past, future = moments.draw(people)
    assert (past.max(axis=1) == 1).all()  # the newest counts in full
    assert (future.sum(axis=1) == 1).all()
    assert not (past * future).any()
    for person, row in zip(people, past + future, strict=True):
        assert set(row.nonzero()[0] // PER_GROUP) == {person % 4}
