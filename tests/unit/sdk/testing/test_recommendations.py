"""The kit and recommendations: builders, counts."""

from __future__ import annotations

from typing import Any

import pytest

import aiaas
from aiaas.testing import (
    FakeCloud,
    catalogue_item,
    interested_users,
    ranked_items,
    recommendations,
    recommended_item,
)

EVENT = {"type": "view", "user": "ada", "item": "mug-1"}


def test_reasons_add_up_to_the_score() -> None:
    item = recommended_item("mug-1", because={"tea-1": 0.125, "mug-2": 0.25}, price=4)
    assert item.score == 0.375
    assert [reason.item_id for reason in item.reasons] == ["mug-2", "tea-1"]
    assert item.metadata == {"price": 4}
    assert recommended_item("mug-1").score == 1.0
    with pytest.raises(ValueError, match=r"add up to 0\.5, not to the score 0\.7"):
        recommended_item("mug-1", 0.7, because={"mug-2": 0.5})


def test_ids_alone_get_scores_that_fall(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("recommendations.for_user").answers(recommendations("a", "b", group="new"))
    answer = client.recommendations.for_user("ada")
    assert [item.item_id for item in answer] == ["a", "b"]
    assert answer.items[0].score > answer.items[1].score
    assert (answer.group, answer.event("click", "a").recommendation_id) == ("new", "rcm_test")


def test_items_are_ranked_and_users_found(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("recommendations.rank").answers(ranked_items("b", "a", unknown={2: "c"}))
    ranked = client.recommendations.rank("ada", ["a", "b", "c"])
    assert [item.item_id for item in ranked] == ["b", "a"]
    assert [error.index for error in ranked.errors] == [2]
    fake.on("recommendations.users_for_item").answers(interested_users("ada", "bob"))
    assert len(client.recommendations.users_for_item("a")) == 2


def test_a_catalogue_is_listed_page_by_page(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("recommendations.items.list").answers(*(catalogue_item(f"i-{n}") for n in range(5)))
    found = client.recommendations.items.list(limit=2)
    assert [item.id for item in found] == [f"i-{n}" for n in range(5)]
    fake.assert_called("recommendations.items.list", times=3)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, (3, 0)),
        ({"duplicates": 2}, (1, 2)),
        ({"created": 1, "duplicates": 0}, (1, 0)),
        ({"duplicates": 7}, (0, 7)),
    ],
)
def test_what_is_sent_is_counted_as_new_unless_the_test_says_otherwise(
    fake: FakeCloud, client: aiaas.Client, changes: dict[str, Any], counts: tuple[int, int]
) -> None:
    fake.on("recommendations.events.create").answers(**changes)
    done = client.recommendations.events.create_many([EVENT] * 3)
    assert (done.created, done.duplicates) == counts
    fake.on("recommendations.events.create").answers(changes)
    done = client.recommendations.events.create_many([EVENT] * 3)
    assert (done.created, done.duplicates) == counts


def test_an_answer_that_a_test_made_whole_stays_as_it_is(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    made = aiaas.CreatedEvents(created=7, duplicates=0)
    fake.on("recommendations.events.create").answers(made)
    assert client.recommendations.events.create_many([EVENT]).created == 7
