"""Recommendations: what is asked, and how pleasantly the answers read."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.contract.examples import example_of
from aiaas.testing import recommendations, recommended_item

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

Ask = Callable[[Any], Any]


def sent(request: httpx.Request) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(request.content)
    return body


def example(name: str) -> Any:
    return example_of(f"recommendations.{name}").response


BLUE = {"kind": "item", "contribution": 0.31, "exact": True, "item_id": "mug-2"}
MUG = {
    "item_id": "mug-1",
    "score": 0.43,
    "title": "White mug",
    "metadata": {"price": 4.5},
    "reasons": [
        {**BLUE, "title": "Blue mug", "detail": "Goes with Blue mug."},
        {"kind": "popularity", "contribution": 0.12, "exact": True, "detail": "Many like it."},
    ],
}
ANSWER = {
    "id": "rcm_1",
    "object": "recommendations",
    "model": "ease@1",
    "usage": {"inputs": 1},
    "recommendation_id": "rcm_1",
    "items": [MUG],
}
USERS = {**ANSWER, "users": [{"user_id": "ada", "score": 0.43}]}


CALLS: list[tuple[str, Ask, str, str, str]] = [
    (
        "for_user",
        lambda r: r.for_user("ada", count=1),
        "POST",
        "/v1/recommendations/for-user",
        "Recommendations",
    ),
    (
        "similar_items",
        lambda r: r.similar_items("mug-2", count=1),
        "POST",
        "/v1/recommendations/similar-items",
        "Recommendations",
    ),
    ("rank", lambda r: r.rank("ada", ["mug-1"]), "POST", "/v1/recommendations/rank", "RankedItems"),
    (
        "popular",
        lambda r: r.popular(count=1),
        "POST",
        "/v1/recommendations/popular",
        "Recommendations",
    ),
    (
        "next_items",
        lambda r: r.next_items(["mug-2"], count=1),
        "POST",
        "/v1/recommendations/next-items",
        "Recommendations",
    ),
    (
        "users_for_item",
        lambda r: r.users_for_item("mug-1", count=1),
        "POST",
        "/v1/recommendations/users-for-item",
        "InterestedUsers",
    ),
    (
        "items.retrieve",
        lambda r: r.items.retrieve("mug-1"),
        "GET",
        "/v1/recommendations/items/mug-1",
        "Item",
    ),
    (
        "items.delete",
        lambda r: r.items.delete("mug-1"),
        "DELETE",
        "/v1/recommendations/items/mug-1",
        "DeletedItem",
    ),
    (
        "users.delete",
        lambda r: r.users.delete("ada"),
        "DELETE",
        "/v1/recommendations/users/ada",
        "ErasedUser",
    ),
    ("train", lambda r: r.train(family="ease"), "POST", "/v1/recommendations/train", "Job"),
    (
        "models.retrieve",
        lambda r: r.models.retrieve("trained@1"),
        "GET",
        "/v1/recommendations/models/trained%401",
        "TrainedModel",
    ),
    (
        "models.promote",
        lambda r: r.models.promote("trained@1"),
        "POST",
        "/v1/recommendations/models/trained%401/promote",
        "TrainedModel",
    ),
    (
        "models.rollback",
        lambda r: r.models.rollback(),
        "POST",
        "/v1/recommendations/rollback",
        "TrainedModel",
    ),
    (
        "experiment.set",
        lambda r: r.experiment.set("spring", {"control": "popularity@1", "new": "trained@1"}),
        "PUT",
        "/v1/recommendations/experiment",
        "Experiment",
    ),
    (
        "experiment.retrieve",
        lambda r: r.experiment.retrieve(),
        "GET",
        "/v1/recommendations/experiment",
        "Experiment",
    ),
    (
        "experiment.delete",
        lambda r: r.experiment.delete(),
        "DELETE",
        "/v1/recommendations/experiment",
        "EndedExperiment",
    ),
    (
        "metrics",
        lambda r: r.metrics(window_s=60),
        "GET",
        "/v1/recommendations/metrics?window_s=60",
        "RecommendationMetrics",
    ),
]


@pytest.mark.parametrize(("name", "ask", "method", "path", "kind"), CALLS)
def test_every_call_asks_its_address_and_answers_its_type(
    cloud: Cloud, name: str, ask: Ask, method: str, path: str, kind: str
) -> None:
    cloud.answers(cloud.json(example(name)))
    answer = cloud.run(lambda client: ask(client.recommendations))
    (request,) = cloud.requests
    assert (request.method, request.url.raw_path.decode()) == (method, path)
    assert type(answer) is getattr(aiaas, kind)
    assert answer.request_id == "req_json"
    again = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own bytes
    assert (again, again.request_id) == (answer, "req_json")


@pytest.mark.parametrize(
    ("name", "listed", "kind"),
    [
        ("items.list", lambda r: r.items.list(limit=7), aiaas.Item),
        (
            "events.list",
            lambda r: r.events.list(user="ada", item="mug-1", type="click", limit=7),
            aiaas.Event,
        ),
        ("models.list", lambda r: r.models.list(limit=7), aiaas.TrainedModel),
    ],
)
def test_lists_go_on_over_all_pages(cloud: Cloud, name: str, listed: Ask, kind: type) -> None:
    page = example(name)
    page = {**page, "data": page["data"][:1], "has_more": False, "next_cursor": None}
    cloud.answers(cloud.json({**page, "has_more": True, "next_cursor": "more"}), cloud.json(page))
    found = cloud.run(lambda client: listed(client.recommendations))
    assert [type(one) for one in found] == [kind, kind]
    assert found[0].request_id == "req_json"
    first, second = (dict(request.url.params) for request in cloud.requests)
    assert first["limit"] == "7"
    assert second == {**first, "cursor": "more"}


def test_the_filters_of_a_list_of_events_are_sent(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json(example("events.list")))
    sync_cloud.run(
        lambda client: client.recommendations.events.list(user="ada", item="mug-1", type="click")
    )
    (request,) = sync_cloud.requests
    query = dict(request.url.params)
    assert query == {"user": "ada", "item": "mug-1", "type": "click", "limit": "100"}


def test_all_that_for_user_takes_is_sent(cloud: Cloud) -> None:
    cloud.answers(cloud.json(example("for_user")))
    cloud.run(
        lambda client: client.recommendations.for_user(
            "ada",
            count=5,
            filter="price < 20",
            exclude_seen=False,
            diversity=0.5,
            exploration=0.1,
            promotions=(
                aiaas.Promotion(filter='category == "mugs"', share=0.2),
                {"filter": "sale", "share": 0.1},
            ),
            context={"items": ["mug-2"], "prefer": {"colour": "blue"}},
            reasons=2,
            seed=3,
            model="ease@1",
        )
    )
    assert sent(cloud.requests[0]) == {
        "user": "ada",
        "count": 5,
        "filter": "price < 20",
        "exclude_seen": False,
        "diversity": 0.5,
        "exploration": 0.1,
        "promotions": [
            {"filter": 'category == "mugs"', "share": 0.2},
            {"filter": "sale", "share": 0.1},
        ],
        "context": {"items": ["mug-2"], "prefer": {"colour": "blue"}},
        "reasons": 2,
        "seed": 3,
        "model": "ease@1",
    }


def test_a_generator_of_items_is_ranked(cloud: Cloud) -> None:
    cloud.answers(cloud.json(example("rank")), cloud.json(example("next_items")))
    context = aiaas.Context(items=("mug-2",))
    cloud.run(
        lambda client: client.recommendations.rank(
            "ada", (f"mug-{n}" for n in range(3)), context=context
        )
    )
    cloud.run(lambda client: client.recommendations.next_items(iter(["a", "b"])))
    assert sent(cloud.requests[0])["items"] == ["mug-0", "mug-1", "mug-2"]
    assert sent(cloud.requests[0])["context"]["items"] == ["mug-2"]
    assert sent(cloud.requests[1])["items"] == ["a", "b"]


def test_groups_of_a_mapping_are_of_equal_size(cloud: Cloud) -> None:
    cloud.answers(*(cloud.json(example("experiment.set")) for _ in range(2)))
    cloud.run(lambda client: client.recommendations.experiment.set("x", {"a": "m@1", "b": "m@2"}))
    cloud.run(
        lambda client: client.recommendations.experiment.set(
            "x",
            [
                aiaas.Group(name="a", model="m@1", share=0.9),
                {"name": "b", "model": "m@2", "share": 0.1},
            ],
        )
    )
    equal, own = (sent(request)["groups"] for request in cloud.requests)
    assert [group["share"] for group in equal] == [0.5, 0.5]
    assert own == [
        {"name": "a", "model": "m@1", "share": 0.9},
        {"name": "b", "model": "m@2", "share": 0.1},
    ]


def test_types_to_learn_from_are_sent(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json(example("train")))
    sync_cloud.run(
        lambda client: client.recommendations.train(
            family="bpr", name="spring", types=iter(["purchase"]), promote="never", seed=2
        )
    )
    assert sent(sync_cloud.requests[0]) == {
        "family": "bpr",
        "name": "spring",
        "types": ["purchase"],
        "promote": "never",
        "seed": 2,
    }


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda r: r.for_user("no spaces allowed"), "user must be 1 to 128 letters, digits"),
        (lambda r: r.for_user("ada", count=101), "count must be 100 or less"),
        (lambda r: r.for_user("ada", diversity=1.5), "diversity must be 1 or less"),
        (lambda r: r.for_user("ada", seed=-1), "seed must be 0 or more"),
        (
            lambda r: r.for_user("ada", promotions=[{"filter": "a", "share": 2.0}]),
            r"promotions\.0\.share must be 1 or less",
        ),
        (lambda r: r.for_user("ada", context={"item": ["a"]}), r"context\.item is not known here"),
        (lambda r: r.rank("ada", []), "items must have at least 1 entry"),
        (lambda r: r.rank("ada", "mug-1"), "items must be a list"),
        (lambda r: r.next_items("mug-1"), "items must be a list"),
        (lambda r: r.popular(window_s=0), "window_s must be 1 or more"),
        (lambda r: r.similar_items(""), "item must be 1 to 128 letters, digits"),
        (lambda r: r.users_for_item("a", count=0), "count must be 1 or more"),
        (lambda r: r.train(family="svd"), "family must be 'auto', "),
        (lambda r: r.train(types="purchase"), "types must be a list"),
        (lambda r: r.items.retrieve("a b"), "item_id must be 1 to 128 letters, digits"),
        (lambda r: r.items.list(limit=1_001), "limit must be 1000 or less"),
        (lambda r: r.users.delete(""), "user_id must be 1 to 128 letters, digits"),
        (lambda r: r.events.list(type="Click"), "type must be 1 to 32 small letters"),
        (lambda r: r.models.retrieve(""), "name must have at least 1 character"),
        (lambda r: r.models.list(limit=0), "limit must be 1 or more"),
        (lambda r: r.experiment.set("x", {"a": "m"}), "groups must have at least 2 entries"),
        (lambda r: r.experiment.set("x", {}), "groups must have at least 2 entries"),
        (lambda r: r.metrics(window_s=0), "window_s must be 1 or more"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(
    sync_cloud: Cloud, ask: Ask, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sync_cloud.run(lambda client: ask(client.recommendations))
    assert sync_cloud.requests == []


def test_an_answer_is_read_like_a_list(cloud: Cloud) -> None:
    cloud.answers(cloud.json(ANSWER), cloud.json(USERS))
    answer = cloud.run(lambda client: client.recommendations.for_user("ada"))
    assert len(answer) == 1
    assert [(item.item_id, item.title, item.score) for item in answer] == [
        ("mug-1", "White mug", 0.43)
    ]
    assert answer.items[0].why == "Blue mug +0.31, popularity +0.12"
    users = cloud.run(lambda client: client.recommendations.users_for_item("mug-1"))
    assert (len(users), [user.user_id for user in users]) == (1, ["ada"])
    assert "mug-1" in repr(answer)


def test_an_answer_without_items_is_empty(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json({**ANSWER, "items": []}))
    answer = sync_cloud.run(lambda client: client.recommendations.for_user("ada"))
    assert not answer
    assert list(answer) == []


def test_reasons_say_whether_they_are_estimates() -> None:
    reasons = [
        {"kind": "item", "contribution": 0.5, "exact": False, "item_id": "mug-2", "detail": "..."},
        {"kind": "model", "contribution": -0.25, "exact": True, "detail": "..."},
        {"kind": "promotion", "contribution": 0.0, "exact": True, "detail": "..."},
    ]
    item = aiaas.RecommendedItem.model_validate(
        {"item_id": "a", "score": 0.25, "metadata": {}, "reasons": reasons}
    )
    assert item.why == "mug-2 ~+0.5, model -0.25, promotion"
    assert recommended_item("a").reasons == ()


def of_ada(cloud: Cloud) -> Any:
    cloud.answers(cloud.json(ANSWER))
    return cloud.run(lambda client: client.recommendations.for_user("ada"))


def test_an_event_of_an_answer_names_the_answer_and_its_user(cloud: Cloud) -> None:
    answer = of_ada(cloud)
    event = answer.event("click", answer.items[0])
    assert event == aiaas.NewEvent(
        type="click", user="ada", item="mug-1", recommendation_id=answer.recommendation_id
    )
    time = datetime(2026, 1, 1, tzinfo=UTC)
    event = answer.event("purchase", "mug-1", user="bob", value=4.5, time=time, id="e-1")
    assert (event.user, event.value, event.time, event.id) == ("bob", 4.5, time, "e-1")


def test_a_copy_of_an_answer_still_knows_its_user(sync_cloud: Cloud) -> None:
    answer = of_ada(sync_cloud)
    pickled = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own bytes
    for copied in (copy.deepcopy(answer), pickled):
        assert copied == answer
        assert copied.event("click", "mug-1").user == "ada"
    assert "_user" not in answer.model_dump()


def test_an_event_needs_a_user_where_the_answer_was_for_nobody(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.json(recommendations("a").model_dump(mode="json")))
    answer = sync_cloud.run(lambda client: client.recommendations.popular())
    with pytest.raises(ValueError, match="nobody in particular: pass user="):
        answer.event("click", "a")
    assert answer.event("click", "a", user="ada").user == "ada"
    with pytest.raises(ValueError, match="type must be 1 to 32 small letters"):
        answer.event("Click!", "a", user="ada")


def test_items_that_cannot_be_ranked_are_beside_those_that_can(sync_cloud: Cloud) -> None:
    error = {"index": 1, "error": {"title": "t", "status": 404, "detail": "d", "code": "c"}}
    sync_cloud.answers(sync_cloud.json({**ANSWER, "errors": [error]}))
    ranked = sync_cloud.run(lambda client: client.recommendations.rank("ada", ["mug-1", "x"]))
    assert [item.item_id for item in ranked] == ["mug-1"]
    assert ranked.errors[0].index == 1
    assert ranked.event("click", "mug-1").user == "ada"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("item_not_found", aiaas.NotFoundError),
        ("invalid_filter", aiaas.InvalidRequestError),
        ("no_previous_model", aiaas.ConflictError),
        ("not_enough_events", aiaas.ConflictError),
    ],
)
def test_a_refusal_is_an_exception(sync_cloud: Cloud, code: str, error: type[Exception]) -> None:
    sync_cloud.answers(sync_cloud.problem(code))
    with pytest.raises(error):
        sync_cloud.run(lambda client: client.recommendations.for_user("ada"))
