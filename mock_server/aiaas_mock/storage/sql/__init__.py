"""The store on SQLAlchemy Core: SQLite in memory or in a file, or PostgreSQL by URL."""

from aiaas_mock.storage.sql.store import SqlStore

__all__ = ["SqlStore"]
