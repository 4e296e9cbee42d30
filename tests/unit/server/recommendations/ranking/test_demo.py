"""A shop with nothing of its own shows the demo, whose model recommends at once."""

import pytest
from tests.unit.server.recommendations.ranking.conftest import Shop

from aiaas_mock.errors import ApiError


async def test_a_fresh_server_recommends_at_once(demo_shop: Shop) -> None:
    answer = await demo_shop.call("for_user", user="ann", reasons=20)
    assert answer["model"] == "retail@1"
    assert [item["item_id"] for item in answer["items"]] == ["a", "b", "c", "d"]
    # What the model found popular, as nobody was here yet.
    assert [reason["kind"] for reason in answer["items"][0]["reasons"]] == ["model"]
    assert answer["items"][0]["score"] == pytest.approx(0.04)


async def test_events_with_items_of_the_demo_change_the_answer(demo_shop: Shop) -> None:
    await demo_shop.tell(("ann", "purchase", "d"))
    answer = await demo_shop.call("for_user", user="ann", reasons=20)
    assert answer["items"][0]["item_id"] == "c"
    kinds = {reason["kind"]: reason["contribution"] for reason in answer["items"][0]["reasons"]}
    assert kinds == {"item": pytest.approx(0.5), "model": pytest.approx(0.02)}
    assert await demo_shop.ids("for_user", "theirs", user="ann") == ["a", "b", "c", "d"]


async def test_the_demo_is_over_with_the_first_item_and_back_without_one(demo_shop: Shop) -> None:
    models = await demo_shop.call("models.list")
    assert [model["id"] for model in models["data"]] == [
        "retail@1",
        "retail-next@1",
        "cold-start@1",
        "content@1",
        "popularity@1",
    ]
    await demo_shop.call("models.promote", model="retail")
    await demo_shop.call("items.upsert", items=[{"id": "mine"}])
    answer = await demo_shop.call("for_user", user="ann")
    assert (answer["model"], len(answer["items"])) == ("cold-start@1", 1)
    with pytest.raises(ApiError, match="model_not_found"):
        await demo_shop.call("for_user", user="ann", model="retail")
    await demo_shop.call("items.delete", item="mine")
    assert (await demo_shop.call("for_user", user="ann"))["model"] == "retail@1"
    await demo_shop.call("items.upsert", items=[{"id": "again"}])
    assert await demo_shop.ids("for_user", user="ann") == ["again"]


async def test_the_model_of_the_demo_comes_back_after_a_rollback(demo_shop: Shop) -> None:
    await demo_shop.call("models.promote", model="popularity")
    assert (await demo_shop.call("for_user", user="ann"))["model"] == "popularity@1"
    assert (await demo_shop.call("models.rollback"))["id"] == "retail@1"
    assert (await demo_shop.call("for_user", user="ann"))["model"] == "retail@1"


async def test_a_session_has_a_model_of_its_own_until_another_is_promoted(demo_shop: Shop) -> None:
    assert (await demo_shop.call("next_items", items=["a"]))["model"] == "retail-next@1"
    assert (await demo_shop.call("next_items", items=["a"], model="retail"))["model"] == "retail@1"
    model = await demo_shop.call("models.retrieve", model="retail-next")
    assert (model["family"], model["status"]) == ("item-knn", "built-in")
    await demo_shop.call("models.promote", model="content")
    assert (await demo_shop.call("next_items", items=["a"]))["model"] == "content@1"
