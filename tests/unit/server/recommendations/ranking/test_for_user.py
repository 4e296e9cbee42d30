"""Recommending to a user."""

import pytest
from tests.unit.server.recommendations.ranking.conftest import LINEAR, Shop

from aiaas_mock.errors import ApiError


async def test_an_unknown_user_gets_what_is_popular(shop: Shop) -> None:
    await shop.stock("a", "b", "c")
    await shop.tell(("u1", "view", "b"), ("u2", "view", "b"), ("u2", "view", "c"))
    answer = await shop.call("for_user", user="nobody")
    assert [item["item_id"] for item in answer["items"]] == ["b", "c", "a"]
    assert answer["model"] == "cold-start@1"
    assert answer["items"][0]["reasons"][0]["kind"] == "popularity"
    assert answer["items"][2]["reasons"] == []


async def test_a_new_event_changes_the_next_answer(shop: Shop) -> None:
    vectors = {"a": [1, 0], "b": [1, 0.1], "c": [0, 1], "d": [0.1, 1]}
    await shop.stock("a", "b", "c", "d", vectors=vectors)
    assert await shop.ids("for_user", user="ann", count=1) == ["a"]
    await shop.tell(("ann", "purchase", "c"))
    answer = await shop.call("for_user", user="ann", count=1)
    assert answer["items"][0]["item_id"] == "d"
    reason = answer["items"][0]["reasons"][0]
    assert (reason["kind"], reason["item_id"], reason["exact"]) == ("item", "c", True)
    assert reason["detail"].startswith("Because of ITEM c (bought): ")


