"""Files: bytes that are kept for a namespace, streamed in and out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from operator import itemgetter
from typing import Final

from aiaas.contract.files import (
    CreateFileRequest,
    DeletedFile,
    File,
    FilePage,
    FileRequest,
    ListFilesRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.cursors import cut_page, decode_place
from aiaas_mock.services.room import Uploads
from aiaas_mock.services.uploads import PIECE_BYTES, Content, Upload
from aiaas_mock.storage import Store, StoredFile, Transaction

_STAGING_MARGIN_S: Final = 60.0  # bytes outlive the upload's deadline by this, then they are swept


class FileService:
    """Answers ``files.*``.

    Args:
        store: Where files are kept.
        quota_bytes: Most bytes of all files of a namespace.
    """

    def __init__(self, store: Store, *, quota_bytes: int) -> None:
        self._store = store
        self._uploads = Uploads()
        self._quota_bytes = quota_bytes

    async def create(self, upload: Upload[CreateFileRequest], context: RequestContext) -> File:
        """Answer ``files.create``."""
        namespace, upload_id = context.namespace, context.new_id("file")
        with self._uploads.begin(namespace) as under_way:
            try:
                while (stored_bytes := await self._begin(upload_id, context)) is None:
                    # A seed gives the ids of an earlier process again; files may outlive that.
                    upload_id = context.new_id("file")
                under_way.measure(stored_bytes)
                position = 0
                async for piece in upload.pieces():
                    under_way.grow(len(piece))
                    if under_way.used_bytes > self._quota_bytes:
                        under_way.end()  # at once, or others would be refused because of it
                        raise self._full()
                    await self._append(namespace, upload_id, position, piece)
                    position += 1
                _check(upload)
                file = _described(upload, upload_id, context)
                shown = await context.commit(lambda tx: self._publish(tx, namespace, file))
            except BaseException:
                # Whatever went wrong, hang-ups and deadlines included: nothing stays behind.
                abandoned = self._store.run(lambda tx: tx.files.abandon(namespace, upload_id))
                await asyncio.shield(abandoned)
                raise
            under_way.publish()
            return shown

    async def list(self, request: ListFilesRequest, context: RequestContext) -> FilePage:
        """Answer ``files.list``."""
        before = None if request.cursor is None else decode_place(request.cursor)
        found = await self._store.run(
            lambda tx: tx.files.list(
                context.namespace,
                now=context.now(),
                purpose=request.purpose,
                before=before,
                limit=request.limit + 1,
            )
        )
        page, next_cursor = cut_page(found, request.limit, itemgetter(0))
        return FilePage(
            data=tuple(_shown(file) for _, file in page),
            has_more=next_cursor is not None,
            next_cursor=next_cursor,
        )

    async def retrieve(self, request: FileRequest, context: RequestContext) -> File:
        """Answer ``files.retrieve``."""
        return _shown(await self._get(request.file, context))

    async def content(self, request: FileRequest, context: RequestContext) -> Content:
        """Answer ``files.content``."""
        file = await self._get(request.file, context)
        return Content(
            filename=file.filename,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            pieces=self._pieces(file, context.namespace),
        )

    async def delete(self, request: FileRequest, context: RequestContext) -> DeletedFile:
        """Answer ``files.delete``."""

        def effect(transaction: Transaction) -> DeletedFile:
            if not transaction.files.delete(context.namespace, request.file, now=context.now()):
                raise _unknown(request.file)
            return DeletedFile(id=request.file)

        return await context.commit(effect)

    async def _begin(self, upload_id: str, context: RequestContext) -> int | None:
        """Begin an upload and return how many bytes the namespace has stored.

        None when the id is taken.
        """
        now, namespace = context.now(), context.namespace
        left_s = max(0.0, context.deadline - asyncio.get_running_loop().time())
        until = now + timedelta(seconds=left_s + _STAGING_MARGIN_S)

        def begin(transaction: Transaction) -> int | None:
            transaction.files.sweep(namespace, now=now)
            if not transaction.files.begin(namespace, upload_id, until=until):
                return None
            return transaction.files.total_bytes(namespace)

        return await self._store.run(begin)

    async def _append(self, namespace: str, upload_id: str, position: int, piece: bytes) -> None:
        await self._store.run(lambda tx: tx.files.append(namespace, upload_id, position, piece))

    def _publish(self, transaction: Transaction, namespace: str, file: StoredFile) -> File:
        # Asked again: other uploads may have taken the room since this one began.
        if transaction.files.total_bytes(namespace) + file.size_bytes > self._quota_bytes:
            raise self._full()
        transaction.files.publish(namespace, file)
        return _shown(file)

    async def _get(self, file_id: str, context: RequestContext) -> StoredFile:
        file = await self._store.run(
            lambda tx: tx.files.get(context.namespace, file_id, now=context.now())
        )
        if file is None:
            raise _unknown(file_id)
        return file

    async def _pieces(self, file: StoredFile, namespace: str) -> AsyncIterator[bytes]:
        for position in range(-(-file.size_bytes // PIECE_BYTES)):
            piece = await self._piece(namespace, file.id, position)
            if piece is None:
                raise _unknown(file.id)
            yield piece

    async def _piece(self, namespace: str, file_id: str, position: int) -> bytes | None:
        return await self._store.run(lambda tx: tx.files.piece(namespace, file_id, position))

    def _full(self) -> ApiError:
        return ApiError(
            "storage_full",
            f"The files of this namespace may have {self._quota_bytes} bytes together.",
            headers={"Connection": "close"},
        )


def _check(upload: Upload[CreateFileRequest]) -> None:
    expected = upload.options.sha256
    if expected is not None and expected != upload.sha256:
        raise ApiError(
            "checksum_mismatch",
            f"The {upload.size_bytes} bytes that arrived have the SHA-256 {upload.sha256}.",
            param="/sha256",
        )


def _described(
    upload: Upload[CreateFileRequest], file_id: str, context: RequestContext
) -> StoredFile:
    now, options = context.now(), upload.options
    life_s = options.expires_after_s
    return StoredFile(
        id=file_id,
        filename=upload.filename,
        media_type=upload.media_type,
        purpose=options.purpose,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        created_at=now,
        expires_at=None if life_s is None else now + timedelta(seconds=life_s),
    )


def _shown(file: StoredFile) -> File:
    return File(
        id=file.id,
        filename=file.filename,
        media_type=file.media_type,
        purpose=file.purpose,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        created_at=file.created_at,
        expires_at=file.expires_at,
    )


def _unknown(file_id: str) -> ApiError:
    return ApiError("file_not_found", f"There is no file {file_id!r}.", param="/file")
