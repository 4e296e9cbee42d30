"""Trained models in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select

from aiaas_mock.storage.recommendations import ServedCount, StoredExperiment, StoredModel
from aiaas_mock.storage.sql.dialect import queue_up
from aiaas_mock.storage.sql.experiments import SqlExperiments
from aiaas_mock.storage.sql.schema import archives, from_us, promotions, recommenders, to_us


class SqlRecommenders:
    """Implements `RecommenderTable`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._experiments = SqlExperiments(connection)

    def add(self, namespace: str, model: StoredModel, archive: bytes) -> None:
        """Keep a model with its files."""
        self._connection.execute(
            insert(recommenders).values(
                namespace=namespace,
                id=model.id,
                name=model.id.partition("@")[0],
                family=model.family,
                created_us=to_us(model.created_at),
                job=model.job,
                events=model.events,
                items=model.items,
                report=model.report,
                decision=model.decision,
            )
        )
        self._connection.execute(
            insert(archives).values(namespace=namespace, model=model.id, data=archive)
        )

    def get(self, namespace: str, model_id: str) -> StoredModel | None:
        """Return a model."""
        query = select(recommenders).where(
            recommenders.c.namespace == namespace, recommenders.c.id == model_id
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _model(row)

    def newest(self, namespace: str, name: str) -> StoredModel | None:
        """Return the newest version of a model."""
        query = (
            select(recommenders)
            .where(recommenders.c.namespace == namespace, recommenders.c.name == name)
            .order_by(recommenders.c.place.desc())
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _model(row)

    def list(
        self, namespace: str, *, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredModel]]:
        """Return the newest models with their places."""
        query = select(recommenders).where(recommenders.c.namespace == namespace)
        if before is not None:
            query = query.where(recommenders.c.place < before)
        rows = self._connection.execute(query.order_by(recommenders.c.place.desc()).limit(limit))
        return [(row.place, _model(row)) for row in rows]

    def archive(self, namespace: str, model_id: str) -> bytes | None:
        """Return the files of a model."""
        query = select(archives.c.data).where(
            archives.c.namespace == namespace, archives.c.model == model_id
        )
        data: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return data

    def delete(self, namespace: str, model_id: str) -> bool:
        """Delete a model; no rollback comes back to it."""
        self._queue_up(namespace)
        experiment = self.experiment(namespace)
        tried = () if experiment is None else tuple(model for _, model, _ in experiment.groups)
        if model_id in (self.promoted(namespace), *tried):
            return False
        model = recommenders.c.namespace == namespace, recommenders.c.id == model_id
        if self._connection.execute(delete(recommenders).where(*model)).rowcount == 0:
            return False
        past = promotions.c.namespace == namespace, promotions.c.model == model_id
        self._connection.execute(delete(promotions).where(*past))
        return True

    def promote(self, namespace: str, model_id: str, *, now: datetime) -> None:
        """Let a model answer from now on, if it does not yet."""
        self._queue_up(namespace)
        if self.promoted(namespace) != model_id:
            self._connection.execute(
                insert(promotions).values(namespace=namespace, model=model_id, time_us=to_us(now))
            )

    def promoted(self, namespace: str) -> str | None:
        """Return the id of the model that answers."""
        last = self._last_promotions(namespace, 1)
        return last[0].model if last else None

    def roll_back(self, namespace: str) -> str | None:
        """Undo the last promotion, if there is one before it."""
        self._queue_up(namespace)
        last = self._last_promotions(namespace, 2)
        if len(last) < 2:
            return None
        undone, answers = last
        self._connection.execute(delete(promotions).where(promotions.c.place == undone.place))
        model: str = answers.model
        return model

    def experiment(self, namespace: str) -> StoredExperiment | None:
        """Return the experiment that runs."""
        return self._experiments.get(namespace)

    def set_experiment(self, namespace: str, experiment: StoredExperiment | None) -> None:
        """Set the experiment that runs, or end it."""
        self._queue_up(namespace)
        self._experiments.set(namespace, experiment)

    def add_served(self, namespace: str, counts: Sequence[ServedCount]) -> None:
        """Add to the counts of answers."""
        self._experiments.add_served(namespace, counts)

    def served(self, namespace: str, *, since_day: int | None) -> Sequence[ServedCount]:
        """Return the counts of answers."""
        return self._experiments.served(namespace, since_day=since_day)

    def _queue_up(self, namespace: str) -> None:
        """Let nobody else change which models answer before this transaction has."""
        queue_up(self._connection, f"recommenders {namespace}")

    def _last_promotions(self, namespace: str, number: int) -> Sequence[Row[tuple[object, ...]]]:
        query = (
            select(promotions)
            .where(promotions.c.namespace == namespace)
            .order_by(promotions.c.place.desc())
            .limit(number)
        )
        return self._connection.execute(query).all()


def _model(row: Row[tuple[object, ...]]) -> StoredModel:
    return StoredModel(
        id=row.id,
        family=row.family,
        created_at=from_us(row.created_us),
        job=row.job,
        events=row.events,
        items=row.items,
        report=row.report,
        decision=row.decision,
    )
