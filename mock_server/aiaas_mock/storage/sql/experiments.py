"""Experiments in SQL: which models are tried, and how often each answered."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, delete, func, select

from aiaas_mock.storage.recommendations import ServedCount, StoredExperiment
from aiaas_mock.storage.sql.content import to_json
from aiaas_mock.storage.sql.dialect import insert_into
from aiaas_mock.storage.sql.schema import experiments, from_us, served, to_us


class SqlExperiments:
    """The part of `RecommenderTable` that is about experiments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, namespace: str) -> StoredExperiment | None:
        """Return the experiment that runs."""
        query = select(experiments).where(experiments.c.namespace == namespace)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return StoredExperiment(
            name=row.name,
            groups=tuple((name, model, share) for name, model, share in orjson.loads(row.groups)),
            started_at=from_us(row.started_us),
        )

    def set(self, namespace: str, experiment: StoredExperiment | None) -> None:
        """Set the experiment that runs, or end it."""
        if experiment is None:
            self._connection.execute(
                delete(experiments).where(experiments.c.namespace == namespace)
            )
            return
        values = {
            "name": experiment.name,
            "groups": to_json(experiment.groups),
            "started_us": to_us(experiment.started_at),
        }
        statement = insert_into(self._connection, experiments)
        self._connection.execute(
            statement.values(namespace=namespace, **values).on_conflict_do_update(
                index_elements=["namespace"], set_=values
            )
        )

    def add_served(self, namespace: str, counts: Sequence[ServedCount]) -> None:
        """Add to the counts of answers; the database adds, so that no other server's are lost."""
        rows = [
            {
                "namespace": namespace,
                "model": count.model,
                "group": count.group or "",
                "day": count.day,
                "answers": count.answers,
            }
            for count in counts
        ]
        if not rows:
            return
        rows.sort(key=lambda row: (row["model"], row["group"], row["day"]))  # see `SqlUsers`
        statement = insert_into(self._connection, served)
        added = {"answers": served.c.answers + statement.excluded.answers}
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["namespace", "model", "group", "day"], set_=added
            ),
            rows,
        )

    def served(self, namespace: str, *, since_day: int | None) -> Sequence[ServedCount]:
        """Return the counts of answers by model and group."""
        query = select(
            served.c.model, served.c.group, func.min(served.c.day), func.sum(served.c.answers)
        ).where(served.c.namespace == namespace)
        if since_day is not None:
            query = query.where(served.c.day >= since_day)
        by = (served.c.model, served.c.group)
        return [
            ServedCount(model=model, group=group or None, day=day, answers=int(answers))
            for model, group, day, answers in self._connection.execute(
                query.group_by(*by).order_by(*by)
            )
        ]
