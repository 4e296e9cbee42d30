"""Cassettes: HTTP exchanges with a deployment, written down and played again without it."""

from aiaas_mock.cassettes.exchange import Cassette, Chunk, Exchange
from aiaas_mock.cassettes.har import CassetteError, read_har, write_har
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
