"""Shops made up for tests: groups of items that are bought together."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aiaas_mock.zoo.recommendations.events import Events, capped, sorted_events

GROUPS = 4
PER_GROUP = 6
ITEMS = GROUPS * PER_GROUP
DAY_US = 86_400_000_000
IDS = tuple(f"i{number}" for number in range(ITEMS))
_COLOURS = ("red", "green", "blue", "pink")
TITLES = tuple(f"{_COLOURS[at // PER_GROUP]} cup {at}" for at in range(ITEMS))


def shop(people: int = 40, *, each: int = 5, seed: int = 1) -> Events:
    """Everybody buys items of one group, one a day."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(people), each)
    rows = [rng.permutation(PER_GROUP)[:each] + PER_GROUP * (at % GROUPS) for at in range(people)]
    times = np.concatenate([np.arange(each) * DAY_US + at for at in range(people)])
    return sorted_events(users, np.concatenate(rows), times, item_ids=IDS, titles=TITLES)


def give(folder: Path, events: Events, **settings: Any) -> Path:
    """Write the folder that a job is given."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / "events.npz",
        users=events.users,
        items=events.items,
        weights=np.ones(len(events), np.float32),
        times_us=events.times_us,
    )
    lines = [
        json.dumps({"item_id": item, "title": title}) + "\n"
        for item, title in zip(events.item_ids, events.titles, strict=True)
    ]
    (folder / "items.jsonl").write_text("".join(lines), "utf-8")
    (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    return folder


def small(events: Events) -> Events:
    """Return what counts of it in a job."""
    return capped(events, per_person=500)


def write_retail(data: Path, people: int = 24) -> None:
    """Write Online Retail as small as it can be: the last item test, the one before val."""
    rows, sales = [], []
    events = shop(people)
    for history, (items, _) in enumerate(events.histories()):
        for place, item in enumerate(items):
            split = {len(items) - 1: "test", len(items) - 2: "val"}.get(place, "train")
            at = (
                f"2011-01-{1 + place // 2 - place // 4:02} 10:00:00"  # a visit of two, one of three
            )
            rows.append([f"{history}", IDS[item], at, at, "1", "2", split])
            sales.append(["1", IDS[item], TITLES[item], "2", at, f"{item + 1}.5", "7", "UK"])
    folder = data / "online-retail"
    _write(
        folder / "interactions.csv.gz",
        "customer_id stock_code first_at last_at lines quantity split",
        rows,
    )
    _write(
        folder / "transactions.csv.gz",
        "invoice_no stock_code description quantity invoice_date unit_price customer_id country",
        [*sales, ["2", IDS[0], TITLES[0], "-1", "2011-02-01 10:00:00", "9", "7", "UK"]],
    )
    _write(folder / "items.csv.gz", "stock_code description", zip(IDS, TITLES, strict=True))


def write_msweb(data: Path) -> None:
    """Write MSWeb: 30 visitors to learn from, 6 to test, the last of one area only."""
    visits = [
        ["train", f"{10 + user}", f"{100 + user % 3 + step}"]
        for user in range(30)
        for step in range(2)
    ]
    visits += [
        ["test", f"{10 + user}", f"{100 + step}"]
        for user in range(6)
        for step in range(1 if user == 5 else 3)
    ]
    _write(data / "msweb" / "visits.csv.gz", "split user_id area_id", visits)
    areas = [[f"{100 + at}", f"area {at}", "/"] for at in range(5)]
    _write(data / "msweb" / "areas.csv.gz", "area_id title url", areas)


def write_movielens(data: Path) -> None:
    """Write ratings of 5 people; those below 4 stars are none of our business."""
    data.mkdir(parents=True, exist_ok=True)
    lines = ["user_id:token\titem_id:token\trating:float\ttimestamp:float"]
    lines += [
        f"{user}\t{film}\t{5 if film % 5 else 1}\t{film * 100}"
        for user in range(5)
        for film in range(12)
    ]
    (data / "ml-100k.inter").write_text("\n".join(lines) + "\n", "utf-8")


def _write(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
