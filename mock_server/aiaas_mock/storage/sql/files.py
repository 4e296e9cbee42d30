"""Files and their bytes in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from aiaas_mock.storage.records import StoredFile
from aiaas_mock.storage.sql.dialect import insert_into, queue_up
from aiaas_mock.storage.sql.schema import blobs, files, from_us, pieces, to_us
from aiaas_mock.storage.store import LostUpload


class SqlFiles:
    """Implements `FileTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, namespace: str, upload_id: str, *, until: datetime) -> bool:
        """Begin an upload, unless there is one with its id."""
        values = {"namespace": namespace, "id": upload_id, "until_us": to_us(until)}
        insertion = insert_into(self._connection, blobs).values(values)
        begun = insertion.on_conflict_do_nothing().returning(blobs.c.id)
        return self._connection.execute(begun).one_or_none() is not None

    def append(self, namespace: str, upload_id: str, position: int, data: bytes) -> None:
        """Keep a piece of an upload."""
        staged = select(blobs.c.id).where(_staged(namespace, upload_id))
        # Until this transaction ends nobody sweeps it.
        kept = staged.with_for_update(read=True, key_share=True)
        if self._connection.execute(kept).one_or_none() is None:
            raise LostUpload(upload_id)
        self._connection.execute(
            insert(pieces).values(
                blob_namespace=namespace, blob_id=upload_id, position=position, data=data
            )
        )

    def publish(self, namespace: str, file: StoredFile) -> None:
        """Make an upload a file."""
        staged = update(blobs).where(_staged(namespace, file.id)).values(until_us=None)
        if self._connection.execute(staged).rowcount != 1:
            raise LostUpload(file.id)
        self._connection.execute(
            insert(files).values(
                namespace=namespace,
                id=file.id,
                filename=file.filename,
                media_type=file.media_type,
                purpose=file.purpose,
                size_bytes=file.size_bytes,
                sha256=file.sha256,
                created_us=to_us(file.created_at),
                expires_us=None if file.expires_at is None else to_us(file.expires_at),
            )
        )

    def abandon(self, namespace: str, upload_id: str) -> None:
        """Forget an upload."""
        self._connection.execute(delete(blobs).where(_staged(namespace, upload_id)))

    def get(self, namespace: str, file_id: str, *, now: datetime) -> StoredFile | None:
        """Return a file that has not expired."""
        query = select(files).where(
            files.c.namespace == namespace, files.c.id == file_id, _lives(now)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _file(row)

    def list(
        self, namespace: str, *, now: datetime, purpose: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredFile]]:
        """Return the newest files with their places."""
        query = select(files).where(files.c.namespace == namespace, _lives(now))
        if purpose is not None:
            query = query.where(files.c.purpose == purpose)
        if before is not None:
            query = query.where(files.c.place < before)
        rows = self._connection.execute(query.order_by(files.c.place.desc()).limit(limit))
        return [(row.place, _file(row)) for row in rows]

    def piece(self, namespace: str, file_id: str, position: int) -> bytes | None:
        """Return a piece of a file's bytes."""
        query = select(pieces.c.data).where(
            pieces.c.blob_namespace == namespace,
            pieces.c.blob_id == file_id,
            pieces.c.position == position,
        )
        data: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return data

    def delete(self, namespace: str, file_id: str, *, now: datetime) -> bool:
        """Delete a file; its pieces go with its blob."""
        if self.get(namespace, file_id, now=now) is None:
            return False
        blob = and_(blobs.c.namespace == namespace, blobs.c.id == file_id)
        self._connection.execute(delete(blobs).where(blob))
        return True

    def total_bytes(self, namespace: str) -> int:
        """Return the size of all files of a namespace."""
        # Whoever asks is about to publish: of two servers, each would find room for its own.
        queue_up(self._connection, f"files {namespace}")
        total = func.coalesce(func.sum(files.c.size_bytes), 0)
        query = select(total).where(files.c.namespace == namespace)
        return int(self._connection.execute(query).scalar_one())

    def sweep(self, namespace: str, *, now: datetime) -> None:
        """Delete expired files and forgotten uploads."""
        expired = exists().where(
            files.c.namespace == blobs.c.namespace,
            files.c.id == blobs.c.id,
            files.c.expires_us <= to_us(now),
        )
        over = or_(blobs.c.until_us <= to_us(now), expired)
        self._connection.execute(delete(blobs).where(blobs.c.namespace == namespace, over))


def _staged(namespace: str, upload_id: str) -> ColumnElement[bool]:
    return and_(
        blobs.c.namespace == namespace, blobs.c.id == upload_id, blobs.c.until_us.is_not(None)
    )


def _lives(now: datetime) -> ColumnElement[bool]:
    return or_(files.c.expires_us.is_(None), files.c.expires_us > to_us(now))


def _file(row: Row[tuple[object, ...]]) -> StoredFile:
    return StoredFile(
        id=row.id,
        filename=row.filename,
        media_type=row.media_type,
        purpose=row.purpose,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        created_at=from_us(row.created_us),
        expires_at=None if row.expires_us is None else from_us(row.expires_us),
    )
