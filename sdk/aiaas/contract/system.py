"""System: what operators, load balancers and tools ask a deployment."""

from __future__ import annotations

from typing import Any, Final, Literal

from aiaas.contract._base import ResponseModel
from aiaas.contract._operation import Operation


class Health(ResponseModel):
    """The process is alive.

    Attributes:
        status: Always ``ok``.
        version: Version of the server.
    """

    status: Literal["ok"] = "ok"
    version: str


class Readiness(ResponseModel):
    """Whether requests will be answered at once.

    Attributes:
        status: ``ready`` (200), or ``starting`` or ``stopping`` (503).
        models: Ids of the models in memory.
    """

    status: Literal["ready", "starting", "stopping"]
    models: tuple[str, ...]


HEALTH: Final[Operation[None, Health]] = Operation(
    name="system.health",
    method="GET",
    path="/healthz",
    summary="Say whether the process is alive.",
    request=None,
    response=Health,
    scope=None,
    effect="read",
)

READY: Final[Operation[None, Readiness]] = Operation(
    name="system.ready",
    method="GET",
    path="/readyz",
    summary="Say whether the default models are warm; 503 while they are not.",
    request=None,
    response=Readiness,
    scope=None,
    effect="read",
    statuses=(503,),
)

OPENAPI: Final[Operation[None, dict[str, Any]]] = Operation(
    name="system.openapi",
    method="GET",
    path="/openapi.json",
    summary="Describe all operations as an OpenAPI 3.1 document.",
    request=None,
    response=None,
    scope=None,
    effect="read",
)

METRICS: Final[Operation[None, str]] = Operation(
    name="system.metrics",
    method="GET",
    path="/metrics",
    summary="Give counters and histograms in the Prometheus text format.",
    request=None,
    response=None,
    media_type="text/plain",
    scope="metrics:read",
    effect="read",
)

OPERATIONS: Final = (HEALTH, READY, OPENAPI, METRICS)
