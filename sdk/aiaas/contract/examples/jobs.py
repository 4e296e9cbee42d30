"""Examples of ``jobs.*``: a training that succeeded, and what happened on the way."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_ID: Final = "job_8d0c6a1f4be2937750c1d6aa"
_KIND: Final = "recommendations.train"

_JOB: Final[dict[str, Any]] = {
    "id": _ID,
    "object": "job",
    "kind": _KIND,
    "status": "succeeded",
    "progress": 1.0,
    "message": "",
    "attempt": 1,
    "cancel_requested": False,
    "created_at": "2026-11-24T09:30:00.123456Z",
    "started_at": "2026-11-24T09:30:00.125204Z",
    "finished_at": "2026-11-24T09:30:04.816032Z",
    "result": {"model": "trained@1", "promoted": True},
    "error": None,
}

_EVENTS: Final[list[dict[str, Any]]] = [
    {
        "number": 1,
        "kind": "queued",
        "time": "2026-11-24T09:30:00.123456Z",
        "progress": 0.0,
        "message": "",
    },
    {
        "number": 2,
        "kind": "started",
        "time": "2026-11-24T09:30:00.125204Z",
        "progress": 0.0,
        "message": "",
    },
    {
        "number": 3,
        "kind": "succeeded",
        "time": "2026-11-24T09:30:04.816032Z",
        "progress": 1.0,
        "message": "",
    },
]

EXAMPLES: Final = {
    "jobs.list": Example(
        request={"kind": _KIND, "limit": 1},
        response={"object": "list", "data": [_JOB], "has_more": False, "next_cursor": None},
    ),
    "jobs.retrieve": Example(request={"job": _ID}, response=_JOB),
    "jobs.cancel": Example(request={"job": _ID}, response=_JOB),
    "jobs.events": Example(
        request={"job": _ID, "after": 0}, response={"object": "list", "data": _EVENTS}
    ),
}
