"""Cases of ``files.*``."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from aiaas_mock.conformance.case import (
    Case,
    Expectation,
    Json,
    Upload,
    auth_cases,
    refusal,
    unknown_cursor_case,
)
from aiaas_mock.conformance.matchers import Every, Holds, Length, Text

NOTES: Final = b"three\r\nlines\r\n--of text"
NOTES_SHA256: Final = hashlib.sha256(NOTES).hexdigest()
_UNKNOWN: Final = {"file": "file_nobody-has-this"}
_KEY: Final = {"Idempotency-Key": "{unique}"}
_ID: Final = {"file": "{id}"}

_STORED: Final = Case(
    operation="files.create",
    kind="happy",
    name="stores a file and describes it",
    body=Upload(NOTES, {"purpose": "conformance", "sha256": NOTES_SHA256}),
    expect=Expectation(
        values={
            "/id": Text(r"file_\w+"),
            "/object": "file",
            "/filename": "notes.txt",
            "/media_type": "text/plain",
            "/purpose": "conformance",
            "/size_bytes": len(NOTES),
            "/sha256": NOTES_SHA256,
            "/created_at": Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
            "/expires_at": None,
        }
    ),
)
_KEYED: Final = replace(_STORED, headers=_KEY)

CREATE: Final = (
    _STORED,
    Case(
        operation="files.create",
        kind="happy",
        name="needs no options",
        body=Upload(NOTES),
        expect=Expectation(values={"/purpose": "general", "/sha256": NOTES_SHA256}),
    ),
    Case(
        operation="files.create",
        kind="happy",
        name="stores an empty file",
        body=Upload(b""),
        expect=Expectation(values={"/size_bytes": 0}),
    ),
    Case(
        operation="files.create",
        kind="happy",
        name="says when the file expires",
        body=Upload(NOTES, {"expires_after_s": 60}),
        expect=Expectation(values={"/expires_at": Text(r"\d{4}-.*Z")}),
    ),
    Case(
        operation="files.create",
        kind="happy",
        name="keeps the last part of a path as the name",
        body=Upload(NOTES, filename="../../etc/passwd"),
        expect=Expectation(values={"/filename": "passwd"}),
    ),
    replace(_KEYED, kind="idempotency", name="answers a repeated request once", repeat=True),
    Case(
        operation="files.create",
        kind="idempotency",
        name="with the key of another request is refused",
        before=_KEYED,
        headers=_KEY,
        body=Upload(NOTES + b"!", {"purpose": "conformance"}),
        expect=refusal("idempotency_key_reused", 422),
    ),
    Case(
        operation="files.create",
        kind="idempotency",
        name="with a key that has spaces is refused",
        headers={"Idempotency-Key": "not one word"},
        body=Upload(NOTES),
        expect=refusal("invalid_request", 422),
    ),
    Case(
        operation="files.create",
        kind="bad_input",
        name="with a checksum of other bytes is refused",
        body=Upload(NOTES, {"sha256": "0" * 64}),
        expect=refusal("checksum_mismatch", 422, "/sha256"),
    ),
    Case(
        operation="files.create",
        kind="bad_input",
        name="with an unknown option is refused",
        body=Upload(NOTES, {"colour": "red"}),
        expect=refusal("invalid_request", 422, "/colour"),
    ),
    Case(
        operation="files.create",
        kind="bad_input",
        name="with the options after the file is refused",
        body=Upload(NOTES, {"purpose": "late"}, file_first=True),
        expect=refusal("invalid_multipart", 400),
    ),
    Case(
        operation="files.create",
        kind="bad_input",
        name="as JSON is refused",
        body=Json({"purpose": "conformance"}),
        expect=refusal("unsupported_media_type", 415),
    ),
    *auth_cases("files.create", body=Upload(NOTES)),
)

LIST: Final = (
    Case(
        operation="files.list",
        kind="happy",
        name="gives files of a purpose, the newest first",
        before=_STORED,
        query=(("purpose", "conformance"),),
        expect=Expectation(
            values={
                "/object": "list",
                "/data": Length(1, 20),
                "/data/0/sha256": NOTES_SHA256,
                "": Holds(
                    "files for the purpose only",
                    lambda page: {file["purpose"] for file in page["data"]} == {"conformance"},
                ),
            }
        ),
    ),
    Case(
        operation="files.list",
        kind="happy",
        name="of an unknown purpose is empty",
        query=(("purpose", "tea-leaves"),),
        expect=Expectation(values={"/data": [], "/has_more": False, "/next_cursor": None}),
    ),
    Case(
        operation="files.list",
        kind="paging",
        name="page by page gives every file once",
        before=_STORED,
        query=(("limit", "2"),),
        follow=True,
        expect=Expectation(
            values={"/data": Every(Holds("a file", lambda file: file["object"] == "file"))}
        ),
    ),
    unknown_cursor_case("files.list"),
    Case(
        operation="files.list",
        kind="bad_input",
        name="with a limit of nought is refused",
        query=(("limit", "0"),),
        expect=refusal("invalid_request", 422, "/limit"),
    ),
    *auth_cases("files.list"),
)

RETRIEVE: Final = (
    Case(
        operation="files.retrieve",
        kind="happy",
        name="describes a file",
        before=_STORED,
        path=_ID,
        expect=_STORED.expect,
    ),
    Case(
        operation="files.retrieve",
        kind="bad_input",
        name="of an unknown file is refused",
        path=_UNKNOWN,
        expect=refusal("file_not_found", 404, "/file"),
    ),
    *auth_cases("files.retrieve", path=_UNKNOWN),
)

CONTENT: Final = (
    Case(
        operation="files.content",
        kind="happy",
        name="gives the bytes that were stored",
        before=_STORED,
        path=_ID,
        expect=Expectation(
            values={"": NOTES.decode()},
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Length": str(len(NOTES)),
                "Content-Disposition": Text(r'attachment; filename="notes\.txt".*'),
                "ETag": f'"{NOTES_SHA256}"',
            },
        ),
    ),
    Case(
        operation="files.content",
        kind="bad_input",
        name="of an unknown file is refused",
        path=_UNKNOWN,
        expect=refusal("file_not_found", 404, "/file"),
    ),
    *auth_cases("files.content", path=_UNKNOWN),
)

_DELETED: Final = Case(
    operation="files.delete",
    kind="happy",
    name="deletes a file",
    before=_STORED,
    path=_ID,
    expect=Expectation(values={"/object": "file.deleted", "/deleted": True}),
)

DELETE: Final = (
    _DELETED,
    replace(
        _DELETED,
        kind="idempotency",
        name="answers a repeated request once",
        headers=_KEY,
        repeat=True,
    ),
    Case(
        operation="files.delete",
        kind="bad_input",
        name="of an unknown file is refused",
        path=_UNKNOWN,
        expect=refusal("file_not_found", 404, "/file"),
    ),
    Case(
        operation="files.delete",
        kind="idempotency",
        name="repeats a refusal too",
        path=_UNKNOWN,
        headers=_KEY,
        repeat=True,
        expect=refusal("file_not_found", 404, "/file"),
    ),
    *auth_cases("files.delete", path=_UNKNOWN),
)

CASES: Final = (*CREATE, *LIST, *RETRIEVE, *CONTENT, *DELETE)
