"""`Lab` puts the parts of the lab together, for `app` to hang on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.types import ASGIApp

from aiaas_mock.context import Clock, random_id
from aiaas_mock.gateway.authentication import Authenticator
from aiaas_mock.gateway.keys import KnownKeys
from aiaas_mock.gateway.records import Recorder
from aiaas_mock.gateway.tokens import TokenMint
from aiaas_mock.lab.claim import Claims
from aiaas_mock.lab.control.endpoint import Control
from aiaas_mock.lab.control.routes import control_plane
from aiaas_mock.lab.desk import Desk, Facts
from aiaas_mock.lab.development import DevelopmentKeys
from aiaas_mock.lab.journal.journal import JournalSize, Shelf
from aiaas_mock.lab.limits import Rate
from aiaas_mock.lab.namespace import Blueprint, MakePart
from aiaas_mock.lab.namespaces import Namespaces
from aiaas_mock.lab.shim import LabShim
from aiaas_mock.lab.state import Memory, StoredState
from aiaas_mock.lab.visit import LabTenancy
from aiaas_mock.storage import Store

_JOURNALS: Final = 16
"""All journals together keep what so many do that are full."""

PARTS: Final[Mapping[str, MakePart]] = {}
"""Makers of what every namespace has one of, by the scope that resets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOptions:
    """How the lab behaves.

    Attributes:
        most_namespaces: How many may be made.
        staying: Namespaces of registered keys, which are never dropped.
        rate: The deployment's limit of a key.
        admin_token: What the control plane wants to be shown; None for this machine only.
        guests: Whether development keys enter.
        fault_header: Whether a request may bring a fault rule in a header.
        journal: How much the journal of a namespace keeps.
        snapshot_bytes: Memory that all snapshots together may take, about.
    """

    most_namespaces: int
    staying: Collection[str]
    rate: Rate | None
    admin_token: str | None
    guests: bool
    fault_header: bool
    journal: JournalSize
    snapshot_bytes: int


class Lab:
    """The lab of one deployment.

    Args:
        options: How it behaves.
        store: Where rows are kept.
        memories: What is in memory of the rows.
        machine: Gives the time of the machine.

    Attributes:
        tenancy: Where requests come in.
    """

    def __init__(
        self, options: LabOptions, *, store: Store, memories: Sequence[Memory], machine: Clock
    ) -> None:
        self._options = options
        self._stored = StoredState(store, memories)
        self._spaces = Namespaces(
            Blueprint(
                machine=machine,
                rate=options.rate,
                journal=options.journal,
                shelf=Shelf(_JOURNALS * options.journal.bytes),
                parts=PARTS,
            ),
            self._stored.erase,
            most=options.most_namespaces,
            staying=options.staying,
        )
        self.tenancy: Final = LabTenancy()

    @property
    def keys(self) -> Sequence[KnownKeys]:
        """Keys that are accepted beside those of the deployment."""
        return [DevelopmentKeys()] if self._options.guests else []

    def time_in(self, namespace: str) -> datetime:
        """Return the time in a namespace."""
        return (self._spaces.find(namespace) or self._spaces.nowhere).clock.now()

    def around(
        self,
        app: ASGIApp,
        *,
        authenticator: Authenticator,
        mint: TokenMint,
        recorder: Recorder,
        facts: Facts,
    ) -> ASGIApp:
        """Return an application with the lab's layer around it."""

        def of_token(token: str) -> str | None:
            claims = mint.read(token)
            return None if claims is None else claims.principal.namespace

        return LabShim(
            app,
            self._control(facts, recorder),
            self._spaces,
            Claims(of_token, authenticator.known, guests=self._options.guests),
            recorder,
            fault_header=self._options.fault_header,
            journal=self._options.journal.entries > 0,
        )

    def _control(self, facts: Facts, recorder: Recorder) -> ASGIApp:
        options, server_id = self._options, random_id("srv")
        desk = Desk(
            spaces=self._spaces,
            stored=self._stored,
            guests=options.guests,
            snapshot_bytes=options.snapshot_bytes,
            facts=facts,
            server_id=server_id,
        )
        control = Control(
            spaces=self._spaces,
            admin_token=options.admin_token,
            recorder=recorder,
            server_id=server_id,
        )
        return control_plane(desk, control)
