"""Recommending without a user, and finding users."""

from datetime import timedelta

import pytest
from tests.unit.server.recommendations.ranking.conftest import LINEAR, Shop

from aiaas_mock.errors import ApiError

VECTORS = {"a": [1.0, 0.0], "b": [1.0, 0.1], "c": [0.0, 1.0], "d": [0.1, 1.0]}


async def test_similar_items_are_those_with_similar_titles_before_any_training(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d", vectors=VECTORS)
    answer = await shop.call("similar_items", item="c")
    assert [item["item_id"] for item in answer["items"]] == ["d", "b", "a"]
    assert answer["items"][0]["reasons"][0]["item_id"] == "c"
    assert await shop.ids("similar_items", item="c", count=1, filter="id != 'd'") == ["b"]
    assert await shop.ids("similar_items", item="c", model="popularity", count=1) == ["a"]
    assert len(await shop.ids("similar_items", item="c", diversity=0.5)) == 3


async def test_a_trained_model_tells_what_goes_with_an_item(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d")
    await shop.keep_model("mine@1", *LINEAR)
    assert await shop.ids("similar_items", item="a", model="mine") == ["b", "c", "d"]
    assert (await shop.ids("next_items", items=["a", "b"], model="mine"))[0] == "c"


async def test_an_unknown_item_has_no_similar_ones_and_no_users(shop: Shop) -> None:
    await shop.stock("a")
    for name in ("similar_items", "users_for_item"):
        with pytest.raises(ApiError) as refused:
            await shop.call(name, item="no-such")
        assert (refused.value.code, refused.value.param) == ("item_not_found", "/item")


async def test_next_items_follow_the_last_ones_seen(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d", vectors=VECTORS)
    answer = await shop.call("next_items", items=["c", "no-such"], reasons=1)
    assert answer["items"][0]["item_id"] == "d"
    assert answer["warnings"][0]["code"] == "unknown_items"
    assert await shop.ids("next_items", items=["c"], exclude_seen=False, count=1) == ["c"]
    await shop.tell(("x", "view", "b"))
    answer = await shop.call("next_items", items=["no-such"])
    assert answer["items"][0]["item_id"] == "b"


async def test_popular_counts_a_user_once_per_item(shop: Shop) -> None:
    await shop.stock("a", "b", "c")
    await shop.tell(("x", "view", "a"), ("x", "view", "a"), ("x", "click", "b"), ("y", "view", "b"))
    answer = await shop.call("popular")
    assert [(item["item_id"], item["score"]) for item in answer["items"]] == [
        ("b", 2.0),
        ("a", 1.0),
        ("c", 0.0),
    ]
    assert answer["model"] == "popularity@1"
    assert answer["items"][0]["reasons"][0]["detail"] == "Popular: 2 users had to do with it."
    assert answer["items"][2]["reasons"] == []
    assert (await shop.ids("popular", type="view"))[0] == "a"
    assert await shop.ids("popular", filter="id == 'c'") == ["c"]


async def test_popular_looks_at_a_window_and_at_the_one_before(shop: Shop) -> None:
    await shop.stock("a", "b", "c")
    await shop.tell(("x", "view", "a"), ("y", "view", "a"), ("z", "view", "c"))
    shop.now += timedelta(seconds=90)
    await shop.tell(("x", "view", "b"), ("x", "view", "c"))
    assert (await shop.ids("popular", count=1)) == ["a"]
    answer = await shop.call("popular", window_s=60)
    assert {item["item_id"]: item["score"] for item in answer["items"]} == {"a": 0, "b": 1, "c": 1}
    answer = await shop.call("popular", window_s=90, trend=True)
    assert {item["item_id"]: item["score"] for item in answer["items"]} == {"a": -2, "b": 1, "c": 0}
    detail = answer["items"][0]["reasons"][0]["detail"]
    assert detail == "Trending: 1 user had to do with it, +1 on the window before."


async def test_a_trend_needs_a_window(shop: Shop) -> None:
    with pytest.raises(ApiError) as refused:
        await shop.call("popular", trend=True)
    assert (refused.value.code, refused.value.param) == ("invalid_request", "/window_s")


async def test_a_new_event_shows_in_what_is_popular(shop: Shop) -> None:
    await shop.stock("a", "b")
    for users in (1, 2, 3):
        await shop.tell((f"u{users}", "view", "b"))
        assert (await shop.call("popular"))["items"][0]["score"] == users


async def test_users_of_what_goes_with_an_item_would_be_interested(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d", vectors=VECTORS)
    await shop.tell(
        ("ann", "purchase", "a"),
        ("bob", "purchase", "d"),
        ("cleo", "view", "c"),
        ("dora", "view", "a"),
        ("dora", "purchase", "b"),
    )
    answer = await shop.call("users_for_item", item="b")
    assert [user["user_id"] for user in answer["users"]] == ["ann", "bob", "cleo"]
    assert answer["users"][0]["score"] > 0.9
    everyone = await shop.call("users_for_item", item="b", exclude_seen=False, count=2)
    assert [user["user_id"] for user in everyone["users"]] == ["dora", "ann"]


async def test_users_are_found_with_a_trained_model(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d")
    await shop.keep_model("mine@1", *LINEAR)
    await shop.tell(("ann", "purchase", "a"), ("bob", "purchase", "d"))
    answer = await shop.call("users_for_item", item="c", model="mine")
    assert [(user["user_id"], user["score"]) for user in answer["users"]] == [
        ("bob", 0.5),
        ("ann", 0.25),
    ]
