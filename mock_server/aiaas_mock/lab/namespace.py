"""A namespace: what belongs to it in memory. Its rows are in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sys import getsizeof
from typing import Any, Final

from aiaas_mock.context import Clock
from aiaas_mock.lab.clock import SteeredClock
from aiaas_mock.lab.draws import Draws
from aiaas_mock.lab.faults.rules import FaultRules
from aiaas_mock.lab.journal.journal import Journal, JournalSize, Shelf
from aiaas_mock.lab.limits import Rate, SteeredLimits
from aiaas_mock.lab.overrides.overrides import Overrides
from aiaas_mock.lab.parts import Part
from aiaas_mock.lab.recordings.recordings import Recordings
from aiaas_mock.storage import NamespaceRows

MakePart = Callable[["Namespace"], Part]
"""Makes a further part of a namespace."""

MOST_SNAPSHOTS: Final = 16

STATE: Final = "state"
"""The scope of a reset that is rows and draws: what a client can see."""
JOURNAL: Final = "journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What all namespaces are made with.

    Attributes:
        machine: Gives the time of the machine.
        rate: The deployment's limit of a key; None for none.
        journal: How much a journal keeps.
        shelf: The room that all journals share.
        parts: Makers of further parts, by the scope that resets them.
    """

    machine: Clock
    rate: Rate | None = None
    journal: JournalSize = field(default_factory=JournalSize)
    shelf: Shelf = field(default_factory=Shelf)
    parts: Mapping[str, MakePart]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A moment of a namespace.

    Attributes:
        made_at: When, by the machine's clock.
        rows: What the store kept.
        parts: What was in memory.
        weight_bytes: Memory that rows and journal take, about.
    """

    made_at: datetime
    rows: NamespaceRows
    parts: Mapping[str, Any]
    weight_bytes: int

    @classmethod
    def of(cls, rows: NamespaceRows, parts: Mapping[str, Any], *, made_at: datetime) -> Snapshot:
        """Keep what was copied, and weigh it."""
        values = (value for table in rows.values() for row in table for value in row.values())
        journal_bytes = sum(entry.weight_bytes for entry in parts[JOURNAL])
        weight_bytes = sum(map(getsizeof, values)) + journal_bytes
        return cls(made_at=made_at, rows=rows, parts=parts, weight_bytes=weight_bytes)


class Namespace:
    """What belongs to a namespace in memory.

    Args:
        name: Its name.
        blueprint: What it is made with.

    Attributes:
        name: Its name.
        made_at: When it was made, by the machine's clock.
        clock: Gives its time.
        draws: Makes its ids.
        limits: Its rate limit.
        faults: Its fault rules.
        journal: What was asked of it.
        overrides: Answers in the place of real ones.
        recordings: What was answered, kept to be answered again.
        parts: All that is reset with it, by scope.
        snapshots: Moments that it can come back to, by id, the oldest first.
        visits: How many requests are under way in it.
    """

    def __init__(self, name: str, blueprint: Blueprint) -> None:
        self.name = name
        self.made_at: datetime = blueprint.machine()
        self.clock = SteeredClock(blueprint.machine)
        self.draws = Draws()
        self.limits = SteeredLimits(blueprint.rate, self.clock.now)
        self.faults = FaultRules(self.clock.now, self.draws)
        self.journal = Journal(blueprint.journal, blueprint.shelf)
        self.overrides = Overrides()
        self.recordings = Recordings(self.clock.now)
        self.parts: dict[str, Part] = {
            STATE: self.draws,
            "clock": self.clock,
            "limits": self.limits,
            "faults": self.faults,
            JOURNAL: self.journal,
            "overrides": self.overrides,
            "recordings": self.recordings,
        }
        for scope, make in blueprint.parts.items():
            self.parts[scope] = make(self)
        self.snapshots: dict[str, Snapshot] = {}
        self.visits = 0
        self._idle: asyncio.Event | None = None

    def leave(self) -> None:
        """Count a request that is over."""
        self.visits -= 1
        if self._idle is not None and not self.visits:
            self._idle.set()
            self._idle = None

    async def until_idle(self) -> None:
        """Wait until no request is under way."""
        while self.visits:
            self._idle = self._idle or asyncio.Event()
            await self._idle.wait()

    @property
    def snapshot_bytes(self) -> int:
        """Memory that all snapshots take, about."""
        return sum(snapshot.weight_bytes for snapshot in self.snapshots.values())

    def keep(self, snapshot_id: str, snapshot: Snapshot) -> None:
        """Keep a moment; the oldest of too many gives way."""
        self.snapshots[snapshot_id] = snapshot
        if len(self.snapshots) > MOST_SNAPSHOTS:
            del self.snapshots[next(iter(self.snapshots))]

    def copy(self) -> dict[str, Any]:
        """Return what `restore` needs to come back to this moment."""
        return {scope: part.copy() for scope, part in self.parts.items()}

    def restore(self, copied: Mapping[str, Any]) -> None:
        """Be as when `copied` was made."""
        for scope, part in self.parts.items():
            part.restore(copied[scope])
