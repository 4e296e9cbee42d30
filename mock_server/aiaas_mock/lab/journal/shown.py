"""Entries as they are told."""

from __future__ import annotations

from aiaas_mock.lab.contract.requests import JournalBody, JournalEntry
from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.journal.redaction import without_keys


def shown(entry: Entry, *, bodies: bool = True) -> JournalEntry:
    """Describe an entry, with its bodies or without."""
    request = answer = None
    if bodies:
        request = JournalBody(
            media_type=entry.request.media_type,
            size_bytes=entry.request.size_bytes,
            sha256=entry.request.sha256,
            json_body=entry.request_json,
            headers=dict(entry.headers),
        )
        answer = JournalBody(
            media_type=entry.answer.media_type,
            size_bytes=entry.answer.size_bytes,
            sha256=entry.answer.sha256,
            json_body=entry.answer_json,
            headers=dict(entry.answer_headers),
        )
    return JournalEntry(
        number=entry.number,
        request_id=entry.request_id,
        at=entry.at,
        operation=entry.operation,
        method=entry.method,
        path=without_keys(entry.path),
        query=without_keys(entry.query),
        key_id=entry.key_id,
        status=entry.status,
        faults=entry.faults,
        override=entry.override,
        model=entry.model,
        duration_ms=round(entry.duration_s * 1e3, 3),
        queue_ms=round(entry.queue_s * 1e3, 3),
        request=request,
        answer=answer,
    )
