"""Tables of files, and of what requests leave behind."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from aiaas_mock.storage.sql.schema.base import Words, metadata, place

_NAMESPACE: Final = 32
_ID: Final = 64

# The bytes have a row of their own, which is there before the file is: an upload in progress is a
# blob with `until_us` and no file.
blobs = Table(
    "blobs",
    metadata,
    Column("namespace", Words(_NAMESPACE), primary_key=True),
    Column("id", Words(_ID), primary_key=True),
    Column("until_us", BigInteger),
    Index("blobs_until", "until_us"),
)

pieces = Table(
    "pieces",
    metadata,
    Column("blob_namespace", Words(_NAMESPACE), primary_key=True),
    Column("blob_id", Words(_ID), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["blob_namespace", "blob_id"], ["blobs.namespace", "blobs.id"], ondelete="CASCADE"
    ),
)

files = Table(
    "files",
    metadata,
    place(),
    Column("namespace", Words(_NAMESPACE), nullable=False),
    Column("id", Words(_ID), nullable=False),
    Column("filename", Words(), nullable=False),
    Column("media_type", Words(), nullable=False),
    Column("purpose", Words(32), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Words(64), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
    ForeignKeyConstraint(["namespace", "id"], ["blobs.namespace", "blobs.id"], ondelete="CASCADE"),
    Index("files_id", "namespace", "id", unique=True),
    Index("files_newest", "namespace", "place"),
    Index("files_expiry", "expires_us"),
    sqlite_autoincrement=True,  # a place is never given twice, or cursors would skip files
)

answers = Table(
    "answers",
    metadata,
    Column("namespace", Words(_NAMESPACE), primary_key=True),
    Column("key", Words(255), primary_key=True),
    Column("owner", Words(_ID), nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary),  # this and the next are null while it is a claim
    Column("status", Integer),
    Column("media_type", Words()),
    Column("body", LargeBinary),
    Index("answers_until", "until_us"),
)

usage = Table(
    "usage",
    metadata,
    Column("namespace", Words(_NAMESPACE), primary_key=True),
    Column("operation", Words(_ID), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("failed_requests", BigInteger, nullable=False),
    Column("inputs", BigInteger, nullable=False),
)
