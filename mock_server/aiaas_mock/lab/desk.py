"""What the handlers of the lab work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiaas_mock.lab.namespaces import Namespaces
from aiaas_mock.lab.state import StoredState


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the lab tells of the server.

    Attributes:
        version: Its version.
        engine: What runs the models.
        models: Ids of the models there are.
        fault_header: Whether a request may bring a fault in a header.
        state: Tells what the server is doing.
    """

    version: str
    engine: str
    models: tuple[str, ...]
    fault_header: bool
    state: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the handlers of the lab share.

    Attributes:
        spaces: All namespaces.
        stored: Their rows.
        guests: Whether development keys enter.
        snapshot_bytes: Memory that all snapshots together may take, about.
        facts: What is told of the server.
        server_id: Names this run of it.
    """

    spaces: Namespaces
    stored: StoredState
    guests: bool
    snapshot_bytes: int
    facts: Facts
    server_id: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a reset may name."""
        return tuple(self.spaces.nowhere.parts)
