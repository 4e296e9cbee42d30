"""``aiaas recommendations``: questions, models, experiments, figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from typer.testing import CliRunner, Result

import aiaas
from aiaas.cli._app import app
from aiaas.cli._recommendation_learning import Family
from aiaas.contract.recommendations import learning
from aiaas.testing import (
    FakeCloud,
    catalogue_item,
    interested_users,
    ranked_items,
    recommendations,
    recommended_item,
)

Run = Callable[..., Result]

MUG = recommended_item("mug-1", title="White mug", because={"mug-2": 0.3, "tea-1": 0.1}, price=4)


@pytest.fixture
def fake() -> FakeCloud:
    return FakeCloud()


@pytest.fixture
def run(fake: FakeCloud) -> Run:
    def make(api_key: str | None, *, base_url: str | None, profile: str | None) -> aiaas.Client:
        return fake.client()

    return lambda *arguments, **more: CliRunner().invoke(
        app, ["recommendations", *arguments], obj=make, **more
    )


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_recommendations_are_a_table_with_reasons(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.for_user").answers(recommendations(MUG, group="new"))
    said, header, row = lines(run("for-user", "ada"))
    assert said == "ease@1, group new, recommendation rcm_test"
    assert header.split() == ["item", "title", "score", "why"]
    assert row.split() == ["mug-1", "White", "mug", "0.400", "mug-2", "+0.3,", "tea-1", "+0.1"]
    fake.assert_called("recommendations.for_user", user="ada", count=10, exclude_seen=True)


def test_all_options_of_for_user_are_sent(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.for_user").answers(recommendations("a"))
    options = [
        *("--count", "3", "--filter", "price < 20", "--include-seen", "--diversity", "0.5"),
        *("--exploration", "0.1", "--promotion", 'category == "a:b":0.2', "--in-view", "mug-2"),
        *("--prefer", "colour=blue", "--prefer", "price=4", "--prefer", "size=1.5"),
        *("--prefer", "new=true", "--reasons", "1", "--seed", "7", "--model", "ease@1"),
    ]
    lines(run("for-user", "ada", *options))
    fake.assert_called(
        "recommendations.for_user",
        user="ada",
        count=3,
        filter="price < 20",
        exclude_seen=False,
        diversity=0.5,
        exploration=0.1,
        promotions=[{"filter": 'category == "a:b"', "share": 0.2}],
        context={
            "items": ["mug-2"],
            "prefer": {"colour": "blue", "price": 4, "size": 1.5, "new": True},
        },
        reasons=1,
        seed=7,
        model="ease@1",
    )


@pytest.mark.parametrize(
    ("arguments", "operation", "fields"),
    [
        (["similar", "mug-1"], "similar_items", {"item": "mug-1", "diversity": 0.0}),
        (
            ["popular", "--window-s", "60", "--trend", "--type", "view"],
            "popular",
            {"window_s": 60, "trend": True, "type": "view"},
        ),
        (["next", "a", "b", "--include-seen"], "next_items", {"items": ["a", "b"]}),
    ],
)
def test_other_questions_are_answered_alike(
    fake: FakeCloud, run: Run, arguments: list[str], operation: str, fields: dict[str, Any]
) -> None:
    fake.on(f"recommendations.{operation}").answers(recommendations(MUG))
    said = lines(run(*arguments))
    assert said[0] == "ease@1, recommendation rcm_test"
    assert "White mug" in said[2]
    fake.assert_called(f"recommendations.{operation}", **fields)
    (answer,) = [json.loads(line) for line in lines(run(*arguments, "--json"))]
    assert answer["items"][0]["reasons"][0]["contribution"] == 0.3


def test_items_that_cannot_be_ranked_are_named(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.rank").answers(ranked_items("mug-1", unknown={0: "nothing"}))
    result = run("rank", "ada", "nothing", "mug-1")
    assert result.exit_code == 4
    assert "mug-1" in result.stdout
    assert result.stderr == "error: nothing: There is no item 'nothing'.\n"
    fake.on("recommendations.rank").answers(ranked_items("mug-1"))
    assert "mug-1" in lines(run("rank", "ada", "mug-1"))[2]


def test_users_for_an_item_are_a_table(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.users_for_item").answers(interested_users("ada", "bob"))
    rows = [line.split() for line in lines(run("users-for", "mug-1", "--include-seen"))]
    assert rows == [["user", "score"], ["ada", "1.000"], ["bob", "0.500"]]
    fake.assert_called("recommendations.users_for_item", exclude_seen=False)
    (answer,) = lines(run("users-for", "mug-1", "--json"))
    assert json.loads(answer)["users"][0]["user_id"] == "ada"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["for-user", "ada", "--promotion", "sale"], "must be FILTER:SHARE"),
        (["for-user", "ada", "--prefer", "blue"], "must be FIELD=VALUE"),
        (["experiment", "set", "x", "a=m:half", "b=m"], "a share must be a number"),
        (["for-user", "a b"], "user must be 1 to 128 letters, digits"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(run: Run, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


# Items, users, events


def test_the_catalogue_is_listed_shown_and_deleted_from(fake: FakeCloud, run: Run) -> None:
    mug = catalogue_item("mug-1", "White mug", price=4, tags=("a", "b"))
    fake.on("recommendations.items.list").answers(mug, catalogue_item("x", available=False))
    header, row, other = lines(run("items", "list"))
    assert header.split() == ["item", "title", "available", "metadata", "updated"]
    assert "White mug  yes        price=4, tags=a | b  2026-01-01 00:00" in row
    assert other.split()[1] == "no"
    assert len(lines(run("items", "list", "--count", "1"))) == 2
    assert json.loads(lines(run("items", "list", "--json"))[0])["id"] == "mug-1"

    fake.on("recommendations.items.retrieve").answers(mug)
    assert "White mug" in "\n".join(lines(run("items", "show", "mug-1")))
    assert json.loads(lines(run("items", "show", "mug-1", "--json"))[0])["metadata"]["price"] == 4

    fake.on("recommendations.items.delete").answers()
    assert run("items", "delete", "mug-1", "mug-2").stderr == "mug-1 deleted\nmug-2 deleted\n"
    assert json.loads(lines(run("items", "delete", "mug-1", "--json"))[0])["deleted"] is True


def test_the_receipt_of_an_erasure_is_printed(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.users.delete").answers(events=1_234, models=["trained@1"])
    said = "\n".join(lines(run("users", "erase", "ada")))
    assert "1,234" in said
    assert "trained@1" in said
    assert json.loads(lines(run("users", "erase", "ada", "--json"))[0])["events"] == 1_234


def test_an_event_is_sent_from_options(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.events.create").answers(created=1, duplicates=0)
    options = ("--user", "ada", "--item", "mug-1", "--type", "purchase")
    done = run("events", "create", *options)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "purchase of mug-1 by ada created\n"
    more = ("--value", "4.5", "--time", "2026-11-24T10:30:00+01:00", "--id", "e-1")
    known = run("events", "create", *options, *more, "--recommendation-id", "rec_1", "--json")
    assert json.loads(lines(known)[0])["created"] == 1
    first, second = (json.loads(call.body)["events"][0] for call in fake.calls)
    assert {name: first[name] for name in ("type", "user", "item")} == {
        "type": "purchase",
        "user": "ada",
        "item": "mug-1",
    }
    assert "time" not in first
    assert (second["value"], second["id"], second["recommendation_id"]) == (4.5, "e-1", "rec_1")
    assert datetime.fromisoformat(second["time"]) == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_an_event_that_was_there_is_told_as_such(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.events.create").answers(created=0, duplicates=1)
    done = run("events", "create", "--user", "a", "--item", "b", "--type", "view", "--id", "e-1")
    assert (done.exit_code, done.stderr) == (
        0,
        "view of b by a known already: nothing changed\n",
    )


@pytest.mark.parametrize("time", ["yesterday", "2026-11-24", "2026-11-24T09:30:00"])
def test_a_time_without_its_offset_is_refused_before_anything_is_sent(
    fake: FakeCloud, run: Run, time: str
) -> None:
    done = run("events", "create", "--user", "a", "--item", "b", "--type", "view", "--time", time)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: --time must be a time with its offset from UTC")
    assert done.stderr.endswith(f"; got {time}\n")
    assert fake.calls == []


def test_events_are_listed(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.events.list").answers(
        {"id": "e-1", "value": 4.5, "model": None, "group": None},
        {"id": "e-2", "value": None, "model": "ease@1", "group": "new"},
    )
    header, first, second = lines(run("events", "list", "--user", "ada", "--type", "purchase"))
    assert header.split()[:3] == ["event", "time", "type"]
    assert first.split()[-1] == "4.5"
    assert second.split()[-2:] == ["ease@1", "new"]
    fake.assert_called("recommendations.events.list", user="ada", type="purchase", limit=100)
    assert json.loads(lines(run("events", "list", "--json"))[0])["id"] == "e-1"


# Learning

MEASURED = {
    "users": 100,
    "k": 10,
    "recall": 0.2,
    "ndcg": 0.15,
    "hit_rate": 0.4,
    "coverage": 0.5,
    "novelty": 9.0,
    "diversity": None,
}
MODEL = {
    "id": "trained@1",
    "family": "ease",
    "status": "promoted",
    "metrics": MEASURED,
    "decision": "better",
}
BUILT_IN: dict[str, Any] = {
    "id": "popularity@1",
    "family": "popularity",
    "status": "built-in",
    "metrics": None,
    "decision": None,
}
IN_USE = {
    "model": "trained@1",
    "group": None,
    "answers": 10,
    "clicks": 4,
    "conversions": 1,
    "click_through_rate": 0.4,
    "conversion_rate": 0.1,
    "revenue": 4.5,
}
GROUPS = [
    {"name": "control", "model": "popularity@1", "share": 0.5},
    {"name": "new", "model": "trained@1", "share": 0.5},
]
EXPERIMENT: dict[str, Any] = {
    "name": "spring",
    "groups": GROUPS,
    "started_at": "2026-11-24T09:30:00Z",
}
DONE: dict[str, Any] = {
    "status": "succeeded",
    "progress": 1.0,
    "finished_at": "2026-01-01T00:00:00Z",
    "result": {"model": "trained@2", "promoted": True, "metrics": {"recall": 0.2}},
}


def test_families_are_those_of_the_contract() -> None:
    assert [family.value for family in Family] == list(get_args(learning.Family))


def test_training_prints_the_job(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.train").answers(id="job_1")
    options = ("--family", "ease", "--name", "spring", "--type", "purchase", "--never-promote")
    assert lines(run("train", *options, "--seed", "3")) == ["job_1"]
    fake.assert_called(
        "recommendations.train",
        family="ease",
        name="spring",
        types=["purchase"],
        promote="never",
        seed=3,
    )
    assert json.loads(lines(run("train", "--json"))[0])["id"] == "job_1"


def test_training_is_waited_for(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.train").answers(id="job_1")
    fake.on("jobs.retrieve").answers(id="job_1", **DONE)
    said = [line.split() for line in lines(run("train", "--wait"))]
    assert said[1:] == [["job", "job_1"], ["model", "trained@2"], ["promoted", "True"]]


def test_training_that_fails_is_said(fake: FakeCloud, run: Run) -> None:
    error = {"title": "t", "status": 422, "detail": "Only 3 events.", "code": "not_enough_events"}
    fake.on("recommendations.train").answers(id="job_1")
    fake.on("jobs.retrieve").answers(
        id="job_1", status="failed", finished_at="2026-01-01T00:00:00Z", error=error
    )
    result = run("train", "--wait")
    assert result.exit_code == 1
    assert result.stderr == "error: job_1 failed: Only 3 events.\n"


def test_models_are_listed_shown_promoted_and_taken_back(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.models.list").answers(MODEL, BUILT_IN)
    header, first, second = (line.split() for line in lines(run("models", "list")))
    assert header == ["model", "family", "status", "recall", "nDCG", "decision"]
    assert first[:5] == ["trained@1", "ease", "promoted", "0.200", "0.150"]
    assert second == ["popularity@1", "popularity", "built-in"]
    assert len(lines(run("models", "list", "--json"))) == 2

    fake.on("recommendations.models.retrieve").answers(MODEL)
    shown = lines(run("models", "show", "trained@1"))
    assert ["recall@10", "0.200"] in [line.split() for line in shown]
    fake.on("recommendations.models.retrieve").answers(
        **BUILT_IN, created_at=None, events=None, items=None, job=None
    )
    assert "recall" not in "\n".join(lines(run("models", "show", "trained@1")))
    assert json.loads(lines(run("models", "show", "trained@1", "--json"))[0])["metrics"] is None

    fake.on("recommendations.models.promote").answers(MODEL)
    assert lines(run("promote", "trained@1")) == ["trained@1 answers from now on"]
    fake.on("recommendations.models.rollback").answers(id="popularity@1")
    assert lines(run("rollback")) == ["popularity@1 answers from now on"]
    assert json.loads(lines(run("rollback", "--json"))[0])["id"] == "popularity@1"


def test_figures_are_two_tables(fake: FakeCloud, run: Run) -> None:
    measured = {"model": "trained@1", "family": "ease", "status": "promoted", "metrics": MEASURED}
    fake.on("recommendations.metrics").answers(offline=[measured], online=[IN_USE])
    offline, _, first, online, _, second = lines(run("metrics", "--window-s", "60"))
    assert offline.startswith("measured")
    assert first.split()[:5] == ["trained@1", "ease", "promoted", "100", "0.200"]
    assert online == "in use:"
    assert second.split() == ["trained@1", "10", "4", "40.0%", "1", "10.0%", "4.50"]
    assert json.loads(lines(run("metrics", "--json"))[0])["online"][0]["clicks"] == 4
    fake.on("recommendations.metrics").answers(offline=[], online=[])
    assert "nothing was measured" in run("metrics").stderr


def test_an_experiment_is_set_shown_and_ended(fake: FakeCloud, run: Run) -> None:
    fake.on("recommendations.experiment.set").answers(**EXPERIMENT)
    title, header, control, _ = lines(run("experiment", "set", "spring", "a=m@1:0.9", "b=m@2:0.1"))
    assert title == "spring, since 2026-11-24 09:30 UTC"
    assert header.split() == ["group", "model", "share"]
    assert control.split() == ["control", "popularity@1", "50%"]
    fake.assert_called(
        "recommendations.experiment.set",
        groups=[
            {"name": "a", "model": "m@1", "share": 0.9},
            {"name": "b", "model": "m@2", "share": 0.1},
        ],
    )
    lines(run("experiment", "set", "spring", "a=m@1", "b=m@2"))
    sent = fake.calls_of("recommendations.experiment.set")[-1].fields["groups"]
    assert [group["share"] for group in sent] == [0.5, 0.5]
    fake.on("recommendations.experiment.retrieve").answers(**EXPERIMENT)
    assert json.loads(lines(run("experiment", "show", "--json"))[0])["name"] == "spring"
    fake.on("recommendations.experiment.delete").answers(name="spring")
    assert run("experiment", "end").stderr == "spring ended\n"
    assert json.loads(lines(run("experiment", "end", "--json"))[0])["deleted"] is True
