"""Examples of ``files.*``: a small text on its way in, shown, and deleted."""

from __future__ import annotations

from typing import Any, Final

from aiaas.contract.examples import Example

_ID: Final = "file_3f9c1e0b7a52d8c64b10f2e9"
_CONTENT: Final = "ankle boot\nsandal\n"

_FILE: Final[dict[str, Any]] = {
    "id": _ID,
    "object": "file",
    "filename": "labels.txt",
    "media_type": "text/plain",
    "purpose": "example",
    "size_bytes": 18,
    "sha256": "651e5f4ade4bc1b65c9ce0e54a1e530f8c9e6c278111b06c86cde492cb0f6dfe",
    "created_at": "2026-11-24T09:30:00.123456Z",
    "expires_at": "2026-11-25T09:30:00.123456Z",
}

EXAMPLES: Final = {
    "files.create": Example(
        request={
            "purpose": "example",
            "expires_after_s": 86400,
            "sha256": _FILE["sha256"],
        },
        file=_CONTENT,
        response=_FILE,
    ),
    "files.list": Example(
        request={"purpose": "example", "limit": 1},
        response={"object": "list", "data": [_FILE], "has_more": False, "next_cursor": None},
    ),
    "files.retrieve": Example(request={"file": _ID}, response=_FILE),
    "files.content": Example(request={"file": _ID}),
    "files.delete": Example(
        request={"file": _ID},
        response={"id": _ID, "object": "file.deleted", "deleted": True},
    ),
}
