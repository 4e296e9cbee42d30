"""An entry of the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final

from aiaas_mock.lab.journal.redaction import REDACTED, is_secret, redacted, without_keys
from aiaas_mock.lab.journal.tape import Copied, RawHeaders

OVERHEAD_BYTES: Final = 2048
"""What an entry takes beside the bodies that it keeps; an estimate, on the safe side."""

UNMATCHED: Final = "unmatched"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request and its answer. Bodies are as they went past; what is told of them is redacted.

    Attributes:
        number: Which of the journal it is, from 1.
        request_id: ``req_...``; empty when there was no answer.
        at: When it was over, by the clock of the namespace.
        operation: Name of the operation, ``unmatched`` when no route was found.
        method: HTTP method.
        path: Path, without the prefix of a namespace.
        query: The raw query string.
        key_id: Public id of the key.
        status: HTTP status; 499 when the client left or the connection was broken.
        faults: Ids of the fault rules that hit it.
        override: Id of the override that answered.
        model: What answered.
        duration_s: Seconds from start to end.
        queue_s: Longest wait of an input for the model, in seconds.
        raw_headers: Headers of the request.
        raw_answer_headers: Headers of the answer.
        request: Body of the request.
        answer: Body of the answer.
    """

    number: int
    request_id: str
    at: datetime
    operation: str
    method: str
    path: str
    query: str
    key_id: str | None
    status: int
    faults: tuple[str, ...]
    override: str | None
    model: str | None
    duration_s: float
    queue_s: float
    raw_headers: RawHeaders
    raw_answer_headers: RawHeaders
    request: Copied
    answer: Copied

    @cached_property
    def weight_bytes(self) -> int:
        """Memory that it takes, about."""
        headers = sum(map(len, chain.from_iterable(self.raw_headers)))
        bodies = self.request.weight_bytes + self.answer.weight_bytes
        return OVERHEAD_BYTES + len(self.path) + len(self.query) + headers + bodies

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Headers of the request by name in lower case, redacted."""
        return headers_of(self.raw_headers)

    @cached_property
    def answer_headers(self) -> Mapping[str, str]:
        """Headers of the answer, redacted."""
        return headers_of(self.raw_answer_headers)

    @cached_property
    def request_json(self) -> Any:
        """The body of the request, redacted; None when it is not kept."""
        return redacted(json_of(self.request))

    @cached_property
    def answer_json(self) -> Any:
        """The body of the answer, redacted; a stream is the list of its events."""
        return redacted(json_of(self.answer))


def headers_of(raw: RawHeaders) -> Mapping[str, str]:
    """Return headers without what nobody may know."""
    found: dict[str, str] = {}
    for raw_name, value in raw:
        name = raw_name.decode("latin-1")
        found[name] = REDACTED if is_secret(name) else without_keys(value.decode("latin-1"))
    return found


def json_of(body: Copied) -> Any:
    """Return what a body says; None when it is not kept or no JSON."""
    if body.text is None:
        return None
    try:
        if body.media_type == "text/event-stream":
            return [_event(text) for text in body.text.split(b"\n\n") if text.strip()]
        return json.loads(body.text)
    except (ValueError, RecursionError):
        return None


def _event(text: bytes) -> Any:
    fields = dict(line.split(b": ", 1) for line in text.split(b"\n") if b": " in line)
    kind = fields.get(b"event", b"message").decode()
    return {"event": kind, "data": json.loads(fields.get(b"data", b"null"))}
