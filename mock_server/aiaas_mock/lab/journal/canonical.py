"""The canonical form of a journal: the same bytes for the same requests, in whatever order.

What differs from run to run is left out: times, ids, headers, and how multipart bodies are put
together. Lines are sorted by what they say, as parallel requests arrive in no order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.journal.redaction import without_keys
from aiaas_mock.lab.journal.tape import Copied

MEDIA_TYPE: Final = "application/x-ndjson"
# Ids of registered keys are digests with the secret of the deployment, which differs, too.
_ID: Final = re.compile(r"\b([a-z]{2,16})_(?:[a-z2-7]{24}|[0-9a-f]{24})\b|\b(key)_[0-9a-f]{12}\b")


def canonical(entries: Iterable[Entry]) -> bytes:
    """Return a journal as lines of JSON."""
    lines = sorted(_line(entry) for entry in entries)
    return "".join(f"{line}\n" for line in lines).encode()


def _line(entry: Entry) -> str:
    said = {
        "operation": entry.operation,
        "method": entry.method,
        "path": without_keys(entry.path),
        "query": without_keys(entry.query),
        "key_id": entry.key_id,
        "idempotency_key": entry.headers.get("idempotency-key"),
        "status": entry.status,
        "model": entry.model,
        "faults": entry.faults,
        "override": entry.override,
        "request": _body(entry.request, entry.request_json),
        "answer": _body(entry.answer, entry.answer_json),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _ID.sub(lambda found: f"{found[1] or found[2]}_*", text)


def _body(body: Copied, told: Any) -> Any:
    if told is not None:
        return told
    if body.media_type.startswith("multipart/"):  # its boundary is drawn by chance
        return {"media_type": body.media_type}
    return {"media_type": body.media_type, "size_bytes": body.size_bytes, "sha256": body.sha256}
