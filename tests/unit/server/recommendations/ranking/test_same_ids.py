"""Models that come by the id of one that is no more."""

from datetime import timedelta

from tests.unit.server.recommendations.ranking.conftest import Shop


async def test_a_model_is_not_taken_for_one_that_had_its_id_before(shop: Shop) -> None:
    await shop.stock("a", "b", "c")
    await shop.keep_model("mine@1", ["a", "b", "c"], [[0, 1, 0], [0, 0, 0], [0, 0, 0]])
    asked = {"items": ["a"], "model": "mine@1", "count": 1}
    assert await shop.ids("next_items", **asked) == ["b"]
    # Another server has the namespace reset, and trains anew; this one hears nothing of it.
    await shop.store.run(lambda tx: tx.namespaces.erase("ours"))
    shop.now += timedelta(seconds=1)
    await shop.stock("a", "b", "c")
    await shop.keep_model("mine@1", ["a", "b", "c"], [[0, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert await shop.ids("next_items", **asked) == ["c"]
