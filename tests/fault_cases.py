"""What a client sees of every kind of fault: over a socket, and in one process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

PAUSE_S: Final = 0.05
PATH: Final = "/v1/models/clothing"
STREAM: Final = "/v1/text/generate"
STREAMED: Final = {"prompt": "a", "model": "lstm-lm", "max_tokens": 3, "stream": True, "seed": 1}

Event = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a request.

    Attributes:
        status: HTTP status; None when there was no answer.
        headers: Headers of the answer, those that come twice with a comma between.
        body: What arrived of the body.
        error: What httpx raised.
        took_s: How long it took.
    """

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    error: httpx.TransportError | None
    took_s: float

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[Event]:
        """The events of a stream; the data of one that is no JSON is None."""
        found = []
        for block in self.body.decode().split("\n\n")[:-1]:
            kind, data = (line.partition(": ")[2] for line in block.split("\n"))
            try:
                found.append((kind, json.loads(data)))
            except ValueError:
                found.append((kind, None))
        return found

    def is_json(self) -> bool:
        """Say whether the body is JSON."""
        try:
            json.loads(self.body)
        except ValueError:
            return False
        return True

    def tokens(self) -> list[int | None]:
        """Return the indexes of the tokens of a stream."""
        return [data and data["index"] for kind, data in self.events if kind == "token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCase:
    """A fault and what a client sees of it.

    Attributes:
        fault: The fault.
        check: Says whether what was seen is what it should be.
        raises: What httpx raises; None for nothing.
        stream: Whether the request asks for a stream of events.
        longer_s: How long it takes at least.
    """

    fault: Mapping[str, Any]
    check: Callable[[Seen], bool] = field(default=lambda seen: True)
    raises: type[httpx.TransportError] | None = None
    stream: bool = False
    longer_s: float = 0.0

    @property
    def kind(self) -> str:
        """Kind of the fault."""
        kind: str = self.fault["kind"]
        return kind


def _problem(status: int, code: str, **headers: str) -> Callable[[Seen], bool]:
    def check(seen: Seen) -> bool:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return (
            (seen.status, seen.json["code"]) == (status, code)
            and seen.headers["content-type"] == "application/problem+json"
            and all(seen.headers[name] == value for name, value in names.items())
        )

    return check


def _whole(seen: Seen) -> bool:
    return seen.status == 200 and seen.json["name"] == "clothing"


CASES: Final = [
    FaultCase(
        fault={"kind": "status", "status": 503, "retry_after_s": 0.1},
        check=_problem(503, "overloaded", retry_after="1", retry_after_ms="100"),
    ),
    FaultCase(
        fault={"kind": "status", "status": 502},
        check=lambda seen: (
            (seen.status, seen.body, seen.headers["content-type"])
            == (502, b"Bad Gateway", "text/plain")
        ),
    ),
    FaultCase(
        fault={"kind": "status", "status": 599},
        check=lambda seen: (seen.status, seen.body) == (599, b"Unknown"),
    ),
    FaultCase(
        fault={"kind": "rate_limit", "retry_after_s": 2},
        check=_problem(429, "rate_limited", retry_after="2", retry_after_ms="2000"),
    ),
    FaultCase(
        fault={"kind": "quota"},
        check=_problem(
            429, "rate_limited", aiaas_should_retry="false", ratelimit='"quota";r=0;t=3600'
        ),
    ),
    FaultCase(
        fault={"kind": "auth_expired"},
        check=_problem(401, "expired_token", www_authenticate='Bearer realm="aiaas"'),
    ),
    FaultCase(fault={"kind": "forbidden"}, check=_problem(403, "insufficient_scope")),
    FaultCase(
        fault={"kind": "validation", "param": "/inputs/3"},
        check=lambda seen: (
            (seen.status, seen.json["param"], len(seen.json["errors"])) == (422, "/inputs/3", 1)
        ),
    ),
    FaultCase(fault={"kind": "overloaded"}, check=_problem(503, "overloaded", retry_after="1")),
    FaultCase(fault={"kind": "internal"}, check=_problem(500, "internal_error")),
    FaultCase(fault={"kind": "deadline"}, check=_problem(504, "deadline_exceeded")),
    FaultCase(fault={"kind": "latency", "delay_s": PAUSE_S}, check=_whole, longer_s=PAUSE_S),
    FaultCase(
        fault={
            "kind": "latency",
            "delay_s": PAUSE_S,
            "max_s": 2 * PAUSE_S,
            "distribution": "uniform",
        },
        check=_whole,
        longer_s=PAUSE_S,
    ),
    FaultCase(
        fault={"kind": "latency", "delay_s": 0.01, "max_s": 0.02, "distribution": "lognormal"},
        check=_whole,
    ),
    FaultCase(fault={"kind": "ttfb", "delay_s": PAUSE_S}, check=_whole, longer_s=PAUSE_S),
    FaultCase(fault={"kind": "ramp", "step_s": PAUSE_S}, check=_whole, longer_s=PAUSE_S),
    FaultCase(fault={"kind": "timeout"}, raises=httpx.ReadTimeout),
    FaultCase(
        fault={"kind": "malformed_json"},
        check=lambda seen: seen.status == 200 and not seen.is_json() and _closed(seen),
    ),
    FaultCase(
        fault={"kind": "truncate", "keep_bytes": 9},
        check=lambda seen: len(seen.body) == 9 and seen.headers["content-length"] == "9",
    ),
    FaultCase(
        fault={"kind": "wrong_schema"},
        check=lambda seen: seen.json["name"] == ["clothing"],
    ),
    FaultCase(
        fault={"kind": "wrong_content_type"},
        check=lambda seen: _whole(seen) and seen.headers["content-type"] == "text/html",
    ),
    FaultCase(
        fault={"kind": "duplicate_header"},
        check=lambda seen: (
            _whole(seen) and seen.headers["x-request-id"].endswith(", req_duplicate")
        ),
    ),
    FaultCase(
        fault={"kind": "empty_body"}, check=lambda seen: (seen.status, seen.body) == (200, b"")
    ),
    FaultCase(
        fault={"kind": "slow_chunks", "chunks": 6, "pause_s": PAUSE_S / 5},
        check=_whole,
        longer_s=PAUSE_S,
    ),
    FaultCase(fault={"kind": "bandwidth", "bytes_per_s": 10_000}, check=_whole, longer_s=PAUSE_S),
    FaultCase(fault={"kind": "reset"}, raises=httpx.ReadError),
    FaultCase(fault={"kind": "reset", "when": "after"}, raises=httpx.ReadError),
    FaultCase(
        fault={"kind": "empty_reply"},
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "without sending a response" in str(seen.error),
    ),
    FaultCase(
        fault={"kind": "empty_reply", "when": "after"},
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "without sending a response" in str(seen.error),
    ),
    FaultCase(
        fault={"kind": "close_mid_body"},
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "without sending complete message body" in str(seen.error),
    ),
    FaultCase(fault={"kind": "reset_mid_body"}, raises=httpx.ReadError),
    FaultCase(
        fault={"kind": "slow_close", "hold_s": PAUSE_S},
        check=lambda seen: _whole(seen) and "content-length" not in seen.headers,
        longer_s=PAUSE_S,
    ),
    FaultCase(
        fault={"kind": "malformed_chunk"},
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "chunk header" in str(seen.error),
    ),
    FaultCase(
        fault={"kind": "malformed_head"},
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "illegal status line" in str(seen.error),
    ),
    FaultCase(
        fault={"kind": "drop_after_events", "events": 2},
        stream=True,
        raises=httpx.RemoteProtocolError,
        check=lambda seen: "without sending complete message body" in str(seen.error),
    ),
    FaultCase(
        fault={"kind": "error_event", "events": 2},
        stream=True,
        check=lambda seen: (
            seen.tokens() == [0, 1]
            and (seen.events[-1][0], seen.events[-1][1]["code"]) == ("error", "internal_error")
        ),
    ),
    FaultCase(fault={"kind": "stall", "events": 1}, stream=True, raises=httpx.ReadTimeout),
    FaultCase(
        fault={"kind": "stall", "events": 1, "pause_s": PAUSE_S},
        stream=True,
        check=lambda seen: seen.tokens() == [0, 1, 2],
        longer_s=PAUSE_S,
    ),
    FaultCase(
        fault={"kind": "reordered", "position": 1},
        stream=True,
        check=lambda seen: seen.tokens() == [0, 2, 1],
    ),
    FaultCase(
        fault={"kind": "reordered", "position": 3},  # the last one has nothing to come after
        stream=True,
        check=lambda seen: seen.tokens() == [0, 1, 2] and seen.events[-1][0] == "done",
    ),
    FaultCase(
        fault={"kind": "duplicate_event", "position": 1},
        stream=True,
        check=lambda seen: seen.tokens() == [0, 1, 1, 2],
    ),
    FaultCase(
        fault={"kind": "malformed_event"},
        stream=True,
        check=lambda seen: seen.tokens() == [None, 1, 2],
    ),
]
"""Every kind, some in several forms."""


def _closed(seen: Seen) -> bool:
    """Say whether a bracket is all that is missing."""
    name: str = json.loads(seen.body + b"}")["name"]
    return name == "clothing"


def case_id(case: FaultCase) -> str:
    """Return the name of a test."""
    rest = [str(value) for name, value in case.fault.items() if name != "kind"]
    return "-".join([case.kind, *rest])


def assert_seen(case: FaultCase, seen: Seen) -> None:
    """Hold what was seen against what should be."""
    if case.raises is None:
        assert seen.error is None, repr(seen.error)
    else:
        assert type(seen.error) is case.raises, repr(seen)
    assert case.check(seen), seen
    assert seen.took_s >= case.longer_s
