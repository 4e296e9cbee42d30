"""All tables, in the one `metadata` that a new database is made from."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from aiaas_mock.storage.sql.schema.base import (
    from_us,
    maybe_from_us,
    maybe_to_us,
    metadata,
    to_us,
)
from aiaas_mock.storage.sql.schema.files import answers, blobs, files, pieces, usage
from aiaas_mock.storage.sql.schema.jobs import job_events, jobs
from aiaas_mock.storage.sql.schema.recommendations import (
    archives,
    catalogues,
    deleted_items,
    events,
    experiments,
    item_fields,
    items,
    promotions,
    recommenders,
    served,
    users,
)

store = Table(
    "store",
    metadata,
    Column("version", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)
"""One row."""

version = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False, primary_key=True),
)
"""Alembic's own: one row, the last step that was taken."""

__all__ = [
    "answers",
    "archives",
    "blobs",
    "catalogues",
    "deleted_items",
    "events",
    "experiments",
    "files",
    "from_us",
    "item_fields",
    "items",
    "job_events",
    "jobs",
    "maybe_from_us",
    "maybe_to_us",
    "metadata",
    "pieces",
    "promotions",
    "recommenders",
    "served",
    "store",
    "to_us",
    "usage",
    "users",
    "version",
]
