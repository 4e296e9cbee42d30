"""Models: what a deployment can answer with, and how good each is."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page


class ListModelsRequest(RequestModel):
    """Which models to list.

    Attributes:
        task: Only models for this task, for instance ``image-classification``.
        limit: Most models on a page.
        cursor: ``next_cursor`` of the page before.
    """

    task: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    limit: Annotated[Integer, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class RetrieveModelRequest(RequestModel):
    """Which model to describe: ``name``, ``name@version`` or an alias."""

    model: Annotated[str, Field(min_length=1, max_length=128)]


class Metric(ResponseModel):
    """A measured quality of a model.

    Attributes:
        name: What was measured, for instance ``accuracy``.
        split: On which data, for instance ``test``.
        value: The figure.
        variant: Which weights, for instance ``float32`` or ``int8``.
        command: The command that reproduces it.
        note: What else one must know to read it.
    """

    name: str
    split: str
    value: float
    variant: str
    command: str
    note: str | None = None


class Model(ResponseModel):
    """A model, as its card describes it.

    Attributes:
        id: ``name@version``.
        name: Name; without a version it means the newest.
        version: Version.
        task: What it does, for instance ``image-classification``.
        operations: Operations that take it as ``model``.
        default_for: Operations that use it when ``model`` is omitted.
        aliases: Other names for it.
        variants: Weights it comes with; ask for one as ``name@version:variant``.
        summary: What it is, in a sentence.
        origin: ``trained-by-us`` or ``third-party``.
        licence: SPDX identifier of the weights' licence.
        limits: What it must not be used for, and its known weaknesses.
        parameters: Number of weights.
        base: ``name@version`` of the model whose output it takes, if any.
        metrics: Its measured quality.
        labels: The labels it can answer with; only when a single model is retrieved.
        dimensions: Length of its vectors, for embedding models.
        loaded: Whether it is in memory; another one is loaded on first use.
        created: Date of training or publication, ``YYYY-MM-DD``.
    """

    id: str
    object: Literal["model"] = "model"
    name: str
    version: str
    task: str
    operations: tuple[str, ...]
    default_for: tuple[str, ...]
    aliases: tuple[str, ...]
    variants: tuple[str, ...]
    summary: str
    origin: str
    licence: str
    limits: str
    parameters: int | None = None
    base: str | None = None
    metrics: tuple[Metric, ...]
    labels: tuple[str, ...] | None = None
    dimensions: int | None = None
    loaded: bool
    created: str


class ModelPage(Page[Model]):
    """One page of models, in the order of their ids."""


LIST: Final[Operation[ListModelsRequest, ModelPage]] = Operation(
    name="models.list",
    method="GET",
    path="/v1/models",
    summary="List the models of this deployment with their measured quality.",
    request=ListModelsRequest,
    response=ModelPage,
    scope="models:read",
    effect="read",
    paginated=True,
)

RETRIEVE: Final[Operation[RetrieveModelRequest, Model]] = Operation(
    name="models.retrieve",
    method="GET",
    path="/v1/models/{model}",
    summary="Describe one model, with all its labels.",
    request=RetrieveModelRequest,
    response=Model,
    scope="models:read",
    effect="read",
)

OPERATIONS: Final = (LIST, RETRIEVE)
