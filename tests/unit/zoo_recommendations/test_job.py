"""The training job: what it says, what it decides, and what it will not be fooled by."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.zoo_recommendations.shops import (
    DAY_US,
    GROUPS,
    IDS,
    ITEMS,
    PER_GROUP,
    TITLES,
    give,
    shop,
)

from aiaas_mock.inference.recommenders import load_recommender, read_manifest
from aiaas_mock.zoo.recommendations import promotion, tenant
from aiaas_mock.zoo.recommendations.events import Events, sorted_events
from aiaas_mock.zoo.recommendations.job import REFUSED, main

Lines = list[Mapping[str, Any]]


def run(source: Path, out: Path) -> tuple[int, Lines]:
    lines: Lines = []
    status = main([str(source), str(out)], lines.append)
    return status, lines


def trained(source: Path, out: Path) -> dict[str, Any]:
    status, lines = run(source, out)
    assert status == 0, lines
    report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    return report


def refused(source: Path, out: Path) -> tuple[str, str]:
    status, lines = run(source, out)
    assert status == REFUSED
    assert not (out / "model").exists()
    error = lines[-1]["error"]
    return error["code"], error["detail"]


def test_a_first_model_is_promoted_with_its_figures(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop())
    status, lines = run(source, tmp_path / "out")
    assert status == 0
    fractions = [line["fraction"] for line in lines]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert [line["step"] for line in lines][:2] == ["read", "train"]
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["promote"] is True
    assert "of what is popular" in report["reason"]
    assert report["family"] == "ease"
    assert report["candidate"]["recall@10"] > 0.9
    assert (report["events"], report["held_out_events"], report["users"]) == (200, 20, 40)
    model = load_recommender(tmp_path / "out" / "model")
    assert model.items == IDS
    assert read_manifest(tmp_path / "out" / "model").trained_until_us == report["trained_until_us"]


def with_incumbent(tmp_path: Path, events: Events, **settings: Any) -> Path:
    """Make an incumbent of the first events, and a folder that asks for its successor."""
    trained(give(tmp_path / "before", events, **settings), tmp_path / "incumbent")
    return tmp_path / "incumbent" / "model"


def test_a_model_that_is_worse_is_not_promoted(tmp_path: Path) -> None:
    old = with_incumbent(tmp_path, shop(), family="ease")
    source = give(tmp_path / "in", shop(400, seed=2), family="popularity")
    shutil.copytree(old, source / "incumbent")
    report = trained(source, tmp_path / "out")
    assert report["promote"] is False
    assert report["p_value"] < 0.05
    assert report["incumbent"]["ndcg@10"] > report["candidate"]["ndcg@10"]
    assert "significantly worse" in report["reason"]
    assert f"{report['incumbent']['ndcg@10']:.4f}" in report["reason"]


def test_a_model_that_is_as_good_is_promoted(tmp_path: Path) -> None:
    old = with_incumbent(tmp_path, shop(), family="popularity")
    source = give(tmp_path / "in", shop(seed=3), family="item-knn", k=5)
    shutil.copytree(old, source / "incumbent")
    report = trained(source, tmp_path / "out")
    assert report["promote"] is True
    assert "is not significantly worse" in report["reason"]
    assert "ndcg@5" in report["candidate"]


def later(events: Events, days: int) -> Events:
    return replace(events, times_us=events.times_us + days * DAY_US)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (100, "events that neither model has seen"),
        (0, "the present model was trained again without them: only 0 are newer"),
    ],
)
def test_the_two_are_compared_on_what_neither_has_seen_where_enough_is(
    tmp_path: Path, days: int, said: str
) -> None:
    old = with_incumbent(tmp_path, shop(), family="ease")
    source = give(tmp_path / "in", later(shop(), days))
    shutil.copytree(old, source / "incumbent")
    report = trained(source, tmp_path / "out")
    assert said in report["reason"]
    assert report["compared_on"] in report["reason"]


def test_an_incumbent_may_not_say_what_it_has_seen(tmp_path: Path) -> None:
    old = with_incumbent(tmp_path, shop(), family="ease")
    manifest = json.loads((old / "recommender.json").read_text("utf-8"))
    del manifest["trained_until_us"]
    (old / "recommender.json").write_text(json.dumps(manifest), "utf-8")
    source = give(tmp_path / "in", shop())
    shutil.copytree(old, source / "incumbent")
    assert "trained again without them" in trained(source, tmp_path / "out")["reason"]


def test_the_newer_part_alone_counts_when_it_is_large_enough(tmp_path: Path) -> None:
    # The incumbent knows the newest tenth up to its middle.
    events = shop(600)
    newest = np.sort(events.times_us)[-300]
    old = with_incumbent(tmp_path, events.chosen(events.times_us <= newest + 50), family="ease")
    source = give(tmp_path / "in", events)
    shutil.copytree(old, source / "incumbent")
    report = trained(source, tmp_path / "out")
    assert report["compared_on"] == "the held-out events that neither model has seen"
    assert report["held_out_users"] < report["held_out_events"]


def test_an_incumbent_may_know_other_items(tmp_path: Path) -> None:
    events = shop()
    ids = tuple(f"other {item}" if at % 2 else item for at, item in enumerate(IDS))
    old = with_incumbent(tmp_path, replace(events, item_ids=ids), family="ease")
    source = give(tmp_path / "in", later(events, 100))
    shutil.copytree(old, source / "incumbent")
    report = trained(source, tmp_path / "out")
    assert report["incumbent"]["recall@10"] < report["candidate"]["recall@10"]


def test_one_users_thousands_of_events_move_nobody_elses_list(tmp_path: Path) -> None:
    honest = shop()
    rng = np.random.default_rng(5)
    attack = sorted_events(
        np.concatenate([honest.users, np.full(10_000, honest.people)]),
        np.concatenate([honest.items, rng.choice([0, PER_GROUP], 10_000)]),
        np.concatenate([honest.times_us, rng.integers(0, 5 * DAY_US, 10_000)]),
        item_ids=IDS,
        titles=TITLES,
    )
    tops = []
    for name, events in (("clean", honest), ("dirty", attack)):
        report = trained(give(tmp_path / name, events, family="item-knn"), tmp_path / f"{name}-out")
        model = load_recommender(tmp_path / f"{name}-out" / "model")
        ones = np.ones(2, np.float32)
        tops.append(
            [
                set(np.argsort(-model.scores(np.array([at, at + 1], np.int32), ones))[:PER_GROUP])
                for at in range(0, ITEMS, PER_GROUP)
            ]
        )
    assert (report["events_given"], report["events"]) == (10_200, 202)
    assert tops[0] == tops[1]


def test_the_newest_events_of_a_user_are_those_that_count(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop(), max_events_per_user=3)
    assert trained(source, tmp_path / "out")["events"] == 120


def test_of_very_many_users_some_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promotion, "MOST_PEOPLE", 7)
    report = trained(give(tmp_path / "in", shop()), tmp_path / "out")
    assert (report["held_out_users"], report["held_out_events"]) == (7, 20)


def test_large_catalogues_are_trained_by_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant, "MOST_ITEMS", ITEMS - 1)
    assert trained(give(tmp_path / "in", shop()), tmp_path / "out")["family"] == "item-knn"


def test_the_same_events_give_the_same_model(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop(), seed=5)
    for name in ("one", "two"):
        trained(source, tmp_path / name)
    for file in (tmp_path / "one" / "model").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / "model" / file.name).read_bytes()


def test_events_that_all_have_one_time_are_split_too(tmp_path: Path) -> None:
    events = shop()
    source = give(tmp_path / "in", replace(events, times_us=np.zeros_like(events.times_us)))
    assert trained(source, tmp_path / "out")["held_out_events"] == 20


@pytest.mark.parametrize("events", [shop(1), shop(GROUPS, each=2)])
def test_too_few_events_are_refused(tmp_path: Path, events: Events) -> None:
    code, detail = refused(give(tmp_path / "in", events), tmp_path / "out")
    assert code == "not_enough_events"
    assert "needs 10 of 2 users" in detail


def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    good = give(tmp_path / "in", shop())
    for name, content, code in (
        ("settings.json", b'{"k": 0}', "bad_settings"),
        ("settings.json", b'{"family": "ease", "settings": {"lambda": 1}}', "bad_settings"),
        ("settings.json", None, "data_missing"),
        ("items.jsonl", b"[1]\n", "data_missing"),
        ("items.jsonl", b'{"item_id": "a"}\n', "data_missing"),  # fewer than the events have
        ("events.npz", b"PK", "data_missing"),
    ):
        source = shutil.copytree(good, tmp_path / "bad", dirs_exist_ok=True)
        (source / name).unlink()
        if content is not None:
            (source / name).write_bytes(content)
        found, detail = refused(source, tmp_path / "out")
        assert found == code
        assert name.partition(".")[0] in detail or "lambda" in detail


def test_an_incumbent_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    source = give(tmp_path / "in", shop())
    (source / "incumbent").mkdir()
    code, detail = refused(source, tmp_path / "out")
    assert code == "incumbent_invalid"
    assert "recommender.json" in detail
