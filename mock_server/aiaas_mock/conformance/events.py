"""Server-sent events, read from a whole body; a reader of its own, so that two must agree."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MEDIA_TYPE: Final = "text/event-stream"


def read_events(body: bytes) -> list[dict[str, Any]]:
    """Return every event as ``{"event": ..., "data": ...}``; data that is no JSON is a text."""
    text = re.sub(r"\r\n?", "\n", body.decode("utf-8", "replace").removeprefix("\ufeff"))
    *blocks, _ = text.split("\n\n")  # what follows the last empty line was cut off
    return [event for block in blocks if (event := _event_in(block)) is not None]


def _event_in(block: str) -> dict[str, Any] | None:
    fields = [line.partition(":")[::2] for line in block.split("\n")]
    data = [value.removeprefix(" ") for name, value in fields if name == "data"]
    kinds = [value.removeprefix(" ") for name, value in fields if name == "event"]
    if not data:
        return None
    return {"event": kinds[-1] if kinds else "message", "data": _decoded("\n".join(data))}


def _decoded(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data
