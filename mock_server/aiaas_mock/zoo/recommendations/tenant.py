"""What a training job is given: a tenant's events and items, and what to make of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from aiaas.contract.recommendations.learning import Family
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.recommendations.ease import MOST_ITEMS
from aiaas_mock.zoo.recommendations.events import Events, capped, sorted_events
from aiaas_mock.zoo.recommendations.measures import Case
from aiaas_mock.zoo.recommendations.settings import Setting

FEWEST_USERS: Final = 2
FEWEST_EVENTS: Final = 10
_HELD_OUT: Final = 0.1
"""Share of the events, the newest, that a candidate is measured on."""

_Arrays = dict[str, NDArray[np.int64]]


class JobSettings(BaseModel):
    """The content of `settings.json`.

    Attributes:
        family: "auto" takes EASE where its closed form is affordable, else item-kNN.
        k: Length of the lists that are compared.
        max_events_per_user: Newest events of a person that count.
        settings: Settings of the family, by name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: Family = "auto"
    k: Annotated[int, Field(ge=1, le=100)] = 10
    seed: int = 7
    max_events_per_user: PositiveInt = 500
    settings: dict[str, str | int | float | bool] = Field({})


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A training that was asked for.

    Attributes:
        events: What counts of what was given.
        given: Number of events that were given.
        family: Of the new model.
        k: Length of the lists that are compared.
        settings: Of the family.
        incumbent: Folder of the model that is served now.
    """

    events: Events
    given: int
    family: str
    k: int
    settings: dict[str, Setting]
    incumbent: Path | None


def read_order(source: Path) -> Order:
    """Read the folder that a job is given.

    Raises:
        ZooError: Something is missing or invalid, or there are too few events.
    """
    wanted = _read_settings(source / "settings.json")
    item_ids, titles = _read_items(source / "items.jsonl")
    arrays = _read_arrays(source / "events.npz", size=len(item_ids))
    everything = sorted_events(
        arrays["users"],
        arrays["items"],
        arrays["times_us"],
        item_ids=item_ids,
        titles=titles,
    )
    events = capped(everything, per_person=wanted.max_events_per_user)
    people = len(np.unique(events.users))
    if people < FEWEST_USERS or len(events) < FEWEST_EVENTS:
        raise ZooError(
            "not_enough_events",
            f"there are {len(events)} different items of {people} users; a training needs "
            f"{FEWEST_EVENTS} of {FEWEST_USERS} users at least",
        )
    family = wanted.family
    if family == "auto":
        family = "ease" if len(item_ids) <= MOST_ITEMS else "item-knn"
    incumbent = source / "incumbent"
    return Order(
        events,
        len(everything),
        family,
        wanted.k,
        {"seed": wanted.seed, **wanted.settings},
        incumbent if incumbent.is_dir() else None,
    )


def held_out_newest(order: Order) -> tuple[Events, Events]:
    """Split the events at one moment: the newest tenth is held out."""
    times = np.sort(order.events.times_us)
    cut = times[len(times) - max(1, round(len(times) * _HELD_OUT))]
    newest = order.events.times_us >= cut
    if newest.all():  # all at the same time: there is no newest
        newest = np.arange(len(newest)) >= len(newest) - max(1, round(len(newest) * _HELD_OUT))
    return order.events.chosen(~newest), order.events.chosen(newest)


def cases_of(known: Events, held_out: Events) -> Iterator[Case]:
    """Ask everybody with held-out events about them; who is new has no history."""
    for (history, times), (wanted, when) in zip(
        known.histories(), held_out.histories(), strict=True
    ):
        if len(wanted):
            yield Case(history, times, wanted, when)


def _read_settings(path: Path) -> JobSettings:
    try:
        return JobSettings.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ZooError("data_missing", f"no readable {path.name}: {error.strerror}") from error
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in fault["loc"])
        raise ZooError("bad_settings", f"{path.name}: {place}: {fault['msg']}") from error


def _read_items(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        ids = tuple(str(row["item_id"]) for row in rows)
        return ids, tuple(str(row.get("title") or "") for row in rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError("data_missing", f"{path.name} holds no items, one JSON a line") from error


def _read_arrays(path: Path, *, size: int) -> _Arrays:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name].astype(np.int64) for name in ("users", "items", "times_us")}
    except (OSError, ValueError, KeyError) as error:
        raise ZooError("data_missing", f"{path.name} holds no events") from error
    items = found["items"]
    if len(items) and not 0 <= items.min() <= items.max() < size:
        raise ZooError("data_missing", f"{path.name} has items that items.jsonl has not")
    return found
