"""Files: stored under an id, read as a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiaas._async import _runtime
from aiaas._async.file_content import AsyncFileContent
from aiaas._async.paging import AsyncPaginator
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.errors import ChecksumError
from aiaas._core.file_types import DeletedFile, File, FilePage
from aiaas._core.page_types import Page, attach_all
from aiaas._core.requests import Outgoing, arguments, build
from aiaas._core.responses import parse
from aiaas._core.results import Origin, attach
from aiaas._core.uploads import FileSource, Upload
from aiaas.contract.files import (
    CREATE,
    DELETE,
    LIST,
    RETRIEVE,
    CreateFileRequest,
    FileRequest,
    ListFilesRequest,
)

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class AsyncFiles:
    """Store files and read them. Reach it as ``client.files``."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    async def create(
        self,
        file: FileSource,
        *,
        filename: str | None = None,
        media_type: str | None = None,
        purpose: str = "general",
        expires_after_s: int | None = None,
        checksum: bool = True,
        **options: Unpack[CallOptions],
    ) -> File:
        """Store a file.

        It is read while it is sent, so it may be larger than the memory. A path, bytes or a file
        that can seek is read twice: first for the checksum, by which the deployment knows that
        nothing changed on the way. Such an upload is repeated when it fails. A pipe or a socket
        is sent once: when that fails, the error says that it was not repeated.

        Args:
            file: A path, bytes, or a file opened in binary mode, which is read from its current
                position.
            filename: Name to give it; that of the path or the file when omitted.
            media_type: Its content type; guessed from the name when omitted.
            purpose: What it is for; a label to list by.
            expires_after_s: Seconds after which it is deleted; never when omitted.
            checksum: Whether to compute and compare checksums.
            options: Options for this call; see `CallOptions`.

        Raises:
            ValueError: An argument is out of range.
            OSError: The file cannot be read.
            RequestTooLargeError: It is larger than the deployment takes.
            ChecksumError: Its bytes changed on the way.

        Example:
            >>> stored = await client.files.create("photos.zip", purpose="batch")
            >>> print(stored.id, stored.sha256)
        """
        with arguments():
            request = CreateFileRequest(purpose=purpose, expires_after_s=expires_after_s)
        upload = Upload(
            file,
            fields=_fields_of(request),
            filename=filename,
            media_type=media_type,
            checksum=checksum,
        )
        await _runtime.call_blocking(upload.measure)
        outgoing = Outgoing(operation=CREATE, path=CREATE.path, upload=upload)
        response = await self._pipeline.send(outgoing, options)
        stored = parse(CREATE, response, File)
        attach(stored, Origin(response.headers))
        if checksum and stored.sha256 != upload.sent_sha256:
            raise ChecksumError(
                f"{stored.id} is not what was sent",
                expected=upload.sent_sha256,
                actual=stored.sha256,
            )
        return stored

    def list(
        self,
        *,
        purpose: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncPaginator[File]:
        """List the files, newest first, over all pages.

        Args:
            purpose: Only files for this purpose.
            limit: Most files to fetch at once, 1 to 100.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of files; its ``pages()`` gives whole pages. Nothing is sent before it is
            iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> async for file in client.files.list(purpose="batch"):
            ...     print(file.id, file.filename, file.size_bytes)
        """
        with arguments():
            first = ListFilesRequest(purpose=purpose, limit=limit, cursor=cursor)

        async def fetch(cursor: str | None) -> Page[File]:
            request = first.model_copy(update={"cursor": cursor})
            response = await self._pipeline.send(build(LIST, request), options)
            page = parse(LIST, response, FilePage)
            attach_all(page, response)
            return page

        return AsyncPaginator(fetch, cursor=cursor)

    async def retrieve(self, file_id: str, **options: Unpack[CallOptions]) -> File:
        """Describe a file.

        Args:
            file_id: Its id.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such file.
            ValueError: `file_id` is empty or too long.
        """
        response = await self._pipeline.send(build(RETRIEVE, _request_of(file_id)), options)
        file = parse(RETRIEVE, response, File)
        attach(file, Origin(response.headers))
        return file

    def content(self, file_id: str, **options: Unpack[CallOptions]) -> AsyncFileContent:
        """Give the bytes of a file.

        Args:
            file_id: Its id.
            options: Options for its requests; see `CallOptions`.

        Returns:
            The content: ``read()`` it, ``save(path)`` it, or iterate over its pieces in a ``with``
            block. Nothing is sent before that.

        Raises:
            ValueError: `file_id` is empty or too long.

        Example:
            >>> await client.files.content(stored.id).save("copy.zip")
            >>> async with client.files.content(stored.id) as content:
            ...     async for piece in content:
            ...         print(len(piece))
        """

        async def sha256() -> str:
            return (await self.retrieve(file_id, **options)).sha256

        return AsyncFileContent(self._pipeline, _request_of(file_id), options, sha256)

    async def delete(self, file_id: str, **options: Unpack[CallOptions]) -> DeletedFile:
        """Delete a file.

        Args:
            file_id: Its id.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such file.
            ValueError: `file_id` is empty or too long.
        """
        response = await self._pipeline.send(build(DELETE, _request_of(file_id)), options)
        deleted = parse(DELETE, response, DeletedFile)
        attach(deleted, Origin(response.headers))
        return deleted


def _request_of(file_id: str) -> FileRequest:
    with arguments(file="file_id"):
        return FileRequest(file=file_id)


def _fields_of(request: CreateFileRequest) -> Callable[[str | None], bytes]:
    def fields(sha256: str | None) -> bytes:
        complete = request.model_copy(update={"sha256": sha256})
        return complete.model_dump_json(exclude_none=True).encode()

    return fields
