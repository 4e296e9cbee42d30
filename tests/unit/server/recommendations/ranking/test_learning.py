"""Models that are listed, promoted and tried; what is measured."""

import json

import pytest
from pydantic import ValidationError
from tests.unit.server.recommendations.ranking.conftest import LINEAR, Shop

from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.trained_models import promote

HALVES = [
    {"name": "old", "model": "popularity", "share": 0.5},
    {"name": "new", "model": "content@1", "share": 0.5},
]


async def refusal(shop: Shop, name: str, /, **request: object) -> ApiError:
    with pytest.raises(ApiError) as refused:
        await shop.call(name, **request)
    return refused.value


async def test_models_are_listed_the_newest_first_and_built_in_ones_last(shop: Shop) -> None:
    for version in (1, 2):
        await shop.keep_model(f"mine@{version}", *LINEAR)
    page = await shop.call("models.list")
    assert [(model["id"], model["status"]) for model in page["data"]] == [
        ("mine@2", "candidate"),
        ("mine@1", "candidate"),
        ("cold-start@1", "promoted"),
        ("content@1", "built-in"),
        ("popularity@1", "built-in"),
    ]
    for limit in (1, 2, 3, 4, 5):
        ids, cursor = [], None
        while True:
            page = await shop.call("models.list", limit=limit, cursor=cursor)
            ids += [model["id"] for model in page["data"]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        assert ids == ["mine@2", "mine@1", "cold-start@1", "content@1", "popularity@1"]


@pytest.mark.parametrize("cursor", ["x", "eA", "YnVpbHQtaW46eA"])
async def test_a_cursor_of_somebody_else_is_refused(shop: Shop, cursor: str) -> None:
    assert (await refusal(shop, "models.list", cursor=cursor)).param == "/cursor"


async def test_a_model_tells_what_it_was_measured_as(shop: Shop) -> None:
    await shop.keep_model("mine@1", *LINEAR)
    model = await shop.call("models.retrieve", model="mine")
    assert (model["id"], model["family"], model["origin"]) == ("mine@1", "item-knn", "trained")
    assert model["metrics"]["recall"] == 0.25
    assert model["decision"] == "First."
    assert (await shop.call("models.retrieve", model="popularity"))["status"] == "built-in"
    assert (await refusal(shop, "models.retrieve", model="yours")).code == "model_not_found"


async def test_a_promoted_model_answers_until_it_is_rolled_back(shop: Shop) -> None:
    await shop.stock("a", "b", "c", "d")
    await shop.keep_model("mine@1", *LINEAR)
    assert (await shop.call("models.promote", model="mine"))["status"] == "promoted"
    assert (await shop.call("for_user", user="ann"))["model"] == "mine@1"
    assert (await shop.call("models.promote", model="popularity"))["status"] == "promoted"
    assert (await shop.call("for_user", user="ann"))["model"] == "popularity@1"
    assert (await shop.call("models.rollback"))["id"] == "mine@1"
    assert (await shop.call("for_user", user="ann"))["model"] == "mine@1"
    # What answered before anything was promoted comes back too.
    back = await shop.call("models.rollback")
    assert (back["id"], back["status"]) == ("cold-start@1", "promoted")
    assert (await refusal(shop, "models.rollback")).code == "no_previous_model"


async def test_users_stay_in_the_groups_of_an_experiment(shop: Shop) -> None:
    await shop.stock("a", "b")
    assert (await refusal(shop, "experiment.retrieve")).code == "experiment_not_found"
    assert (await refusal(shop, "experiment.delete")).code == "experiment_not_found"
    shown = await shop.call("experiment.set", name="spring", groups=HALVES)
    assert [group["model"] for group in shown["groups"]] == ["popularity@1", "content@1"]
    groups = {}
    for number in range(200):
        answer = await shop.call("for_user", user=f"u{number}")
        groups[number] = answer["group"]
        assert answer["model"] == {"old": "popularity@1", "new": "content@1"}[answer["group"]]
    assert 70 < sum(group == "old" for group in groups.values()) < 130
    again = await shop.call("experiment.set", name="spring", groups=HALVES[::-1])
    assert again["started_at"] == shown["started_at"]
    assert (await shop.call("experiment.retrieve")) == again
    assert (await shop.call("rank", user="u0", items=["a"]))["group"] is not None
    assert (await shop.call("for_user", user="u0", model="content"))["group"] is None
    assert (await shop.call("experiment.delete"))["name"] == "spring"
    assert (await shop.call("for_user", user="u0"))["group"] is None


async def test_everybody_is_in_a_group_that_has_all_users(shop: Shop) -> None:
    groups = [{**HALVES[0], "share": 0.0}, {**HALVES[1], "share": 1.0}]
    await shop.call("experiment.set", name="all", groups=groups)
    for number in range(20):
        assert (await shop.call("for_user", user=f"u{number}"))["group"] == "new"


async def test_an_experiment_is_checked(shop: Shop) -> None:
    halves = [dict(group) for group in HALVES]
    error = await refusal(shop, "experiment.set", name="x", groups=[halves[0], halves[0]])
    assert error.param == "/groups/1/name"
    error = await refusal(
        shop, "experiment.set", name="x", groups=[halves[0], {**halves[1], "share": 0.4}]
    )
    assert (error.code, error.param) == ("invalid_request", "/groups")
    error = await refusal(
        shop, "experiment.set", name="x", groups=[halves[0], {**halves[1], "model": "no-such"}]
    )
    assert (error.code, error.param) == ("model_not_found", "/groups/1/model")
    with pytest.raises(ValidationError):
        await shop.call("experiment.set", name="x", groups=halves[:1])


async def test_clicks_and_purchases_are_credited_to_the_model_that_answered(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.keep_model("mine@1", *LINEAR)
    answers = [await shop.call("for_user", user="ann", model="popularity") for _ in range(4)]
    seen = answers[0]["recommendation_id"]
    events = [
        {"type": "click", "user": "ann", "item": "a", "recommendation_id": seen},
        {"type": "click", "user": "ann", "item": "b", "recommendation_id": seen},
        {"type": "purchase", "user": "ann", "item": "a", "recommendation_id": seen, "value": 9.5},
    ]
    assert (await shop.call("events.create", events=events))["created"] == 3
    report = await shop.call("metrics")
    assert report["online"] == [
        {
            "model": "popularity@1",
            "group": None,
            "answers": 4,
            "clicks": 1,
            "conversions": 1,
            "click_through_rate": 0.25,
            "conversion_rate": 0.25,
            "revenue": 9.5,
        }
    ]
    assert [(row["model"], row["status"]) for row in report["offline"]] == [("mine@1", "candidate")]
    await shop.store.run(lambda tx: promote(tx, "ours", "mine@1", default="x@1", now=shop.now))
    assert (await shop.call("metrics", window_s=60))["offline"][0]["status"] == "promoted"
    assert (await shop.call("metrics", "theirs")) == {
        "object": "recommendation.metrics",
        "offline": [],
        "online": [],
    }


async def test_training_needs_enough_events(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.tell(("ann", "view", "a"))
    error = await refusal(shop, "train")
    assert error.code == "not_enough_events"
    assert "10 are the least" in error.detail


async def test_training_is_put_in_the_queue(shop: Shop) -> None:
    await shop.stock("a", "b")
    await shop.tell(*[(f"u{number}", "view", "a") for number in range(100)])
    job = await shop.call("train", family="item-knn", name="mine")
    assert (job["kind"], job["status"]) == ("recommendations.train", "queued")
    stored = await shop.store.run(lambda tx: tx.jobs.get("ours", job["id"]))
    assert stored is not None
    assert json.loads(stored.payload)["family"] == "item-knn"
