"""Answers that come event by event, made of the whole answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiaas._core.event_streams import DONE, ERROR
from aiaas._core.sse import MEDIA_TYPE

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation
    from aiaas.testing._calls import Call


def wants_events(operation: Operation[Any, Any], call: Call) -> bool:
    """Say whether a call asks for a stream of events."""
    return operation.events is not None and call.fields.get("stream") is True


def as_asked(operation: Operation[Any, Any], call: Call, body: bytes) -> tuple[str, bytes]:
    """Return the media type and the body of an answer, as JSON or as the events it is made of."""
    if not wants_events(operation, call):
        return operation.media_type, body
    whole = json.loads(body)
    if "data" in whole:
        return MEDIA_TYPE, _updates(whole["data"], call)
    text: str = whole["text"]
    return MEDIA_TYPE, stream_of(re.findall(r"\s*\S+|\s+$", text), done=body)


def stream_of(
    pieces: Sequence[str], *, done: bytes | None = None, error: bytes | None = None
) -> bytes:
    """Write a stream of pieces; it is cut off when it has neither end."""
    tokens = (
        _event("token", json.dumps({"index": index, "text": piece}).encode())
        for index, piece in enumerate(pieces)
    )
    ends = ((DONE, done), (ERROR, error))
    return b"".join([*tokens, *(_event(kind, data) for kind, data in ends if data is not None)])


def _updates(events: Sequence[Mapping[str, Any]], call: Call) -> bytes:
    """Write the events of a job, and the job as it ended."""
    from aiaas.testing._jobs import ended_as

    told = [_event("update", json.dumps(event).encode()) for event in events]
    return b"".join([*told, _event(DONE, ended_as(events, call.fields["job"]))])


def _event(kind: str, data: bytes) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"
