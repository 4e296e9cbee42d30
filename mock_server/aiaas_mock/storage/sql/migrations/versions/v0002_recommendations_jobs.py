"""Tables of recommendations and jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Take the step."""
    _catalogues()
    _users_and_events()
    _models()
    _jobs()
    # Servers from before Alembic look here, and refuse what is newer than 1.
    op.execute("UPDATE store SET version = 2")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, primary_key=True)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _place() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("place", kind, primary_key=True)


def _catalogues() -> None:
    op.create_table("catalogues", _key("namespace"), _number("revision"))
    op.create_table(
        "items",
        _key("namespace"),
        _key("id"),
        _number("revision"),
        sa.Column("available", sa.Boolean(), nullable=False),
        _number("updated_us"),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary()),
    )
    op.create_index("items_changes", "items", ["namespace", "revision"])
    op.create_table("deleted_items", _key("namespace"), _key("id"), _number("revision"))
    op.create_index("deleted_items_changes", "deleted_items", ["namespace", "revision"])
    op.create_table("item_fields", _key("namespace"), _key("name"), _words("type"))


def _users_and_events() -> None:
    op.create_table(
        "users",
        _key("namespace"),
        _key("id"),
        _number("updated_us"),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_table(
        "events",
        _place(),
        *(_words(name) for name in ("namespace", "id", "type", "user", "item")),
        sa.Column("value", sa.Double()),
        _number("time_us"),
        *(sa.Column(name, _WORDS) for name in ("recommendation_id", "model", "group")),
        sqlite_autoincrement=True,
    )
    op.create_index("events_id", "events", ["namespace", "id"], unique=True)
    op.create_index("events_arrival", "events", ["namespace", "place"])
    op.create_index("events_of_user", "events", ["namespace", "user", "time_us"])
    op.create_index("events_of_item", "events", ["namespace", "item", "user", "time_us", "type"])
    attributed = sa.text("recommendation_id IS NOT NULL")
    op.create_index(
        "events_attributed",
        "events",
        ["namespace", "time_us"],
        sqlite_where=attributed,
        postgresql_where=attributed,
    )


def _models() -> None:
    op.create_table(
        "recommenders",
        _place(),
        *(_words(name) for name in ("namespace", "id", "name", "family")),
        _number("created_us"),
        _words("job"),
        _number("events"),
        _number("items"),
        sa.Column("report", sa.Text(), nullable=False),
        _words("decision"),
        sqlite_autoincrement=True,
    )
    op.create_index("recommenders_id", "recommenders", ["namespace", "id"], unique=True)
    op.create_index("recommenders_newest", "recommenders", ["namespace", "place"])
    op.create_index("recommenders_name", "recommenders", ["namespace", "name", "place"])
    op.create_table(
        "archives",
        _key("namespace"),
        _key("model"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["namespace", "model"],
            ["recommenders.namespace", "recommenders.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "promotions",
        _place(),
        _words("namespace"),
        _words("model"),
        _number("time_us"),
        sqlite_autoincrement=True,
    )
    op.create_index("promotions_newest", "promotions", ["namespace", "place"])
    op.create_table(
        "experiments",
        _key("namespace"),
        _words("name"),
        sa.Column("groups", sa.Text(), nullable=False),
        _number("started_us"),
    )
    op.create_table(
        "served",
        _key("namespace"),
        _key("model"),
        _key("group"),
        sa.Column("day", sa.Integer(), primary_key=True),
        _number("answers"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        _place(),
        sa.Column("id", _WORDS, nullable=False, unique=True),
        _words("namespace"),
        _words("kind"),
        sa.Column("payload", sa.Text(), nullable=False),
        _words("status"),
        sa.Column("progress", sa.Double(), nullable=False),
        _words("message"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("owner", _WORDS),
        sa.Column("lease_until_us", sa.BigInteger()),
        _number("created_us"),
        sa.Column("started_us", sa.BigInteger()),
        sa.Column("finished_us", sa.BigInteger()),
        sa.Column("result", sa.Text()),
        sa.Column("error", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_newest", "jobs", ["namespace", "place"])
    op.create_index("jobs_queue", "jobs", ["status", "place"])
    op.create_table(
        "job_events",
        sa.Column("job", _WORDS, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        _words("kind"),
        _number("time_us"),
        sa.Column("progress", sa.Double(), nullable=False),
        _words("message"),
    )
