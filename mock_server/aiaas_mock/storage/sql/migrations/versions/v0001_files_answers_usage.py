"""The tables of the first release: files, answers, usage."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Take the step."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    short = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")
    named = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    long = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    place = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "store",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("namespace", short, primary_key=True),
        sa.Column("id", named, primary_key=True),
        sa.Column("until_us", sa.BigInteger()),
    )
    op.create_index("blobs_until", "blobs", ["until_us"])
    op.create_table(
        "pieces",
        sa.Column("blob_namespace", short, primary_key=True),
        sa.Column("blob_id", named, primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob_namespace", "blob_id"], ["blobs.namespace", "blobs.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "files",
        sa.Column("place", place, primary_key=True),
        sa.Column("namespace", short, nullable=False),
        sa.Column("id", named, nullable=False),
        sa.Column("filename", words, nullable=False),
        sa.Column("media_type", words, nullable=False),
        sa.Column("purpose", short, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", named, nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["namespace", "id"], ["blobs.namespace", "blobs.id"], ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("files_id", "files", ["namespace", "id"], unique=True)
    op.create_index("files_newest", "files", ["namespace", "place"])
    op.create_index("files_expiry", "files", ["expires_us"])
    op.create_table(
        "answers",
        sa.Column("namespace", short, primary_key=True),
        sa.Column("key", long, primary_key=True),
        sa.Column("owner", named, nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.Column("status", sa.Integer()),
        sa.Column("media_type", words),
        sa.Column("body", sa.LargeBinary()),
    )
    op.create_index("answers_until", "answers", ["until_us"])
    op.create_table(
        "usage",
        sa.Column("namespace", short, primary_key=True),
        sa.Column("operation", named, primary_key=True),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("failed_requests", sa.BigInteger(), nullable=False),
        sa.Column("inputs", sa.BigInteger(), nullable=False),
    )
