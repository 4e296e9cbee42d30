"""Files: bytes that a deployment keeps for its callers, until they expire or are deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileId = Annotated[str, Field(min_length=1, max_length=64)]
Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class CreateFileRequest(RequestModel):
    """What travels beside the bytes of a new file.

    Attributes:
        purpose: What the file is for, for instance ``batch`` or ``training``; a label to list by.
        expires_after_s: Seconds after which it is deleted; never when omitted.
        sha256: Checksum of the bytes in hex. The upload is refused when it does not match.
    """

    purpose: Purpose = "general"
    expires_after_s: Annotated[Integer, Field(ge=1, le=31_536_000)] | None = None
    sha256: Sha256 | None = None


class ListFilesRequest(RequestModel):
    """Which files to list, newest first.

    Attributes:
        purpose: Only files for this purpose.
        limit: Most files on a page.
        cursor: ``next_cursor`` of the page before.
    """

    purpose: Purpose | None = None
    limit: Annotated[Integer, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class FileRequest(RequestModel):
    """Which file."""

    file: FileId


class File(ResponseModel):
    """A stored file.

    Attributes:
        id: ``file_...``.
        filename: Name that the uploader gave; never used as a path.
        media_type: Content type that the uploader gave.
        purpose: What it is for.
        size_bytes: Length.
        sha256: Checksum of the bytes in hex.
        created_at: When it was stored (RFC 3339, UTC).
        expires_at: When it will be deleted; None for never.
    """

    id: str
    object: Literal["file"] = "file"
    filename: str
    media_type: str
    purpose: str
    size_bytes: int
    sha256: str
    created_at: datetime
    expires_at: datetime | None = None


class FilePage(Page[File]):
    """One page of files, newest first."""


class DeletedFile(ResponseModel):
    """A file that is no more.

    Attributes:
        id: The file's id.
        deleted: Always true.
    """

    id: str
    object: Literal["file.deleted"] = "file.deleted"
    deleted: Literal[True] = True


CREATE: Final[Operation[CreateFileRequest, File]] = Operation(
    name="files.create",
    method="POST",
    path="/v1/files",
    summary="Store a file: a streamed upload with a checksum.",
    request=CreateFileRequest,
    bodies=("multipart",),
    upload=True,
    response=File,
    scope="files:write",
    effect="write",
)

LIST: Final[Operation[ListFilesRequest, FilePage]] = Operation(
    name="files.list",
    method="GET",
    path="/v1/files",
    summary="List the files of the namespace, newest first.",
    request=ListFilesRequest,
    response=FilePage,
    scope="files:read",
    effect="read",
    paginated=True,
)

RETRIEVE: Final[Operation[FileRequest, File]] = Operation(
    name="files.retrieve",
    method="GET",
    path="/v1/files/{file}",
    summary="Describe a file.",
    request=FileRequest,
    response=File,
    scope="files:read",
    effect="read",
)

CONTENT: Final[Operation[FileRequest, bytes]] = Operation(
    name="files.content",
    method="GET",
    path="/v1/files/{file}/content",
    summary="Give the bytes of a file as a stream.",
    request=FileRequest,
    response=None,
    media_type="application/octet-stream",
    scope="files:read",
    effect="read",
)

DELETE: Final[Operation[FileRequest, DeletedFile]] = Operation(
    name="files.delete",
    method="DELETE",
    path="/v1/files/{file}",
    summary="Delete a file.",
    request=FileRequest,
    response=DeletedFile,
    scope="files:write",
    effect="write",
)

OPERATIONS: Final = (CREATE, LIST, RETRIEVE, CONTENT, DELETE)
