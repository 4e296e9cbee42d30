"""What people did with which items, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.recommenders import Recency
from aiaas_mock.inference.recommenders.recency import visits_ago

Floats = NDArray[np.float32]
Positions = NDArray[np.int32]

_PAIRS: Final = 4_000_000
"""Pairs of items that are counted at once."""
_DENSE: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events of people 0, 1, 2 ..., sorted by person and time.

    Attributes:
        users: Whose each event is.
        items: Position of each event's item in `item_ids`.
        times_us: When it was, in microseconds.
        people: Number of people, those without events too.
        item_ids: Ids of all items.
        titles: A title for each item, empty where there is none.
    """

    users: Positions
    items: Positions
    times_us: NDArray[np.int64]
    people: int
    item_ids: tuple[str, ...]
    titles: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.users)

    @property
    def size(self) -> int:
        """Number of items."""
        return len(self.item_ids)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each person's events begin; one more at the end."""
        return np.searchsorted(self.users, np.arange(self.people + 1)).astype(np.int64)

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Events:
        """Return the chosen events, in their order."""
        return replace(
            self, users=self.users[which], items=self.items[which], times_us=self.times_us[which]
        )

    def popularity(self) -> NDArray[np.int64]:
        """Return in how many events each item is."""
        return np.bincount(self.items, minlength=self.size)

    def histories(self) -> Iterator[tuple[Positions, NDArray[np.int64]]]:
        """Go through the items and times of each person."""
        starts = self.starts
        for begin, end in pairwise(starts):
            yield self.items[begin:end], self.times_us[begin:end]

    def visits(self) -> NDArray[np.int64]:
        """Return for each event the number of its visit; no two people share one."""
        begins = np.ones(len(self), np.int64)
        for begin, end in pairwise(self.starts):
            if end > begin:
                begins[begin + 1 : end] = -np.diff(visits_ago(self.times_us[begin:end]))
        return np.cumsum(begins) - 1

    def weights(self, recency: Recency) -> Floats:
        """Return the weight of each event as the newest of its person see it."""
        every = [recency.weights(times) for _, times in self.histories()]
        return np.concatenate(every) if every else np.zeros(0, np.float32)


def sorted_events(
    users: NDArray[np.integer],
    items: NDArray[np.integer],
    times_us: NDArray[np.int64],
    *,
    item_ids: tuple[str, ...],
    titles: tuple[str, ...],
    people: int | None = None,
) -> Events:
    """Sort events by person and time; at the same time by item, so that nothing is left to luck."""
    order = np.lexsort((items, times_us, users))
    return Events(
        users[order].astype(np.int32),
        items[order].astype(np.int32),
        times_us[order].astype(np.int64),
        people if people is not None else int(users.max(initial=-1)) + 1,
        item_ids,
        titles,
    )


def capped(events: Events, *, per_person: int) -> Events:
    """Keep the newest event of each person and item, and of each person only the newest ones.

    Whoever sends thousands of events counts as anybody else: no more than `per_person` items, and
    none of them twice.
    """
    pair = events.users.astype(np.int64) * events.size + events.items
    _, last = np.unique(pair[::-1], return_index=True)
    once = events.chosen(np.sort(len(events) - 1 - last))
    starts = once.starts
    newer = starts[once.users + 1] - np.arange(len(once))
    return once.chosen(newer <= per_person)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Some rows of the matrix that says how often two items are together; no zeros.

    Attributes:
        first: Row of the first item of this part.
        end: Row after its last one.
        rows: One item of each pair, ascending.
        columns: The other one.
        counts: How often they are together; an item is with itself as often as it is at all.
    """

    first: int
    end: int
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    counts: NDArray[np.int64]


def co_occurrences(groups: NDArray[np.int64], items: Positions, size: int) -> Iterator[Pairs]:
    """Count in how many groups each two items are together, some rows at a time.

    Args:
        groups: The group of each item, ascending from 0: a person, or a visit.
        items: The items; none is twice in a group.
        size: Number of items there are.
    """
    starts = np.searchsorted(groups, np.arange(int(groups.max(initial=-1)) + 2))
    by_item = np.argsort(items, kind="stable")
    begins = np.searchsorted(items[by_item], np.arange(size + 1))
    lengths = (starts[groups + 1] - starts[groups])[by_item]
    until = np.concatenate([[0], np.cumsum(lengths)])[begins]  # pairs of all items before each
    first = 0
    while first < size:
        end = int(np.searchsorted(until, until[first] + _PAIRS, side="right")) - 1
        end = min(max(end, first + 1), size)
        mine = by_item[begins[first] : begins[end]]
        widths = lengths[begins[first] : begins[end]]
        owner = np.repeat(np.arange(len(mine)), widths)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(widths) - widths, widths)
        other = items[starts[groups[mine]][owner] + offset]
        cells = (items[mine][owner].astype(np.int64) - first) * size + other
        there, counts = _counted(cells, (end - first) * size)
        yield Pairs(first, end, there // size + first, there % size, counts)
        first = end


def _counted(cells: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count how often each number below `most` is there, those that are."""
    if most > _DENSE * len(cells):  # few of many: to sort them is quicker than to count all
        return np.unique(cells, return_counts=True)
    counted = np.bincount(cells, minlength=most)
    there = np.flatnonzero(counted)
    return there, counted[there]
