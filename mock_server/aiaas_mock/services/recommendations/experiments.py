"""Experiments: models that are tried against each other, each on a part of the users."""

from __future__ import annotations

from typing import Final

from aiaas.contract.recommendations.learning import (
    EndedExperiment,
    Experiment,
    ExperimentGroup,
    SetExperimentRequest,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.commits import commit_and_tell
from aiaas_mock.services.recommendations.models import ModelRoom
from aiaas_mock.services.recommendations.views import NamespaceViews
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import StoredExperiment

_TOLERANCE: Final = 1e-6


class ExperimentService:
    """Answers ``recommendations.experiment.*``.

    Args:
        store: Where experiments are.
        views: What is in memory of namespaces.
        models: Finds the models of groups.
    """

    def __init__(self, store: Store, views: NamespaceViews, models: ModelRoom) -> None:
        self._store = store
        self._views = views
        self._models = models

    async def set(self, request: SetExperimentRequest, context: RequestContext) -> Experiment:
        """Answer ``recommendations.experiment.set``; one with the same name goes on."""
        _check(request)
        view, namespace, now = await self._views.of(context), context.namespace, context.now()
        groups = []
        for index, group in enumerate(request.groups):
            try:
                model_id = await self._models.resolve(view, group.model)
            except ApiError as error:
                param = f"/groups/{index}/model"
                raise ApiError(error.code, error.detail, param=param) from error
            groups.append((group.name, model_id, group.share))

        def effect(transaction: Transaction) -> Experiment:
            running = transaction.recommenders.experiment(namespace)
            goes_on = running is not None and running.name == request.name
            experiment = StoredExperiment(
                name=request.name,
                groups=tuple(groups),
                started_at=running.started_at if running is not None and goes_on else now,
            )
            transaction.recommenders.set_experiment(namespace, experiment)
            return _shown(experiment)

        return await commit_and_tell(context, effect, lambda: self._views.on_models(namespace))

    async def retrieve(self, request: None, context: RequestContext) -> Experiment:
        """Answer ``recommendations.experiment.retrieve``."""
        namespace = context.namespace
        running = await self._store.run(lambda tx: tx.recommenders.experiment(namespace))
        if running is None:
            raise _none()
        return _shown(running)

    async def delete(self, request: None, context: RequestContext) -> EndedExperiment:
        """Answer ``recommendations.experiment.delete``."""
        namespace = context.namespace

        def effect(transaction: Transaction) -> EndedExperiment:
            running = transaction.recommenders.experiment(namespace)
            if running is None:
                raise _none()
            transaction.recommenders.set_experiment(namespace, None)
            return EndedExperiment(name=running.name)

        return await commit_and_tell(context, effect, lambda: self._views.on_models(namespace))


def _check(request: SetExperimentRequest) -> None:
    """Demand groups of different names whose shares are everybody."""
    names: dict[str, int] = {}
    for index, group in enumerate(request.groups):
        if names.setdefault(group.name, index) != index:
            raise ApiError(
                "invalid_request",
                f"There are two groups of the name {group.name!r}.",
                param=f"/groups/{index}/name",
            )
    total = sum(group.share for group in request.groups)
    if abs(total - 1) > _TOLERANCE:
        raise ApiError(
            "invalid_request",
            f"The shares of the groups must add up to 1; these add up to {total:.6g}.",
            param="/groups",
        )


def _shown(experiment: StoredExperiment) -> Experiment:
    return Experiment(
        name=experiment.name,
        groups=tuple(
            ExperimentGroup(name=name, model=model, share=share)
            for name, model, share in experiment.groups
        ),
        started_at=experiment.started_at,
    )


def _none() -> ApiError:
    return ApiError("experiment_not_found", "No experiment runs in this namespace.")
