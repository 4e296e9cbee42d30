"""The public data sets that recommenders are measured on."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.cards import DataSet
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.events import Events, sorted_events
from aiaas_mock.zoo.recommendations.measures import Case

Benchmark = Literal["online-retail", "msweb", "movielens-100k"]
Split = Literal["val", "test"]

ATTRIBUTION: Final = (
    "Online Retail, Daqing Chen, UCI Machine Learning Repository, CC BY 4.0; changed"
)
ONLINE_RETAIL: Final = DataSet(
    name="Online Retail",
    licence="CC BY 4.0",
    source="https://doi.org/10.24432/C5BW33 (Daqing Chen, UCI Machine Learning Repository); "
    "changed: purchases with a known customer, one row for each customer and item, 5-core",
    split="per customer by first purchase: latest tenth test, the tenth before val, rest train: "
    "211,360 / 26,575 / 26,575 of 4,074 customers and 3,145 items",
)
_LEAST_RATING: Final = 4.0
"""Ratings from here on count as liked; the others are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """What a model may learn from, and the people that it is measured on.

    Attributes:
        known: Events to learn from.
        cases: Everybody with something held out.
    """

    known: Events
    cases: tuple[Case, ...]


def load(benchmark: Benchmark, data: Path, split: Split) -> Experiment:
    """Read a data set for a measurement on one of its splits.

    For "test", the events of val may be learned from.

    Raises:
        ZooError: The data set is not there.
    """
    match benchmark:
        case "online-retail":
            return _online_retail(data, split)
        case "msweb":
            return _msweb(data, split)
        case "movielens-100k":
            return _movielens(data, split)


def with_new_items(experiment: Experiment, share: float) -> Experiment:
    """Make a share of the items new: nobody had them in training, some had them afterwards."""
    known = experiment.known
    rng = np.random.default_rng(7)
    new = np.zeros(known.size, np.bool_)
    new[rng.choice(known.size, round(share * known.size), replace=False)] = True
    cases = []
    for case in experiment.cases:
        old = ~new[case.history]
        cases.append(replace(case, history=case.history[old], times_us=case.times_us[old]))
    return Experiment(known.chosen(~new[known.items]), tuple(cases))


def rows_of(data: Path, folder: str, file: str) -> Iterator[dict[str, str]]:
    """Read a gzipped CSV file of `data`, or of `data/folder`.

    Raises:
        ZooError: The file is not there.
    """
    for path in (data / file, data / folder / file):
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
                yield from csv.DictReader(lines)
            return
    raise ZooError("data_missing", f"no {file} in {data} or {data / folder}")


def retail_titles(data: Path) -> dict[str, str]:
    """Return the title of each item of Online Retail, by its id."""
    rows = rows_of(data, "online-retail", "items.csv.gz")
    return {row["stock_code"]: row["description"] for row in rows}


def _online_retail(data: Path, split: Split) -> Experiment:
    titles = retail_titles(data)
    rows = list(rows_of(data, "online-retail", "interactions.csv.gz"))
    # An item that the newest event of the split is of is an item of the shop all the same.
    items = sorted({row["stock_code"] for row in rows})
    users = sorted({row["customer_id"] for row in rows})
    of_item = {item: at for at, item in enumerate(items)}
    of_user = {user: at for at, user in enumerate(users)}
    # The other columns count what came after the split too.
    times = [datetime.fromisoformat(row["first_at"]).replace(tzinfo=UTC) for row in rows]
    order = {"train": 0, "val": 1, "test": 2}
    return split_events(
        np.array([of_user[row["customer_id"]] for row in rows]),
        np.array([of_item[row["stock_code"]] for row in rows]),
        np.array([int(time.timestamp()) * 1_000_000 for time in times], np.int64),
        np.array([order[row["split"]] for row in rows]),
        held_out=order[split],
        item_ids=tuple(items),
        titles=tuple(titles.get(item, "") for item in items),
    )