async def test_seen_items_come_again_only_when_wanted(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.tell(("ann", "view", "a"))
    assert await shop.ids("for_user", user="ann") == ["b"]
    assert await shop.ids("for_user", user="ann", exclude_seen=False) == ["a", "b"]


async def test_what_was_seen_long_ago_is_left_out_too(shop: Shop) -> None:
    items = [f"i{number}" for number in range(250)]
    await shop.stock(*items)
    await shop.tell(*[("ann", "view", item) for item in items[:-1]])
    assert await shop.ids("for_user", user="ann") == ["i249"]


async def test_a_filter_and_availability_are_respected(shop: Shop) -> None:
    await shop.call(
        "items.upsert",
        items=[
            {"id": "cheap", "metadata": {"price": 2}},
            {"id": "dear", "metadata": {"price": 20}},
            {"id": "gone", "metadata": {"price": 1}, "available": False},
        ],
    )
    assert await shop.ids("for_user", user="ann", filter="price < 10") == ["cheap"]
    with pytest.raises(ApiError) as refused:
        await shop.call("for_user", user="ann", filter="prise < 10")
    assert (refused.value.code, refused.value.param) == ("invalid_filter", "/filter")
    with pytest.raises(ApiError) as refused:
        await shop.call("for_user", user="ann", promotions=[{"filter": "x", "share": 1.0}])
    assert refused.value.param == "/promotions/0/filter"


async def test_context_counts_like_a_last_event_and_is_not_recommended(shop: Shop) -> None:
    await shop.stock("a", "b", "c", vectors={"a": [1, 0], "b": [1, 0.1], "c": [0, 1]})
    await shop.tell(("x", "view", "c"), ("y", "view", "c"))
    answer = await shop.call("for_user", user="ann", context={"items": ["a", "no-such"]})
    assert [item["item_id"] for item in answer["items"]] == ["b", "c"]
    assert answer["items"][0]["reasons"][0]["item_id"] == "a"
    assert [warning["code"] for warning in answer["warnings"]] == ["unknown_items"]


async def test_the_items_of_the_past_are_not_doubled_by_the_context(shop: Shop) -> None:
    await shop.stock("a", "b", "c", vectors={"a": [1, 0], "b": [1, 0.1], "c": [0, 1]})
    await shop.tell(("ann", "view", "a"), ("ann", "view", "c"))
    answer = await shop.call("for_user", user="ann", context={"items": ["a"]}, reasons=9)
    reasons = answer["items"][0]["reasons"]
    assert sorted(r["item_id"] for r in reasons if r["kind"] == "item") == ["a", "c"]


async def test_only_unknown_items_in_the_context_leave_what_is_popular(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.tell(("x", "view", "b"))
    answer = await shop.call("for_user", user="ann", context={"items": ["no-such", "nor-this"]})
    assert answer["items"][0]["item_id"] == "b"
    assert answer["warnings"][0]["detail"].startswith("2 items")


async def test_preferred_metadata_make_items_more_likely(shop: Shop) -> None:
    await shop.call(
        "items.upsert",
        items=[
            {"id": "a", "metadata": {"colour": "red", "price": 3, "new": True, "tags": ["x"]}},
            {"id": "b", "metadata": {"colour": "blue", "price": 5, "new": False, "tags": ["y"]}},
        ],
    )
    for wanted in ({"colour": "blue"}, {"price": 5}, {"new": False}, {"tags": "y"}):
        answer = await shop.call("for_user", user="ann", context={"prefer": wanted})
        assert answer["items"][0]["item_id"] == "b"
        assert answer["items"][0]["reasons"][0]["kind"] == "preference"
    several = {"colour": ("blue", "green"), "tags": ("y", "z")}
    assert (await shop.ids("for_user", user="ann", context={"prefer": several}))[0] == "b"


async def test_a_preference_that_nothing_can_meet_is_warned_of(shop: Shop) -> None:
    await shop.call("items.upsert", items=[{"id": "a", "metadata": {"price": 3, "new": True}}])
    wanted = {"price": "3", "size": 9, "new": 1, "id": 3}
    answer = await shop.call("for_user", user="ann", context={"prefer": wanted})
    assert [warning["code"] for warning in answer["warnings"]] == ["unknown_fields"]
    assert "price, size, new, id" in answer["warnings"][0]["detail"]


async def test_metadata_of_a_user_count_until_there_are_events(shop: Shop) -> None:
    await shop.call(
        "items.upsert",
        items=[
            {"id": "a", "metadata": {"colour": "red"}},
            {"id": "b", "metadata": {"colour": "blue"}},
            {"id": "c", "metadata": {"colour": "blue"}},
        ],
    )
    await shop.call("users.upsert", users=[{"id": "ann", "metadata": {"colour": "blue", "age": 4}}])
    answer = await shop.call("for_user", user="ann")
    assert answer["items"][0]["item_id"] == "b"
    assert answer["warnings"] == []
    await shop.tell(("ann", "view", "b"))
    reasons = [
        r["kind"] for i in (await shop.call("for_user", user="ann"))["items"] for r in i["reasons"]
    ]
    assert "preference" not in reasons


async def test_an_erased_user_is_a_new_one(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.tell(("ann", "view", "a"))
    assert await shop.ids("for_user", user="ann") == ["b"]
    await shop.call("users.delete", user="ann")
    assert await shop.ids("for_user", user="ann") == ["a", "b"]


async def test_a_deleted_item_is_no_longer_recommended_nor_a_reason(shop: Shop) -> None:
    await shop.stock("a", "b", "c", vectors={"a": [1, 0], "b": [1, 0.1], "c": [0, 1]})
    await shop.tell(("ann", "purchase", "a"))
    assert await shop.ids("for_user", user="ann") == ["b", "c"]
    await shop.call("items.delete", item="b")
    assert await shop.ids("for_user", user="ann") == ["c"]
    await shop.call("items.delete", item="a")
    answer = await shop.call("for_user", user="ann")
    assert [r for item in answer["items"] for r in item["reasons"] if r["kind"] == "item"] == []


async def test_an_empty_namespace_answers_nothing(shop: Shop) -> None:
    assert await shop.ids("for_user", user="ann", diversity=1.0, exploration=1.0) == []


async def test_diversity_spreads_titles_and_metadata(shop: Shop) -> None:
    vectors = {"a": [1, 0, 0], "b": [1, 0.01, 0], "c": [0, 1, 0], "d": [1, 0.02, 0]}
    await shop.stock("a", "b", "c", "d", vectors=vectors)
    await shop.tell(("x", "view", "a"), ("y", "view", "a"), ("x", "view", "b"))
    assert await shop.ids("for_user", user="ann", count=2) == ["a", "b"]
    assert await shop.ids("for_user", user="ann", count=2, diversity=0.9) == ["a", "c"]


async def test_diversity_needs_no_titles(shop: Shop) -> None:
    await shop.call(
        "items.upsert",
        items=[
            {"id": "a", "metadata": {"colour": "red"}},
            {"id": "b", "metadata": {"colour": "red"}},
            {"id": "c", "metadata": {"colour": "blue"}},
        ],
    )
    assert await shop.ids("for_user", user="ann", count=2, diversity=1.0) == ["a", "c"]


async def test_exploration_gives_places_to_items_that_few_have_seen(shop: Shop) -> None:
    items = [f"i{number:02}" for number in range(20)]
    await shop.stock(*items)
    await shop.tell(*[(f"u{n}", "view", item) for item in items[:10] for n in range(3)])
    request = {"user": "ann", "count": 5, "exploration": 0.4, "seed": 7}
    answer = await shop.call("for_user", **request)
    explored = [
        item["item_id"]
        for item in answer["items"]
        if any(reason["kind"] == "exploration" for reason in item["reasons"])
    ]
    assert len(explored) == 2
    assert set(explored) <= set(items[10:])
    assert (await shop.call("for_user", **request))["items"] == answer["items"]
    assert len(answer["items"]) == 5
    none = {**request, "exploration": 0.05}
    assert await shop.ids("for_user", **none) == items[:5]


async def test_promotions_get_at_least_their_share(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d", shelf="old")
    await shop.stock("e", "f", shelf="new")
    await shop.tell(*[("x", "view", item) for item in ("a", "b", "c", "d")])
    promotion = {"filter": "shelf == 'new'", "share": 0.5}
    answer = await shop.call("for_user", user="ann", count=4, promotions=[promotion])
    assert [item["item_id"] for item in answer["items"]][:2] == ["a", "b"]
    assert {item["item_id"] for item in answer["items"][2:]} == {"e", "f"}
    last = answer["items"][3]
    assert [(r["kind"], r["contribution"]) for r in last["reasons"]] == [("promotion", 0.0)]
    assert "shelf == 'new'" in last["reasons"][0]["detail"]
    # As far as there are any, and not at the cost of each other.
    both = [{**promotion, "share": 1.0}, {"filter": "shelf == 'old'", "share": 1.0}]
    assert len(await shop.ids("for_user", user="ann", count=4, promotions=both)) == 4


async def test_no_reasons_are_given_when_none_are_wanted(shop: Shop) -> None:
    await shop.stock("a", "b", shelf="new")
    await shop.tell(("x", "view", "a"))
    promotions = [{"filter": "shelf == 'new'", "share": 1.0}]
    answer = await shop.call("for_user", user="ann", reasons=0, promotions=promotions)
    assert [item["reasons"] for item in answer["items"]] == [[], []]


async def test_a_trained_model_scores_and_explains_exactly(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d", "e")
    await shop.keep_model("mine@1", *LINEAR)
    await shop.tell(("ann", "purchase", "a"), ("ann", "view", "b"))
    answer = await shop.call("for_user", user="ann", model="mine", reasons=20)
    assert answer["model"] == "mine@1"
    assert [item["item_id"] for item in answer["items"]] == ["c", "d", "e"]
    first = answer["items"][0]
    assert first["score"] == pytest.approx(0.25)
    assert first["reasons"][0]["contribution"] == pytest.approx(0.25)
    assert first["reasons"][0]["title"] == "ITEM a"


async def test_an_item_that_came_after_training_is_scored_through_its_title(shop: Shop) -> None:
    vectors = {"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1], "new": [0, 0.1, 1], "odd": [1, 1, 1]}
    await shop.stock("a", "b", "c", "new", vectors=vectors)
    await shop.keep_model("mine@1", *LINEAR)
    await shop.tell(("ann", "purchase", "a"))
    answer = await shop.call("for_user", user="ann", model="mine@1", reasons=20)
    assert [item["item_id"] for item in answer["items"]] == ["b", "c", "new"]
    reason = answer["items"][2]["reasons"][0]
    assert reason["item_id"] == "a"
    assert "through ITEM c, whose title is similar" in reason["detail"]
    # One that comes later yet, and a past of new items only.
    await shop.stock("odd", vectors=vectors)
    await shop.tell(("bob", "view", "new"))
    answer = await shop.call("for_user", user="bob", model="mine@1", reasons=20)
    assert answer["items"][0]["item_id"] == "a"
    assert answer["items"][0]["reasons"][0]["item_id"] == "new"


async def test_a_past_that_the_model_knows_nothing_of_leaves_what_is_popular(shop: Shop) -> None:
    await shop.stock("a", "b", "x", "y")
    await shop.keep_model("mine@1", *LINEAR)
    await shop.tell(("ann", "view", "x"), ("bob", "view", "b"), ("bob", "view", "y"))
    answer = await shop.call("for_user", user="ann", model="mine")
    assert [item["item_id"] for item in answer["items"]][:2] == ["b", "y"]


async def test_an_unknown_model_is_refused(shop: Shop) -> None:
    await shop.stock("a")
    for name in ("nobody", "nobody@1", "retail"):
        with pytest.raises(ApiError) as refused:
            await shop.call("for_user", user="ann", model=name)
        assert (refused.value.code, refused.value.param) == ("model_not_found", "/model")


async def test_built_in_models_answer_by_name_and_id(shop: Shop) -> None:
    await shop.stock("a", "b", vectors={"a": [1, 0], "b": [0, 1]})
    await shop.tell(("ann", "view", "a"))
    for name in ("popularity", "content", "cold-start"):
        assert (await shop.call("for_user", user="ann", model=name))["model"] == f"{name}@1"
        assert (await shop.call("for_user", user="ann", model=f"{name}@1"))["model"] == f"{name}@1"


async def test_given_items_are_put_in_order(shop: Shop) -> None:
    await shop.stock("a", "b", "c")
    await shop.tell(("x", "view", "c"), ("y", "view", "c"), ("x", "view", "b"))
    answer = await shop.call("rank", user="ann", items=["a", "no-such", "c", "b", "c"], reasons=1)
    assert [item["item_id"] for item in answer["items"]] == ["c", "b", "a"]
    assert [error["index"] for error in answer["errors"]] == [1]
    assert answer["errors"][0]["error"]["code"] == "item_not_found"
    assert answer["errors"][0]["error"]["param"] == "/items/1"


async def test_a_namespace_never_sees_another_ones_items_and_events(shop: Shop) -> None:
    await shop.stock("a", "b", namespace="ours")
    await shop.stock("b", "c", namespace="theirs")
    await shop.tell(("ann", "view", "c"), ("ann", "view", "b"), namespace="theirs")
    assert sorted(await shop.ids("for_user", user="ann")) == ["a", "b"]
    answer = await shop.call("for_user", user="ann")
    assert [item["reasons"] for item in answer["items"]] == [[], []]
    assert await shop.ids("for_user", "theirs", user="ann", exclude_seen=False) == ["b", "c"]


async def test_one_user_alone_does_not_move_the_top_of_others(shop: Shop) -> None:
    items = [f"i{number:02}" for number in range(30)]
    await shop.stock(*items)
    await shop.tell(
        *[(f"u{n}", "view", item) for at, item in enumerate(items[:20]) for n in range(40 - 2 * at)]
    )
    before = await shop.ids("for_user", user="ann")
    await shop.tell(*[("mallory", "purchase", items[n % 10 + 20]) for n in range(10_000)])
    assert await shop.ids("for_user", user="ann") == before
    assert await shop.ids("popular") == before
