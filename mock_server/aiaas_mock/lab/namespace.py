"""A namespace: what belongs to it in memory. Its rows are in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiaas_mock.context import Clock
from aiaas_mock.lab.clock import SteeredClock
from aiaas_mock.lab.draws import Draws
from aiaas_mock.lab.faults.rules import FaultRules
from aiaas_mock.lab.journal.journal import Journal, JournalSize
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What all namespaces are made with.

    Attributes:
        machine: Gives the time of the machine.
        rate: The deployment's limit of a key; None for none.
        journal: How much a journal keeps.
        parts: Makers of further parts, by the scope that resets them.
    """

    machine: Clock
    rate: Rate | None = None
    journal: JournalSize = field(default_factory=JournalSize)
    parts: Mapping[str, MakePart]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A moment of a namespace.

    Attributes:
        made_at: When, by the machine's clock.
        rows: What the store kept.
        parts: What was in memory.
    """

    made_at: datetime
    rows: NamespaceRows
    parts: Mapping[str, Any]


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
        self.journal = Journal(blueprint.journal)
        self.overrides = Overrides()
        self.recordings = Recordings(self.clock.now)
        self.parts: dict[str, Part] = {
            STATE: self.draws,
            "clock": self.clock,
            "limits": self.limits,
            "faults": self.faults,
            "journal": self.journal,
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
