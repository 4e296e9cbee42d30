"""The root seed of a namespace: ids and everything that is drawn come from it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation

Seed = Annotated[Integer, Field(ge=0, le=2**63 - 1)]


class SeedChange(RequestModel):
    """The seed to draw from.

    Attributes:
        seed: The seed; null for draws that nobody can foresee.
    """

    seed: Seed | None


class SeedState(ResponseModel):
    """The seed that is drawn from; null for none."""

    seed: int | None


RETRIEVE: Final[Operation[None, SeedState]] = Operation(
    name="mock.seed.retrieve",
    method="GET",
    path="/_mock/seed",
    summary="Read the root seed of the namespace.",
    request=None,
    response=SeedState,
    scope=None,
    effect="read",
)

UPDATE: Final[Operation[SeedChange, SeedState]] = Operation(
    name="mock.seed.update",
    method="PUT",
    path="/_mock/seed",
    summary="Set the root seed of the namespace, or none.",
    request=SeedChange,
    response=SeedState,
    bodies=("json",),
    scope=None,
    effect="write",
)

OPERATIONS: Final = (RETRIEVE, UPDATE)

EXAMPLES: Final[dict[str, Any]] = {"mock.seed.update": {"seed": 7}}
