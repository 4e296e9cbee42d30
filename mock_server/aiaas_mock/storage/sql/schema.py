"""The tables, and how an older database is brought up to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    update,
)

from aiaas_mock.storage.store import StoreError

VERSION: Final = 1
"""Version of the tables below."""

_NAMESPACE: Final = 32
_ID: Final = 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

metadata: Final = MetaData()

store = Table(
    "store",
    metadata,
    Column("version", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)
"""One row."""

# The bytes have a row of their own, which is there before the file is: an upload in progress is a
# blob with `until_us` and no file.
blobs = Table(
    "blobs",
    metadata,
    Column("namespace", String(_NAMESPACE), primary_key=True),
    Column("id", String(_ID), primary_key=True),
    Column("until_us", BigInteger),
    Index("blobs_until", "until_us"),
)

pieces = Table(
    "pieces",
    metadata,
    Column("blob_namespace", String(_NAMESPACE), primary_key=True),
    Column("blob_id", String(_ID), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["blob_namespace", "blob_id"], ["blobs.namespace", "blobs.id"], ondelete="CASCADE"
    ),
)

files = Table(
    "files",
    metadata,
    # Its own counter, since clocks give equal times; BigInteger would not count up in SQLite.
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("namespace", String(_NAMESPACE), nullable=False),
    Column("id", String(_ID), nullable=False),
    Column("filename", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
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
    Column("namespace", String(_NAMESPACE), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("owner", String(_ID), nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary),  # this and the next are null while it is a claim
    Column("status", Integer),
    Column("media_type", String),
    Column("body", LargeBinary),
    Index("answers_until", "until_us"),
)

usage = Table(
    "usage",
    metadata,
    Column("namespace", String(_NAMESPACE), primary_key=True),
    Column("operation", String(_ID), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("failed_requests", BigInteger, nullable=False),
    Column("inputs", BigInteger, nullable=False),
)


def to_us(moment: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the moment, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


Upgrade = Callable[[Connection], None]

UPGRADES: Final[Mapping[int, Upgrade]] = {}
"""How to get from the version before to a version. A migration tool takes this place when there
is the first step to take."""


def prepare(connection: Connection, now: datetime) -> None:
    """Make the tables, or bring those of an older version up.

    Raises:
        StoreError: They were made by a newer version.
    """
    if not inspect(connection).has_table(store.name):
        metadata.create_all(connection)
        connection.execute(insert(store).values(version=VERSION, created_us=to_us(now)))
        return
    version = connection.execute(select(store.c.version)).scalar_one()
    if version > VERSION:
        raise StoreError(
            f"the database has version {version} and this server knows {VERSION}; "
            "run a newer server, or one with another data directory"
        )
    for step in range(version + 1, VERSION + 1):
        UPGRADES[step](connection)
    connection.execute(update(store).values(version=VERSION))
