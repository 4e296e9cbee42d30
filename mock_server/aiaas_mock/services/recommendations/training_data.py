"""What a training process is given: events, items, settings and the model that answers now."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.histories import strength
from aiaas_mock.services.recommendations.reports import LIST_LENGTH
from aiaas_mock.storage import Store
from aiaas_mock.storage.recommendations import StoredEvent, StoredItem

EVENTS: Final = "events.npz"
ITEMS: Final = "items.jsonl"
SETTINGS: Final = "settings.json"
INCUMBENT: Final = "incumbent"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ITEMS_AT_A_TIME: Final = 1_000
_EVENTS_AT_A_TIME: Final = 5_000

_Columns = tuple[list[int], list[int], list[float], list[int]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        events: Number of events.
        users: Number of different users.
        items: Number of items.
    """

    events: int
    users: int
    items: int


async def export(
    store: Store,
    demo: DemoCatalogue,
    namespace: str,
    folder: Path,
    *,
    types: Sequence[str] | None,
    write: Callable[[Callable[[], None]], Awaitable[None]],
) -> Exported:
    """Write the items and events of a namespace into a folder.

    It is read in portions, so that requests are not kept waiting; events that arrive meanwhile
    may be among them or not.

    Args:
        store: Where they are.
        demo: What namespaces without items show.
        namespace: Whose they are.
        folder: Where they go.
        types: Only events of these types.
        write: Has files written off the event loop.
    """
    items = await _items(store, demo, namespace)
    places = {item.id: place for place, item in enumerate(items)}
    users: dict[str, int] = {}
    columns: _Columns = ([], [], [], [])
    after: int | None = 0
    while after is not None:
        since = after
        page = await store.run(
            lambda tx: tx.events.batches(  # which a store may ask for again
                namespace,
                types=types,
                after=since,  # noqa: B023
                limit=_EVENTS_AT_A_TIME,
            )
        )
        _take((event for _, event in page), places, users, columns)
        after = page[-1][0] if page else None

    def save() -> None:
        _write_items(folder / ITEMS, items)
        np.savez(folder / EVENTS, allow_pickle=False, **_arrays(columns))

    await write(save)
    return Exported(events=len(columns[0]), users=len(users), items=len(items))


def write_settings(folder: Path, *, family: str, seed: int) -> None:
    """Write how to train."""
    settings = {"family": family, "k": LIST_LENGTH, "seed": seed, "max_events_per_user": 500}
    (folder / SETTINGS).write_text(json.dumps(settings), "utf-8")


async def _items(store: Store, demo: DemoCatalogue, namespace: str) -> Sequence[StoredItem]:
    items: list[StoredItem] = []
    while True:
        after = items[-1].id if items else None
        page = await store.run(
            lambda tx: tx.items.list(namespace, after=after, limit=_ITEMS_AT_A_TIME)  # noqa: B023
        )
        items += page
        if len(page) < _ITEMS_AT_A_TIME:
            return items or list(demo.items.values())


def _take(
    events: Iterable[StoredEvent],
    places: Mapping[str, int],
    users: dict[str, int],
    columns: _Columns,
) -> None:
    """Take events in."""
    for event in events:
        place = places.get(event.item)
        if place is not None:  # the item may have been deleted since
            columns[0].append(users.setdefault(event.user, len(users)))
            columns[1].append(place)
            columns[2].append(strength(event.type))
            columns[3].append(int((event.time - _EPOCH).total_seconds() * 1e6))


def _arrays(columns: _Columns) -> dict[str, NDArray[Any]]:
    users, items, weights, times = columns
    return {
        "users": np.array(users, np.int32),
        "items": np.array(items, np.int32),
        "weights": np.array(weights, np.float32),
        "times_us": np.array(times, np.int64),
    }


def _write_items(file: Path, items: Sequence[StoredItem]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for item in items:
            lines.write(json.dumps({"item_id": item.id, "title": item.title or ""}) + "\n")
