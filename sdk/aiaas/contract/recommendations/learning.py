"""Learning: training models from the events, trying two against each other, going back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas.contract.jobs import Job
from aiaas.contract.recommendations._common import (
    ADMIN,
    READ,
    Cursor,
    EventType,
    ModelName,
    Share,
)

Family = Literal[
    "auto",
    "popularity",
    "item-knn",
    "ease",
    "bpr",
    "two-tower",
    "multi-vae",
    "sasrec",
    "ensemble",
]
"""Kinds of models. ``bpr`` and those after it need a deployment with TensorFlow."""

Types = Annotated[tuple[EventType, ...], Field(min_length=1, max_length=20, strict=False)]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]


class TrainRequest(RequestModel):
    """What to train.

    Attributes:
        family: The kind of model; ``auto`` takes what suits the number of items.
        name: Name of the model; each training makes a new version of it.
        types: Types of events to learn from, all when omitted.
        promote: ``if-not-worse`` lets the new model answer when it is not worse than the one
            that does, measured on the newest events; ``never`` leaves that to you.
        seed: Makes what is left to chance repeatable.
    """

    family: Family = "auto"
    name: Label = "trained"
    types: Types | None = None
    promote: Literal["if-not-worse", "never"] = "if-not-worse"
    seed: Annotated[Integer, Field(ge=0, le=2**31 - 1)] = 0


class OfflineMetrics(ResponseModel):
    """How well a model foretells the newest events from those before.

    Attributes:
        users: Number of users that were measured.
        k: Length of the lists.
        recall: Mean part of a user's later items that the list has; of `k` where there are more.
        ndcg: Normalised discounted cumulative gain, mean over users: earlier places count more.
        hit_rate: Part of users whose list has a later item.
        coverage: Part of the catalogue that is in any list.
        novelty: Mean self-information of the listed items, in bits: high for rare ones.
        diversity: 1 minus the mean cosine similarity between items of a list; None when it was
            not measured.
    """

    users: int
    k: int
    recall: float
    ndcg: float
    hit_rate: float
    coverage: float
    novelty: float
    diversity: float | None = None


class TrainedModel(ResponseModel):
    """A model of the namespace, or a built-in one.

    Attributes:
        id: ``name@version``.
        family: The kind of model.
        status: ``promoted`` (answers), ``candidate`` (could) or ``built-in``.
        origin: ``trained`` from the events of this namespace, or ``built-in``.
        created_at: When it was trained.
        job: The job that trained it.
        events: Number of events that it was trained from.
        items: Number of items that it knows.
        metrics: Its measures on events that it was not trained from; None where there were none.
        decision: Why it was promoted or not.
    """

    id: str
    object: Literal["recommendation.model"] = "recommendation.model"
    family: str
    status: str
    origin: str
    created_at: datetime | None = None
    job: str | None = None
    events: int | None = None
    items: int | None = None
    metrics: OfflineMetrics | None = None
    decision: str | None = None


class ListTrainedModelsRequest(RequestModel):
    """Models of the namespace, the newest first; built-in ones last.

    Attributes:
        limit: Most models on a page.
        cursor: ``next_cursor`` of the page before.
    """

    limit: Annotated[Integer, Field(ge=1, le=100)] = 20
    cursor: Cursor | None = None


class TrainedModelPage(Page[TrainedModel]):
    """One page of models."""


class TrainedModelRequest(RequestModel):
    """Which model."""

    model: ModelName


class RollbackRequest(RequestModel):
    """Nothing to say: the model that answered before the current one answers again."""


class Group(RequestModel):
    """A group of users that gets a model.

    Attributes:
        name: Name of the group.
        model: The model that answers its users.
        share: The part of all users; the shares of an experiment add up to 1.
    """

    name: Label
    model: ModelName
    share: Share


class SetExperimentRequest(RequestModel):
    """Models to try against each other.

    Attributes:
        name: Name of the experiment; a new name puts users in groups anew.
        groups: 2 to 10 groups.
    """

    name: Label
    groups: Annotated[tuple[Group, ...], Field(min_length=2, max_length=10, strict=False)]


class ExperimentGroup(ResponseModel):
    """A group of users that gets a model."""

    name: str
    model: str
    share: float


class Experiment(ResponseModel):
    """Models that are tried against each other. A user stays in one group while it runs.

    Attributes:
        name: Name of the experiment.
        groups: Its groups.
        started_at: When it was set.
    """

    object: Literal["recommendation.experiment"] = "recommendation.experiment"
    name: str
    groups: tuple[ExperimentGroup, ...]
    started_at: datetime


class EndedExperiment(ResponseModel):
    """An experiment that is over: the promoted model answers everybody again."""

    object: Literal["recommendation.experiment.deleted"] = "recommendation.experiment.deleted"
    name: str
    deleted: Literal[True] = True


class MetricsRequest(RequestModel):
    """Which figures.

    Attributes:
        window_s: Seconds back from now that count for the online figures; all time when omitted.
    """

    window_s: Annotated[Integer, Field(ge=1, le=315_360_000)] | None = None


class OnlineMetrics(ResponseModel):
    """What users did with the answers of a model.

    Attributes:
        model: ``name@version``.
        group: The group of the experiment, if there was one.
        answers: Number of answers given.
        clicks: Number of answers that a ``click`` event named.
        conversions: Number of answers that a ``purchase`` event named.
        click_through_rate: `clicks` / `answers`.
        conversion_rate: `conversions` / `answers`.
        revenue: Sum of the values of those ``purchase`` events.
    """

    model: str
    group: str | None = None
    answers: int
    clicks: int
    conversions: int
    click_through_rate: float
    conversion_rate: float
    revenue: float


class ModelMetrics(ResponseModel):
    """Measures of a model, taken when it was trained."""

    model: str
    family: str
    status: str
    metrics: OfflineMetrics


class RecommendationMetrics(ResponseModel):
    """How good the recommendations are.

    Attributes:
        offline: One entry per model that was measured.
        online: One entry per model and group that answered.
    """

    object: Literal["recommendation.metrics"] = "recommendation.metrics"
    offline: tuple[ModelMetrics, ...]
    online: tuple[OnlineMetrics, ...]


TRAIN: Final[Operation[TrainRequest, Job]] = Operation(
    name="recommendations.train",
    method="POST",
    path="/v1/recommendations/train",
    summary="Train a model from the events, as a job.",
    request=TrainRequest,
    bodies=("json",),
    response=Job,
    scope=ADMIN,
    effect="write",
)

LIST_MODELS: Final[Operation[ListTrainedModelsRequest, TrainedModelPage]] = Operation(
    name="recommendations.models.list",
    method="GET",
    path="/v1/recommendations/models",
    summary="List the models that recommend.",
    request=ListTrainedModelsRequest,
    response=TrainedModelPage,
    scope=READ,
    effect="read",
    paginated=True,
)

RETRIEVE_MODEL: Final[Operation[TrainedModelRequest, TrainedModel]] = Operation(
    name="recommendations.models.retrieve",
    method="GET",
    path="/v1/recommendations/models/{model}",
    summary="Describe a model that recommends.",
    request=TrainedModelRequest,
    response=TrainedModel,
    scope=READ,
    effect="read",
)

PROMOTE: Final[Operation[TrainedModelRequest, TrainedModel]] = Operation(
    name="recommendations.models.promote",
    method="POST",
    path="/v1/recommendations/models/{model}/promote",
    summary="Let a model answer from now on.",
    request=TrainedModelRequest,
    bodies=("json",),
    response=TrainedModel,
    scope=ADMIN,
    effect="write",
)

ROLLBACK: Final[Operation[RollbackRequest, TrainedModel]] = Operation(
    name="recommendations.models.rollback",
    method="POST",
    path="/v1/recommendations/rollback",
    summary="Let the model answer again that did before the current one.",
    request=RollbackRequest,
    bodies=("json",),
    response=TrainedModel,
    scope=ADMIN,
    effect="write",
)

SET_EXPERIMENT: Final[Operation[SetExperimentRequest, Experiment]] = Operation(
    name="recommendations.experiment.set",
    method="PUT",
    path="/v1/recommendations/experiment",
    summary="Try models against each other.",
    request=SetExperimentRequest,
    bodies=("json",),
    response=Experiment,
    scope=ADMIN,
    effect="write",
)

RETRIEVE_EXPERIMENT: Final[Operation[None, Experiment]] = Operation(
    name="recommendations.experiment.retrieve",
    method="GET",
    path="/v1/recommendations/experiment",
    summary="Describe the experiment that runs.",
    request=None,
    response=Experiment,
    scope=READ,
    effect="read",
)

DELETE_EXPERIMENT: Final[Operation[None, EndedExperiment]] = Operation(
    name="recommendations.experiment.delete",
    method="DELETE",
    path="/v1/recommendations/experiment",
    summary="End the experiment.",
    request=None,
    response=EndedExperiment,
    scope=ADMIN,
    effect="write",
)

METRICS: Final[Operation[MetricsRequest, RecommendationMetrics]] = Operation(
    name="recommendations.metrics",
    method="GET",
    path="/v1/recommendations/metrics",
    summary="Measure the recommendations, offline and online.",
    request=MetricsRequest,
    response=RecommendationMetrics,
    scope=READ,
    effect="read",
)

OPERATIONS: Final = (
    TRAIN,
    LIST_MODELS,
    RETRIEVE_MODEL,
    PROMOTE,
    ROLLBACK,
    SET_EXPERIMENT,
    RETRIEVE_EXPERIMENT,
    DELETE_EXPERIMENT,
    METRICS,
)
