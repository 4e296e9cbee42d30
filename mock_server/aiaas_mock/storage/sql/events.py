"""Events in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    distinct,
    func,
    select,
)
from sqlalchemy.sql.dml import ReturningInsert

from aiaas_mock.storage.recommendations import Act, Outcome, StoredEvent
from aiaas_mock.storage.sql.dialect import insert_of_rows, parameters_of_rows, queue_up
from aiaas_mock.storage.sql.schema import events as event_rows
from aiaas_mock.storage.sql.schema import from_us, to_us

_Found = Sequence[tuple[int, StoredEvent]]


class SqlEvents:
    """Implements `EventTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, namespace: str, events: Sequence[StoredEvent]) -> Sequence[bool]:
        """Keep events; those whose id is there already stay as they were."""
        if not events:
            return []
        # Places are given in the order of the commits, or a reader who follows them would pass
        # by the place of a transaction that commits late.
        queue_up(self._connection, f"events {namespace}")
        dialect = self._connection.dialect.name
        rows = parameters_of_rows(dialect, [_row(namespace, event) for event in events])
        new = set(self._connection.execute(_adding(dialect), rows).scalars())
        return [_take(new, event.id) for event in events]

    def list(
        self,
        namespace: str,
        *,
        user: str | None,
        item: str | None,
        type: str | None,
        before: int | None,
        limit: int,
    ) -> _Found:
        """Return the last that arrived with their places."""
        query = select(event_rows).where(event_rows.c.namespace == namespace)
        wanted = ((event_rows.c.user, user), (event_rows.c.item, item), (event_rows.c.type, type))
        for column, value in wanted:
            if value is not None:
                query = query.where(column == value)
        if before is not None:
            query = query.where(event_rows.c.place < before)
        return self._found(query.order_by(event_rows.c.place.desc()).limit(limit))

    def of_user(self, namespace: str, user_id: str, *, limit: int) -> Sequence[Act]:
        """Return the newest acts of a user by their time."""
        query = (
            select(event_rows.c.item, event_rows.c.type, event_rows.c.value, event_rows.c.time_us)
            .where(event_rows.c.namespace == namespace, event_rows.c.user == user_id)
            .order_by(event_rows.c.time_us.desc(), event_rows.c.place.desc())
            .limit(limit)
        )
        return [
            Act(item=item, type=kind, value=value, time=from_us(time_us))
            for item, kind, value, time_us in self._connection.execute(query)
        ]

    def users_by_item(
        self, namespace: str, *, since: datetime | None, until: datetime | None, type: str | None
    ) -> Mapping[str, int]:
        """Return the number of different users per item."""
        pairs = select(event_rows.c.item, event_rows.c.user).where(
            event_rows.c.namespace == namespace, *_between(since, until)
        )
        if type is not None:
            pairs = pairs.where(event_rows.c.type == type)
        once = pairs.distinct().subquery()
        query = select(once.c.item, func.count()).group_by(once.c.item)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def users_of(
        self, namespace: str, item_ids: Sequence[str], *, limit: int
    ) -> Sequence[tuple[str, str]]:
        """Return different pairs of user and item, the newest first."""
        query = (
            select(event_rows.c.user, event_rows.c.item)
            .where(event_rows.c.namespace == namespace, event_rows.c.item.in_(item_ids))
            .group_by(event_rows.c.user, event_rows.c.item)
            .order_by(func.max(event_rows.c.time_us).desc(), event_rows.c.user, event_rows.c.item)
            .limit(limit)
        )
        return [(user, item) for user, item in self._connection.execute(query)]

    def last_place(self, namespace: str) -> int:
        """Return the place of the last event."""
        query = select(func.max(event_rows.c.place)).where(event_rows.c.namespace == namespace)
        return int(self._connection.execute(query).scalar_one() or 0)

    def count(self, namespace: str) -> int:
        """Return the number of events."""
        query = select(func.count()).where(event_rows.c.namespace == namespace)
        return int(self._connection.execute(query).scalar_one())

    def batches(
        self, namespace: str, *, types: Sequence[str] | None, after: int, limit: int
    ) -> _Found:
        """Return events in the order of their arrival."""
        query = select(event_rows).where(
            event_rows.c.namespace == namespace, event_rows.c.place > after
        )
        if types is not None:
            query = query.where(event_rows.c.type.in_(types))
        return self._found(query.order_by(event_rows.c.place).limit(limit))

    def erase_user(self, namespace: str, user_id: str) -> int:
        """Delete all events of a user."""
        erased = delete(event_rows).where(
            event_rows.c.namespace == namespace, event_rows.c.user == user_id
        )
        return self._connection.execute(erased).rowcount

    def outcomes(self, namespace: str, *, since: datetime | None) -> Sequence[Outcome]:
        """Return what became of answers."""
        by = (event_rows.c.model, event_rows.c.group, event_rows.c.type)
        query = (
            select(
                *by,
                func.count(distinct(event_rows.c.recommendation_id)),
                func.coalesce(func.sum(event_rows.c.value), 0.0),
            )
            .where(
                event_rows.c.namespace == namespace,
                event_rows.c.recommendation_id.is_not(None),
                event_rows.c.model.is_not(None),
                *_between(since, None),
            )
            .group_by(*by)
            .order_by(*(column.nulls_first() for column in by))
        )
        return [
            Outcome(model=model, group=group, type=kind, answers=answers, value=float(value))
            for model, group, kind, answers, value in self._connection.execute(query)
        ]

    def _found(self, query: Select[Any]) -> _Found:
        return [(row.place, _event(row)) for row in self._connection.execute(query)]


@cache
def _adding(dialect: str) -> ReturningInsert[Any]:
    """Return the statement that adds events; to make it anew takes half as long as to run it."""
    names = [column.name for column in event_rows.c if column is not event_rows.c.place]
    statement = insert_of_rows(dialect, event_rows, names)
    return statement.on_conflict_do_nothing().returning(event_rows.c.id)


def _between(since: datetime | None, until: datetime | None) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of a window: from its first moment to before its last."""
    window = []
    if since is not None:
        window.append(event_rows.c.time_us >= to_us(since))
    if until is not None:
        window.append(event_rows.c.time_us < to_us(until))
    return window


def _take(new: set[str], event_id: str) -> bool:
    """Say whether an id is new, once."""
    there = event_id in new
    new.discard(event_id)
    return there


def _row(namespace: str, event: StoredEvent) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "id": event.id,
        "type": event.type,
        "user": event.user,
        "item": event.item,
        "value": event.value,
        "time_us": to_us(event.time),
        "recommendation_id": event.recommendation_id,
        "model": event.model,
        "group": event.group,
    }


def _event(row: Row[Any]) -> StoredEvent:
    return StoredEvent(
        id=row.id,
        type=row.type,
        user=row.user,
        item=row.item,
        value=row.value,
        time=from_us(row.time_us),
        recommendation_id=row.recommendation_id,
        model=row.model,
        group=row.group,
    )
