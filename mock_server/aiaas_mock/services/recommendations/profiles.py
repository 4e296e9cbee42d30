"""What is known of users, in memory for those who were here lately."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.backend import Floats
from aiaas_mock.services.recommendations.catalogue import CatalogueView, Positions
from aiaas_mock.services.recommendations.histories import MOST_ACTS, MOST_ITEMS, Deed, history
from aiaas_mock.services.recommendations.popularity import Seconds
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import Act, MetadataValue, StoredUser

SHARED_AGE_S: Final = 0.5
"""Where other processes change the store too, what was read is used no longer than this."""

_MOST_USERS: Final = 20_000
_MOST_TRIES: Final = 3

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

Times = NDArray[np.int64]
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Past:
    """Items that somebody had to do with, the newest first.

    Attributes:
        positions: Where they are in the catalogue; each once.
        strengths: How much was done with each, up to 1.
        times_us: When, in microseconds.
        types: What was done with each.
    """

    positions: Positions
    strengths: Floats
    times_us: Times
    types: tuple[str, ...]

    @classmethod
    def of(cls, deeds: Sequence[Deed], catalogue: CatalogueView) -> Past:
        """Make that of deeds with items that are in a catalogue; others are left out."""
        places = [catalogue.find(deed.item) for deed in deeds]
        known = [
            (place, deed) for place, deed in zip(places, deeds, strict=True) if place is not None
        ]
        return cls(
            np.array([place for place, _ in known], np.intp),
            np.array([deed.strength for _, deed in known], np.float32),
            np.array([_to_us(deed.time) for _, deed in known], np.int64),
            tuple(deed.type for _, deed in known),
        )

    def __len__(self) -> int:
        return len(self.types)


@dataclass(frozen=True, slots=True)
class Profile:
    """A user.

    Attributes:
        past: The newest items of the user's events.
        seen: All of them.
        metadata: What is known beside.
    """

    past: Past
    seen: Positions
    metadata: Mapping[str, MetadataValue]


@dataclass(frozen=True, slots=True)
class _Kept:
    profile: Profile
    catalogue: CatalogueView
    change: int
    read_at: float


class Profiles:
    """The users of all namespaces; those who were not here for longest are forgotten.

    Args:
        store: Where their events are.
        clock: Tells how old something is.
        most: Most users that are remembered.
    """

    def __init__(self, store: Store, *, clock: Seconds, most: int = _MOST_USERS) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._reading: dict[_Key, int] = {}
        """Reads under way, and how often the user changed meanwhile."""

    def forget(self, namespace: str, users: Sequence[str]) -> None:
        """Note that other things are known of users than before."""
        for user in users:
            key = namespace, user
            self._kept.pop(key, None)
            if key in self._reading:
                self._reading[key] += 1

    def forget_all(self, namespace: str) -> None:
        """Note that other things are known of all users of a namespace."""
        self.forget(namespace, [user for space, user in self._kept if space == namespace])
        self.forget(namespace, [user for space, user in self._reading if space == namespace])

    async def of(self, namespace: str, user: str, catalogue: CatalogueView) -> Profile:
        """Return what is known of a user, who need not be known."""
        key = namespace, user
        kept = self._kept.get(key)
        if kept is not None and self._is_good(kept, catalogue):
            self._kept.move_to_end(key)
            return kept.profile
        return await self._read(key, catalogue)

    def _is_good(self, kept: _Kept, catalogue: CatalogueView) -> bool:
        if kept.catalogue is not catalogue or kept.change != catalogue.last_change:
            return False  # an item of the user's may have come or gone
        return not self._store.shared or self._clock() - kept.read_at < SHARED_AGE_S

    async def _read(self, key: _Key, catalogue: CatalogueView) -> Profile:
        namespace, user = key

        def read(transaction: Transaction) -> tuple[Sequence[Act], StoredUser | None]:
            acts = transaction.events.of_user(namespace, user, limit=MOST_ACTS)
            return acts, transaction.users.get(namespace, user)

        for _ in range(_MOST_TRIES):
            before, read_at = self._reading.setdefault(key, 0), self._clock()
            acts, known = await self._store.run(read)
            change = catalogue.last_change
            deeds = history(acts)
            seen = catalogue.places([deed.item for deed in deeds])
            profile = Profile(
                past=Past.of(deeds[:MOST_ITEMS], catalogue),
                seen=seen[seen >= 0],
                metadata={} if known is None else known.metadata,
            )
            if self._reading.get(key, before) == before:
                self._reading.pop(key, None)
                self._keep(key, _Kept(profile, catalogue, change, read_at))
                break
        self._reading.pop(key, None)
        return profile

    def _keep(self, key: _Key, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _to_us(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND
