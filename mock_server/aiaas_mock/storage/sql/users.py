"""What is known of users, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select

from aiaas_mock.storage.recommendations import StoredUser
from aiaas_mock.storage.sql.content import metadata_of, to_json
from aiaas_mock.storage.sql.dialect import insert_rows
from aiaas_mock.storage.sql.schema import from_us, to_us
from aiaas_mock.storage.sql.schema import users as user_rows


class SqlUsers:
    """Implements `UserTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, namespace: str, users: Sequence[StoredUser]) -> int:
        """Add users or replace them."""
        newest = {user.id: user for user in users}
        rows = [
            {
                "namespace": namespace,
                "id": user_id,
                "updated_us": to_us(newest[user_id].updated_at),
                "content": to_json(newest[user_id].metadata),
            }
            for user_id in sorted(newest)  # in one order everywhere, or two could block each other
        ]
        if not rows:
            return 0
        # The database tells which are new: with others about, looking beforehand would not.
        statement, parameters = insert_rows(self._connection, user_rows, rows)
        added = statement.on_conflict_do_nothing().returning(user_rows.c.id)
        new = set(self._connection.execute(added, parameters).scalars())
        self._replace([row for row in rows if row["id"] not in new])
        return len(new)

    def get(self, namespace: str, user_id: str) -> StoredUser | None:
        """Return a user."""
        query = select(user_rows).where(
            user_rows.c.namespace == namespace, user_rows.c.id == user_id
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return StoredUser(
            id=row.id,
            metadata=metadata_of(orjson.loads(row.content)),
            updated_at=from_us(row.updated_us),
        )

    def delete(self, namespace: str, user_id: str) -> bool:
        """Delete what is known of a user."""
        gone = delete(user_rows).where(
            user_rows.c.namespace == namespace, user_rows.c.id == user_id
        )
        return self._connection.execute(gone).rowcount > 0

    def _replace(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        statement, parameters = insert_rows(self._connection, user_rows, rows)
        replaced = {name: statement.excluded[name] for name in ("updated_us", "content")}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["namespace", "id"], set_=replaced),
            parameters,
        )