def split_events(
    users: NDArray[np.integer],
    items: NDArray[np.integer],
    times_us: NDArray[np.int64],
    part: NDArray[np.integer],
    *,
    held_out: int,
    item_ids: tuple[str, ...],
    titles: tuple[str, ...],
) -> Experiment:
    """Learn from the parts before `held_out`, which is what people are asked about."""
    known, asked = part < held_out, part == held_out
    events = sorted_events(
        users[known],
        items[known],
        times_us[known],
        item_ids=item_ids,
        titles=titles,
        people=int(users.max(initial=-1)) + 1,
    )
    by_user = np.lexsort((items[asked], times_us[asked], users[asked]))
    wanted, whose = items[asked][by_user].astype(np.int32), users[asked][by_user]
    when = times_us[asked][by_user]
    bounds = np.searchsorted(whose, np.arange(events.people + 1))
    cases = tuple(
        Case(
            history,
            times,
            wanted[bounds[user] : bounds[user + 1]],
            when[bounds[user] : bounds[user + 1]],
        )
        for user, (history, times) in enumerate(events.histories())
        if bounds[user + 1] > bounds[user]
    )
    return Experiment(events, cases)


def _msweb(data: Path, split: Split) -> Experiment:
    """All but one: of each visitor of the test part, one area of at least two is held out.

    For "val", every tenth visitor of the training part takes that place.
    """
    areas = {row["area_id"]: row["title"] for row in rows_of(data, "msweb", "areas.csv.gz")}
    ids = tuple(sorted(areas))
    of_area = {area: at for at, area in enumerate(ids)}
    rows = list(rows_of(data, "msweb", "visits.csv.gz"))
    keys = [(row["split"], int(row["user_id"])) for row in rows]
    of_user = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    users = np.array([of_user[key] for key in keys])
    items = np.array([of_area[row["area_id"]] for row in rows], np.int32)
    official = np.array([key[0] == "test" for key in of_user])
    tested = official if split == "test" else ~official & (np.arange(len(official)) % 10 == 0)
    learned = ~(official | tested)
    known = learned[users]
    events = sorted_events(
        users[known],
        items[known],
        np.zeros(int(known.sum()), np.int64),  # nobody wrote down when
        item_ids=ids,
        titles=tuple(areas[area] for area in ids),
    )
    rng = np.random.default_rng(7)
    return Experiment(events, tuple(_all_but_one(users, items, np.flatnonzero(tested), rng)))


def _all_but_one(
    users: NDArray[np.integer],
    items: NDArray[np.int32],
    tested: NDArray[np.intp],
    rng: np.random.Generator,
) -> Iterator[Case]:
    for user in tested:
        mine = items[users == user]
        if len(mine) > 1:
            hidden = int(rng.integers(len(mine)))
            rest = np.delete(mine, hidden)
            times = np.zeros(len(mine), np.int64)
            yield Case(rest, times[1:], mine[hidden : hidden + 1], times[:1])


def _movielens(data: Path, split: Split) -> Experiment:
    """Cut as Online Retail is, per person by time. For measuring only; see its licence."""
    folder = next((at for at in (data, data / "movielens-100k") if _ratings(at).is_file()), None)
    if folder is None:
        raise ZooError(
            "data_missing",
            f"no {_ratings(data).name} in {data} or {data / 'movielens-100k'}; its licence lets "
            "nobody pass it on: it is in the package recbole 1.2.1 from PyPI",
        )
    with _ratings(folder).open(encoding="utf-8") as lines:
        next(lines)
        rows = [line.split("\t") for line in lines]
    liked = [row for row in rows if float(row[2]) >= _LEAST_RATING]
    ids = sorted({row[1] for row in liked})
    names = sorted({row[0] for row in liked})
    users = np.array([names.index(row[0]) for row in liked])
    times = np.array([int(float(row[3])) * 1_000_000 for row in liked], np.int64)
    return split_events(
        users,
        np.array([ids.index(row[1]) for row in liked]),
        times,
        _parts_by_time(users, times),
        held_out={"val": 1, "test": 2}[split],
        item_ids=tuple(ids),
        titles=("",) * len(ids),
    )


def _ratings(folder: Path) -> Path:
    return folder / "ml-100k.inter"


def _parts_by_time(users: NDArray[np.integer], times_us: NDArray[np.int64]) -> NDArray[np.integer]:
    """Per person: the latest tenth, at least one, is part 2, the tenth before it part 1."""
    part = np.zeros(len(users), np.int64)
    for user in np.unique(users):
        mine = np.flatnonzero(users == user)
        newest = mine[np.argsort(-times_us[mine], kind="stable")]
        tenth = max(1, round(len(mine) / 10))
        part[newest[:tenth]] = 2
        part[newest[tenth : 2 * tenth]] = 1
    return part
