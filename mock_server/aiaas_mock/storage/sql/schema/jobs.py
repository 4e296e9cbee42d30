"""Tables of jobs."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from aiaas_mock.storage.sql.schema.base import Words, metadata, place

jobs = Table(
    "jobs",
    metadata,
    place(),
    Column("id", Words(), nullable=False, unique=True),
    Column("namespace", Words(), nullable=False),
    Column("kind", Words(), nullable=False),
    Column("payload", Text, nullable=False),
    Column("status", Words(), nullable=False),
    Column("progress", Double, nullable=False),
    Column("message", Words(), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("owner", Words()),
    Column("lease_until_us", BigInteger),
    Column("created_us", BigInteger, nullable=False),
    Column("started_us", BigInteger),
    Column("finished_us", BigInteger),
    Column("result", Text),
    Column("error", Text),
    Index("jobs_newest", "namespace", "place"),
    Index("jobs_queue", "status", "place"),
    sqlite_autoincrement=True,
)

job_events = Table(
    "job_events",
    metadata,
    Column("job", Words(), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Words(), nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("progress", Double, nullable=False),
    Column("message", Words(), nullable=False),
)
