"""The models that recommend: listed, described, promoted and rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aiaas.contract.recommendations.learning import (
    ListTrainedModelsRequest,
    RollbackRequest,
    TrainedModel,
    TrainedModelPage,
    TrainedModelRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.cursors import decode_cursor, encode_cursor, unknown_cursor
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.models import ModelRoom
from aiaas_mock.services.recommendations.reports import TrainingReport
from aiaas_mock.services.recommendations.views import NamespaceViews, View
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import StoredModel

_BUILT_IN_PLACE: Final = "built-in:"


class TrainedModelService:
    """Answers ``recommendations.models.*``.

    Args:
        store: Where models are.
        views: What is in memory of namespaces.
        models: Knows the built-in ones.
    """

    def __init__(self, store: Store, views: NamespaceViews, models: ModelRoom) -> None:
        self._store = store
        self._views = views
        self._models = models

    async def list(
        self, request: ListTrainedModelsRequest, context: RequestContext
    ) -> TrainedModelPage:
        """Answer ``recommendations.models.list``: trained ones, the newest first; then ours."""
        view = await self._views.of(context)
        before, skipped = _place(request.cursor)
        limit, namespace = request.limit, context.namespace
        found: Sequence[tuple[int, StoredModel]] = ()
        if not skipped:
            found = await self._store.run(
                lambda tx: tx.recommenders.list(namespace, before=before, limit=limit + 1)
            )
        page = [(str(place), self._shown(view, model)) for place, model in found[:limit]]
        if len(found) <= limit:
            ours = self._models.built_in(view)
            page += [
                (f"{_BUILT_IN_PLACE}{number}", self._shown_built_in(view, model_id))
                for number, model_id in enumerate(ours[skipped:], skipped + 1)
            ]
        has_more = len(found) > limit or len(page) > limit
        return TrainedModelPage(
            data=tuple(model for _, model in page[:limit]),
            has_more=has_more,
            next_cursor=encode_cursor(page[limit - 1][0]) if has_more else None,
        )

    async def retrieve(self, request: TrainedModelRequest, context: RequestContext) -> TrainedModel:
        """Answer ``recommendations.models.retrieve``."""
        view = await self._views.of(context)
        return await self._described(view, await self._models.resolve(view, request.model))

    async def promote(self, request: TrainedModelRequest, context: RequestContext) -> TrainedModel:
        """Answer ``recommendations.models.promote``."""
        view = await self._views.of(context)
        model_id = await self._models.resolve(view, request.model)
        described = await self._described(view, model_id)
        default = self._models.default(view)

        def effect(transaction: Transaction) -> TrainedModel:
            namespace, now = context.namespace, context.now()
            promote(transaction, namespace, model_id, default=default, now=now)
            return described.model_copy(update={"status": "promoted"})

        namespace = context.namespace
        return await commit_and_tell(context, effect, lambda: self._views.on_models(namespace))

    async def rollback(self, request: RollbackRequest, context: RequestContext) -> TrainedModel:
        """Answer ``recommendations.models.rollback``."""
        view = await self._views.of(context)

        def effect(transaction: Transaction) -> TrainedModel:
            answers = transaction.recommenders.roll_back(context.namespace)
            if answers is None:
                raise ApiError(
                    "no_previous_model", "No model answered before the one that answers now."
                )
            stored = transaction.recommenders.get(context.namespace, answers)
            shown = (
                self._shown_built_in(view, answers) if stored is None else self._shown(view, stored)
            )
            return shown.model_copy(update={"status": "promoted"})

        namespace = context.namespace
        return await commit_and_tell(context, effect, lambda: self._views.on_models(namespace))

    async def _described(self, view: View, model_id: str) -> TrainedModel:
        if self._models.is_built_in(model_id):
            return self._shown_built_in(view, model_id)
        return self._shown(view, await self._models.stored(view, model_id))

    def _shown(self, view: View, model: StoredModel) -> TrainedModel:
        return TrainedModel(
            id=model.id,
            family=model.family,
            status="promoted" if self._models.promoted(view) == model.id else "candidate",
            origin="trained",
            created_at=model.created_at,
            job=model.job,
            events=model.events,
            items=model.items,
            metrics=TrainingReport.read(model.report).candidate,
            decision=model.decision,
        )

    def _shown_built_in(self, view: View, model_id: str) -> TrainedModel:
        return TrainedModel(
            id=model_id,
            family=self._models.family(model_id),
            status="promoted" if self._models.promoted(view) == model_id else "built-in",
            origin="built-in",
        )


def promote(
    transaction: Transaction, namespace: str, model_id: str, *, default: str, now: datetime
) -> None:
    """Let a model answer; the first time note what did before, so that a rollback finds it."""
    table = transaction.recommenders
    if table.promoted(namespace) is None:
        table.promote(namespace, default, now=now)
    table.promote(namespace, model_id, now=now)


def _place(cursor: str | None) -> tuple[int | None, int]:
    """Return the place of a trained model, and how many built-in ones came already."""
    if cursor is None:
        return None, 0
    kind, _, number = decode_cursor(cursor).rpartition(":")
    if not number.isdecimal() or len(number) > 18 or f"{kind}:" not in (":", _BUILT_IN_PLACE):
        raise unknown_cursor()
    return (int(number), 0) if not kind else (None, int(number))
