"""What holds for any shop, any past and any question."""

import random

import numpy as np
import pytest
from tests.unit.server.recommendations.ranking.conftest import Shop

MODELS = ("cold-start", "content", "popularity", "mine")


async def a_shop(shop: Shop, chance: random.Random) -> list[str]:
    """Fill a shop at random: some items the model does not know, some have no vector."""
    items = [f"i{number}" for number in range(24)]
    numbers = np.random.default_rng(chance.randrange(1000))
    vectors = {item: numbers.normal(size=4).tolist() for item in items[:20]}
    await shop.stock(*items[::2], vectors=vectors, shelf="even", price=1)
    await shop.stock(*items[1::2], vectors=vectors, shelf="odd", price=2)
    matrix = numbers.normal(size=(12, 12)).astype(np.float32)
    await shop.keep_model("mine@1", items[:12], matrix.tolist())
    kinds = ("view", "click", "purchase", "wish")
    users = [f"u{number}" for number in range(6)]
    await shop.tell(
        *[(chance.choice(users), chance.choice(kinds), chance.choice(items)) for _ in range(40)]
    )
    return items


@pytest.mark.parametrize("seed", range(8))
async def test_the_reasons_of_an_item_add_up_to_its_score(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    items = await a_shop(shop, chance)
    for model in MODELS:
        for user in ("u1", "nobody"):
            answer = await shop.call(
                "for_user",
                user=user,
                model=model,
                count=24,
                reasons=20,
                exclude_seen=False,
                diversity=chance.random(),
                exploration=chance.choice((0.0, 0.3)),
                promotions=[{"filter": "shelf == 'odd'", "share": 0.5}],
                context={"items": chance.sample(items, 2), "prefer": {"shelf": "odd", "price": 1}},
                seed=seed,
            )
            for item in answer["items"]:
                together = sum(reason["contribution"] for reason in item["reasons"])
                assert together == pytest.approx(item["score"], abs=2e-4), (model, item)
                sizes = [abs(r["contribution"]) for r in item["reasons"]]
                assert sizes == sorted(sizes, reverse=True)
                assert all(reason["exact"] for reason in item["reasons"])


@pytest.mark.parametrize("seed", range(8))
async def test_no_answer_breaks_its_conditions(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    items = await a_shop(shop, chance)
    gone = chance.sample(items, 3)
    for item in gone:
        await shop.call("items.delete", item=item)
    for model in MODELS:
        count = chance.randrange(1, 12)
        answer = await shop.call(
            "for_user",
            user="u2",
            model=model,
            count=count,
            filter="shelf == 'even'",
            diversity=chance.choice((0.0, 0.7)),
            exploration=chance.choice((0.0, 0.5)),
            promotions=[
                {"filter": "price == 1", "share": 0.5},
                {"filter": "price == 2", "share": 1.0},
            ],
        )
        found = [item["item_id"] for item in answer["items"]]
        seen = {event["item"] for event in (await shop.call("events.list", user="u2"))["data"]}
        assert len(found) == len(set(found)) <= count
        assert set(found) <= set(items[::2]) - set(gone) - seen
        allowed = set(items[::2]) - set(gone) - seen
        assert len(found) == min(count, len(allowed))
        if not answer["items"]:
            continue
        ranked = await shop.call("rank", user="u2", model=model, items=found)
        scores = [item["score"] for item in ranked["items"]]
        assert scores == sorted(scores, reverse=True)


async def test_promotions_keep_their_share_beside_diversity_and_exploration(shop: Shop) -> None:
    await a_shop(shop, random.Random(1))
    for seed in range(10):
        answer = await shop.call(
            "for_user",
            user="nobody",
            count=10,
            exploration=0.3,
            diversity=0.4,
            seed=seed,
            promotions=[{"filter": "shelf == 'odd'", "share": 0.6}],
        )
        odd = [item for item in answer["items"] if item["metadata"]["shelf"] == "odd"]
        assert len(odd) >= 6
        assert len(answer["items"]) == 10
