"""The rate limit of a namespace."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation

_MOST: Final = 100_000


class LimitsChange(RequestModel):
    """The limit to apply.

    Attributes:
        rpm: Requests a minute, of all keys of the namespace together; null for the deployment's.
        remaining: How many of them may be sent now; all when omitted.
    """

    rpm: Annotated[Integer, Field(ge=1, le=_MOST)] | None
    remaining: Annotated[Integer, Field(ge=0, le=_MOST)] | None = None

    @model_validator(mode="after")
    def _within(self) -> LimitsChange:
        if self.remaining is not None and self.remaining > (self.rpm or 0):
            raise ValueError("'remaining' cannot be more than 'rpm'")
        return self


class LimitsState(ResponseModel):
    """The limit that applies.

    Attributes:
        rpm: Requests a minute of all keys together; null when none was set for the namespace.
        remaining: How many may be sent now.
        reset_s: Seconds until there is one more.
    """

    rpm: int | None
    remaining: int | None
    reset_s: float | None


RETRIEVE: Final[Operation[None, LimitsState]] = Operation(
    name="mock.limits.retrieve",
    method="GET",
    path="/_mock/limits",
    summary="Read the rate limit of the namespace.",
    request=None,
    response=LimitsState,
    scope=None,
    effect="read",
)

UPDATE: Final[Operation[LimitsChange, LimitsState]] = Operation(
    name="mock.limits.update",
    method="PUT",
    path="/_mock/limits",
    summary="Set the rate limit of the namespace, and what is left of it.",
    request=LimitsChange,
    response=LimitsState,
    bodies=("json",),
    scope=None,
    effect="write",
)

OPERATIONS: Final = (RETRIEVE, UPDATE)

EXAMPLES: Final[dict[str, Any]] = {"mock.limits.update": {"rpm": 60, "remaining": 1}}
