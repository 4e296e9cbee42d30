"""Catalogues in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, func, literal, null, select, union_all

from aiaas_mock.storage.recommendations import CatalogueChange, StoredItem
from aiaas_mock.storage.sql.content import metadata_of, to_json
from aiaas_mock.storage.sql.dialect import insert_into, insert_rows
from aiaas_mock.storage.sql.schema import catalogues, deleted_items, from_us, item_fields, to_us
from aiaas_mock.storage.sql.schema import items as item_rows

_AT_ONCE: Final = 1000
"""Ids in one question, and rows fetched at once."""

_KNOWN: Final = select(item_rows.c.id).where(
    item_rows.c.namespace == bindparam("namespace"),
    item_rows.c.id.in_(bindparam("ids", expanding=True)),
)
"""Asked for every event: to make it anew takes twice as long as to run it."""


class SqlItems:
    """Implements `ItemTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, namespace: str, items: Sequence[StoredItem]) -> int:
        """Add items or replace them."""
        newest = {item.id: item for item in items}
        if not newest:
            return 0
        revision = self._advance(namespace, len(newest))
        there = self.known(namespace, newest)
        rows = [
            _row(namespace, item, revision - len(newest) + number)
            for number, item in enumerate(newest.values(), 1)
        ]
        statement, parameters = insert_rows(self._connection, item_rows, rows)
        replaced = {
            name: statement.excluded[name]
            for name in ("revision", "available", "updated_us", "content", "vector")
        }
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["namespace", "id"], set_=replaced),
            parameters,
        )
        for ids in _portions(newest):
            gone = deleted_items.c.namespace == namespace, deleted_items.c.id.in_(ids)
            self._connection.execute(delete(deleted_items).where(*gone))
        return len(newest) - len(there)

    def get(self, namespace: str, item_id: str) -> StoredItem | None:
        """Return an item."""
        query = select(item_rows).where(
            item_rows.c.namespace == namespace, item_rows.c.id == item_id
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _item(row)

    def known(self, namespace: str, item_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the ids that are items."""
        found: set[str] = set()
        for ids in _portions(set(item_ids)):
            wanted = {"namespace": namespace, "ids": ids}
            found.update(self._connection.execute(_KNOWN, wanted).scalars())
        return frozenset(found)

    def list(self, namespace: str, *, after: str | None, limit: int) -> Sequence[StoredItem]:
        """Return items in the order of their ids."""
        query = select(item_rows).where(item_rows.c.namespace == namespace)
        if after is not None:
            query = query.where(item_rows.c.id > after)
        return [
            _item(row)
            for row in self._connection.execute(query.order_by(item_rows.c.id).limit(limit))
        ]

    def delete(self, namespace: str, item_id: str) -> bool:
        """Delete an item, and leave a note of it for those who follow the changes."""
        if self.get(namespace, item_id) is None:
            return False
        revision = self._advance(namespace, 1)
        gone = delete(item_rows).where(
            item_rows.c.namespace == namespace, item_rows.c.id == item_id
        )
        if self._connection.execute(gone).rowcount == 0:
            return False
        note = insert_into(self._connection, deleted_items).values(
            namespace=namespace, id=item_id, revision=revision
        )
        self._connection.execute(note)
        return True

    def count(self, namespace: str) -> int:
        """Return the number of items."""
        query = (
            select(func.count()).select_from(item_rows).where(item_rows.c.namespace == namespace)
        )
        return int(self._connection.execute(query).scalar_one())

    def revision(self, namespace: str) -> int:
        """Return the revision of the last change."""
        query = select(catalogues.c.revision).where(catalogues.c.namespace == namespace)
        return int(self._connection.execute(query).scalar_one_or_none() or 0)

    def changes(self, namespace: str, *, since: int) -> Iterator[CatalogueChange]:
        """Yield what changed after a revision, in the order of the changes."""
        # One statement, so that an item that comes or goes meanwhile is not missed by both halves.
        there = select(item_rows, literal(True).label("there"))
        gone = select(
            deleted_items.c.namespace,
            deleted_items.c.id,
            deleted_items.c.revision,
            literal(False),
            literal(0),
            literal(""),
            null(),
            literal(False),
        )
        query = union_all(
            there.where(item_rows.c.namespace == namespace, item_rows.c.revision > since),
            gone.where(deleted_items.c.namespace == namespace, deleted_items.c.revision > since),
        ).order_by("revision")
        rows = self._connection.execution_options(yield_per=_AT_ONCE).execute(query)
        for row in rows:
            yield CatalogueChange(item_id=row.id, item=_item(row) if row.there else None)

    def fields(self, namespace: str) -> Mapping[str, str]:
        """Return the type of every field of metadata."""
        query = select(item_fields.c.name, item_fields.c.type)
        rows = self._connection.execute(query.where(item_fields.c.namespace == namespace))
        return {row.name: row.type for row in rows}

    def declare(self, namespace: str, fields: Mapping[str, str]) -> None:
        """Fix the types of fields that are new."""
        if not fields:
            return
        new = insert_into(self._connection, item_fields).on_conflict_do_nothing()
        self._connection.execute(
            new,
            [
                {"namespace": namespace, "name": name, "type": fields[name]}
                for name in sorted(fields)  # in one order everywhere, or two could block each other
            ],
        )

    def _advance(self, namespace: str, steps: int) -> int:
        """Count revisions on. Until the transaction ends, others who want to do so wait: there
        is never a revision still to come under one that was read."""
        statement = insert_into(self._connection, catalogues).values(
            namespace=namespace, revision=steps
        )
        counted = statement.on_conflict_do_update(
            index_elements=["namespace"], set_={"revision": catalogues.c.revision + steps}
        )
        returned = self._connection.execute(counted.returning(catalogues.c.revision))
        return int(returned.scalar_one())


def _portions(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """Cut ids into what fits into a question, in one order everywhere."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _row(namespace: str, item: StoredItem, revision: int) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "id": item.id,
        "revision": revision,
        "available": item.available,
        "updated_us": to_us(item.updated_at),
        "content": to_json({"title": item.title, "metadata": item.metadata}),
        "vector": item.vector,
    }


def _item(row: Row[tuple[object, ...]]) -> StoredItem:
    content = orjson.loads(row.content)
    return StoredItem(
        id=row.id,
        title=content["title"],
        metadata=metadata_of(content["metadata"]),
        available=row.available,
        vector=row.vector,
        updated_at=from_us(row.updated_us),
    )
