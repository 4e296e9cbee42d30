"""From a request that is over to an entry of the journal."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import Scope

from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.lab.journal.entries import UNMATCHED, Entry
from aiaas_mock.lab.journal.tape import Tape
from aiaas_mock.lab.namespace import Namespace

_OF_THE_SERVER: Final = "system."
_BROKEN_OFF: Final = 499


def write(
    space: Namespace,
    scope: Scope,
    tape: Tape,
    record: RequestRecord | None,
    *,
    started: float,
    override: str | None,
) -> None:
    """Write a request into the journal of its namespace, unless it was about the server itself.

    Args:
        space: The namespace.
        scope: The request.
        tape: What went past.
        record: What the gateway knows; None when no operation was found.
        started: `time.perf_counter` at the start.
        override: Id of the override that answered.
    """
    if record is not None and record.operation.startswith(_OF_THE_SERVER):
        return
    trace = None if record is None else record.trace
    space.journal.add(
        Entry(
            number=space.journal.next_number,
            request_id=_request_id(tape, record),
            at=space.clock.now(),
            operation=UNMATCHED if record is None else record.operation,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            key_id=None if record is None else record.key_id,
            status=_status(tape, record),
            faults=_faults(record),
            override=override,
            model=None if trace is None else trace.model,
            duration_s=time.perf_counter() - started,
            queue_s=0.0 if trace is None else trace.queue_s,
            raw_headers=scope["headers"],
            raw_answer_headers=tape.answer_headers,
            request=tape.request,
            answer=tape.answer,
        )
    )


def _request_id(tape: Tape, record: RequestRecord | None) -> str:
    if record is not None:
        return record.request_id
    found = (value for name, value in tape.answer_headers if name == b"x-request-id")
    return next(found, b"").decode("latin-1")


def _status(tape: Tape, record: RequestRecord | None) -> int:
    """Return what was sent, or what the record says of an answer that never was."""
    if record is not None and record.status in (0, _BROKEN_OFF):
        return _BROKEN_OFF
    if record is not None and record.injected is not None:
        return record.status
    return tape.status or _BROKEN_OFF


def _faults(record: RequestRecord | None) -> tuple[str, ...]:
    injected = None if record is None else record.injected
    return () if injected is None else tuple(injected.split(","))
