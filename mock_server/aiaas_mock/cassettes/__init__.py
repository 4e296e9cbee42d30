"""Cassettes: HTTP exchanges with a deployment, written down and played again without it.

Importing this module loads nothing: a server that records nothing needs no HTTP client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiaas_mock.cassettes.exchange import Cassette, Chunk, Exchange
    from aiaas_mock.cassettes.har import write_har
    from aiaas_mock.cassettes.har_reading import CassetteError, read_har
    from aiaas_mock.cassettes.playing import Player, UnmatchedRequestError
    from aiaas_mock.cassettes.recording import Recorder
    from aiaas_mock.cassettes.redaction import Redaction

__all__ = [
    "Cassette",
    "CassetteError",
    "Chunk",
    "Exchange",
    "Player",
    "Recorder",
    "Redaction",
    "UnmatchedRequestError",
    "read_har",
    "write_har",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_HOMES = {
    "Cassette": "exchange",
    "CassetteError": "har_reading",
    "Chunk": "exchange",
    "Exchange": "exchange",
    "Player": "playing",
    "Recorder": "recording",
    "Redaction": "redaction",
    "UnmatchedRequestError": "playing",
    "read_har": "har_reading",
    "write_har": "har",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'aiaas_mock.cassettes' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"aiaas_mock.cassettes.{home}"), name)
    globals()[name] = value
    return value
