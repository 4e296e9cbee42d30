# Generated from aiaas/_async/recommendation_learning.py by `make sync`; edit that file instead.
"""Recommendations: models that learn from the events, experiments, figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aiaas._core.job_types import Job
from aiaas._core.recommendation_types import (
    EndedExperiment,
    Experiment,
    RecommendationMetrics,
    TrainedModel,
    TrainedModelPage,
)
from aiaas._core.requests import arguments
from aiaas._sync.paging import Paginator
from aiaas._sync.recommendation_calls import RecommendationCalls
from aiaas.contract.recommendations import learning
from aiaas.contract.recommendations.learning import Group

if TYPE_CHECKING:
    from typing import Literal, Unpack

    from aiaas._core.options import CallOptions


class Learning(RecommendationCalls):
    """How models learn, and how good they are."""

    def train(
        self,
        *,
        family: learning.Family = "auto",
        name: str = "trained",
        types: Iterable[str] | None = None,
        promote: Literal["if-not-worse", "never"] = "if-not-worse",
        seed: int = 0,
        **options: Unpack[CallOptions],
    ) -> Job:
        """Train a model from the events, as a job.

        Args:
            family: The kind of model; ``auto`` takes what suits the number of items.
            name: Name of the model; each training makes a new version of it.
            types: Types of events to learn from; all when omitted.
            promote: ``if-not-worse`` lets the new model answer when it is not worse than the one
                that does, measured on the newest events; ``never`` leaves that to you.
            seed: Makes what is left to chance repeatable.
            options: Options for this call; see `CallOptions`.

        Returns:
            The job; ``client.jobs`` tells how far it is.

        Raises:
            ConflictError: There are too few events.
            InvalidRequestError: This kind of model cannot be trained there, or the name is taken.
            ValueError: An argument is out of range.

        Example:
            >>> job = client.recommendations.train(family="ease", name="spring")
            >>> print(job.id, job.status)
        """
        with arguments():
            request = learning.TrainRequest.model_validate(
                {
                    "family": family,
                    "name": name,
                    "types": types if types is None or isinstance(types, str) else list(types),
                    "promote": promote,
                    "seed": seed,
                }
            )
        return self._ask(learning.TRAIN, request, Job, options)

    def metrics(
        self, *, window_s: int | None = None, **options: Unpack[CallOptions]
    ) -> RecommendationMetrics:
        """Say how good the recommendations are.

        Args:
            window_s: Seconds back from now that count for what users did; all time when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            ``offline``: how well each model foretold events that it had not seen. ``online``:
            how many answers of each model and group were clicked and led to a purchase.

        Raises:
            ValueError: `window_s` is out of range.

        Example:
            >>> for row in client.recommendations.metrics().online:
            ...     print(row.model, row.group, row.answers, row.click_through_rate)
        """
        with arguments():
            request = learning.MetricsRequest(window_s=window_s)
        return self._ask(learning.METRICS, request, RecommendationMetrics, options)


class RecommendationModels(RecommendationCalls):
    """The models that recommend. Reach it as ``client.recommendations.models``."""

    def list(
        self, *, limit: int = 20, cursor: str | None = None, **options: Unpack[CallOptions]
    ) -> Paginator[TrainedModel]:
        """List the models, newest first and built-in ones last, over all pages.

        Args:
            limit: Most models to fetch at once, 1 to 100.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of models; its ``pages()`` gives whole pages. Nothing is sent before it is
            iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> for model in client.recommendations.models.list():
            ...     print(model.id, model.status, model.decision)
        """
        with arguments():
            first = learning.ListTrainedModelsRequest(limit=limit, cursor=cursor)
        return self._list(learning.LIST_MODELS, first, TrainedModelPage, cursor, options)

    def retrieve(self, name: str, **options: Unpack[CallOptions]) -> TrainedModel:
        """Describe a model.

        Args:
            name: ``name`` or ``name@version``.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such model.
            ValueError: `name` is empty or too long.
        """
        return self._ask(learning.RETRIEVE_MODEL, _request_of(name), TrainedModel, options)

    def promote(self, name: str, **options: Unpack[CallOptions]) -> TrainedModel:
        """Let a model answer from now on.

        Args:
            name: ``name`` or ``name@version``.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such model.
            ValueError: `name` is empty or too long.
        """
        return self._ask(learning.PROMOTE, _request_of(name), TrainedModel, options)

    def rollback(self, **options: Unpack[CallOptions]) -> TrainedModel:
        """Let the model answer again that did before the current one.

        Args:
            options: Options for this call; see `CallOptions`.

        Returns:
            The model that answers from now on.

        Raises:
            ConflictError: There is no model to go back to.
        """
        return self._ask(learning.ROLLBACK, learning.RollbackRequest(), TrainedModel, options)


class RecommendationExperiment(RecommendationCalls):
    """Models tried against each other. Reach it as ``client.recommendations.experiment``."""

    def set(
        self,
        name: str,
        groups: Mapping[str, str] | Iterable[Group | Mapping[str, object]],
        **options: Unpack[CallOptions],
    ) -> Experiment:
        """Try models against each other; an experiment that runs is replaced.

        Args:
            name: Name of the experiment; a new name puts users in groups anew.
            groups: 2 to 10 groups: the model of each by its name, for groups of equal size; or
                ``Group``, or mappings of its fields ``name``, ``model`` and ``share``.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such model.
            InvalidRequestError: The shares do not add up to 1, or a name is there twice.
            ValueError: An argument cannot be sent.

        Example:
            >>> client.recommendations.experiment.set(
            ...     "spring", {"control": "ease@1", "new": "two-tower@1"}
            ... )
        """
        with arguments():
            request = learning.SetExperimentRequest.model_validate(
                {"name": name, "groups": _groups(groups)}
            )
        return self._ask(learning.SET_EXPERIMENT, request, Experiment, options)

    def retrieve(self, **options: Unpack[CallOptions]) -> Experiment:
        """Describe the experiment that runs.

        Args:
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is none.
        """
        return self._ask(learning.RETRIEVE_EXPERIMENT, None, Experiment, options)

    def delete(self, **options: Unpack[CallOptions]) -> EndedExperiment:
        """End the experiment: the promoted model answers everybody again.

        Args:
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is none.
        """
        return self._ask(learning.DELETE_EXPERIMENT, None, EndedExperiment, options)


def _request_of(name: str) -> learning.TrainedModelRequest:
    with arguments(model="name"):
        return learning.TrainedModelRequest(model=name)


def _groups(
    groups: Mapping[str, str] | Iterable[Group | Mapping[str, object]],
) -> list[Group | Mapping[str, object]]:
    if not isinstance(groups, Mapping):
        return list(groups)
    share = 1 / max(len(groups), 1)
    return [{"name": name, "model": model, "share": share} for name, model in groups.items()]
