"""Answers by idempotency key in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from aiaas_mock.storage.records import Claimed, StoredAnswer
from aiaas_mock.storage.sql.dialect import insert_into
from aiaas_mock.storage.sql.schema import answers, to_us
from aiaas_mock.storage.store import LostClaim


class SqlAnswers:
    """Implements `AnswerTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(
        self, namespace: str, key: str, *, owner: str, now: datetime, until: datetime
    ) -> Claimed | None:
        """Take a key, or return what holds it."""
        self.sweep(namespace, now=now)  # so that whatever is found is still valid
        values = {"namespace": namespace, "key": key, "owner": owner, "until_us": to_us(until)}
        new = insert_into(self._connection, answers).values(values).on_conflict_do_nothing()
        taken = self._connection.execute(new.returning(answers.c.owner)).one_or_none()
        if taken is not None:
            return None
        row = self._connection.execute(select(answers).where(_at(namespace, key))).one_or_none()
        if row is None or row.status is None:  # none: it was given back just now
            return Claimed(None)
        return Claimed(
            StoredAnswer(
                fingerprint=row.fingerprint,
                status=row.status,
                media_type=row.media_type,
                body=row.body,
            )
        )

    def keep(
        self, namespace: str, key: str, *, owner: str, answer: StoredAnswer, until: datetime
    ) -> None:
        """Turn a claim into an answer."""
        kept = self._connection.execute(
            update(answers)
            .where(_claim(namespace, key, owner))
            .values(
                until_us=to_us(until),
                fingerprint=answer.fingerprint,
                status=answer.status,
                media_type=answer.media_type,
                body=answer.body,
            )
        )
        if kept.rowcount != 1:
            raise LostClaim(key)

    def release(self, namespace: str, key: str, *, owner: str) -> None:
        """Give a claim back."""
        self._connection.execute(delete(answers).where(_claim(namespace, key, owner)))

    def sweep(self, namespace: str, *, now: datetime) -> None:
        """Delete what is past its time."""
        over = (answers.c.namespace == namespace) & (answers.c.until_us <= to_us(now))
        self._connection.execute(delete(answers).where(over))


def _at(namespace: str, key: str) -> ColumnElement[bool]:
    return and_(answers.c.namespace == namespace, answers.c.key == key)


def _claim(namespace: str, key: str, owner: str) -> ColumnElement[bool]:
    return and_(_at(namespace, key), answers.c.owner == owner, answers.c.status.is_(None))
