"""Tables of recommendations: catalogues, users, events, models."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from aiaas_mock.storage.sql.schema.base import Words, metadata, place

catalogues = Table(
    "catalogues",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
"""The counter of revisions. Its row is also what writers of one catalogue queue for."""

items = Table(
    "items",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("id", Words(), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Column("content", Text, nullable=False),  # title and metadata, as JSON
    Column("vector", LargeBinary),
    Index("items_changes", "namespace", "revision"),
)

deleted_items = Table(
    "deleted_items",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("id", Words(), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Index("deleted_items_changes", "namespace", "revision"),
)

item_fields = Table(
    "item_fields",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("name", Words(), primary_key=True),
    Column("type", Words(), nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("id", Words(), primary_key=True),
    Column("updated_us", BigInteger, nullable=False),
    Column("content", Text, nullable=False),  # metadata, as JSON
)

events = Table(
    "events",
    metadata,
    place(),
    Column("namespace", Words(), nullable=False),
    Column("id", Words(), nullable=False),
    Column("type", Words(), nullable=False),
    Column("user", Words(), nullable=False),
    Column("item", Words(), nullable=False),
    Column("value", Double),
    Column("time_us", BigInteger, nullable=False),
    Column("recommendation_id", Words()),
    Column("model", Words()),
    Column("group", Words()),
    sqlite_autoincrement=True,  # a place is never given twice, or cursors would skip events
)
Index("events_id", events.c.namespace, events.c.id, unique=True)
Index("events_arrival", events.c.namespace, events.c.place)
Index("events_of_user", events.c.namespace, events.c.user, events.c.time_us)
# Holds all that is asked of it, so that counting users reads no rows.
Index(
    "events_of_item",
    events.c.namespace,
    events.c.item,
    events.c.user,
    events.c.time_us,
    events.c.type,
)
Index(
    "events_attributed",
    events.c.namespace,
    events.c.time_us,
    sqlite_where=events.c.recommendation_id.is_not(None),
    postgresql_where=events.c.recommendation_id.is_not(None),
)

recommenders = Table(
    "recommenders",
    metadata,
    place(),
    Column("namespace", Words(), nullable=False),
    Column("id", Words(), nullable=False),
    Column("name", Words(), nullable=False),  # the part of the id before the @
    Column("family", Words(), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("job", Words(), nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("report", Text, nullable=False),
    Column("decision", Words(), nullable=False),
    Index("recommenders_id", "namespace", "id", unique=True),
    Index("recommenders_newest", "namespace", "place"),
    Index("recommenders_name", "namespace", "name", "place"),
    sqlite_autoincrement=True,
)

archives = Table(
    "archives",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("model", Words(), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["namespace", "model"], ["recommenders.namespace", "recommenders.id"], ondelete="CASCADE"
    ),
)

promotions = Table(
    "promotions",
    metadata,
    place(),
    Column("namespace", Words(), nullable=False),
    Column("model", Words(), nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Index("promotions_newest", "namespace", "place"),
    sqlite_autoincrement=True,
)
"""The last one answers; rolling back takes it away."""

experiments = Table(
    "experiments",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("name", Words(), nullable=False),
    Column("groups", Text, nullable=False),  # names, models and shares, as JSON
    Column("started_us", BigInteger, nullable=False),
)

served = Table(
    "served",
    metadata,
    Column("namespace", Words(), primary_key=True),
    Column("model", Words(), primary_key=True),
    Column("group", Words(), primary_key=True),  # empty outside of experiments
    Column("day", Integer, primary_key=True),
    Column("answers", BigInteger, nullable=False),
)
