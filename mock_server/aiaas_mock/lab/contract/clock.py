"""The clock of a namespace: freeze, advance, resume."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, model_validator

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation

_MOST_BY_S: Final = 3.2e10  # a thousand years


class ClockChange(RequestModel):
    """What the clock shall do.

    Attributes:
        action: ``freeze`` stops it, ``advance`` puts it ahead, ``resume`` lets it run on.
        instant: With ``freeze``: the time that it shows; what it shows now when omitted.
        by_s: With ``advance``: how far, in seconds.
    """

    action: Literal["freeze", "advance", "resume"]
    instant: AwareDatetime | None = None
    by_s: Annotated[float, Field(ge=0, le=_MOST_BY_S)] | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> ClockChange:
        if self.instant is not None and self.action != "freeze":
            raise ValueError("'instant' goes with the action 'freeze' only")
        if (self.by_s is not None) != (self.action == "advance"):
            raise ValueError("'by_s' goes with the action 'advance', and with no other")
        return self


class ClockState(ResponseModel):
    """What the clock shows.

    Attributes:
        now: The time in the namespace.
        frozen: Whether it stands still.
        ahead_s: Seconds that it is ahead of the machine's clock.
    """

    now: datetime
    frozen: bool
    ahead_s: float


RETRIEVE: Final[Operation[None, ClockState]] = Operation(
    name="mock.clock.retrieve",
    method="GET",
    path="/_mock/clock",
    summary="Read the clock of the namespace.",
    request=None,
    response=ClockState,
    scope=None,
    effect="read",
)

UPDATE: Final[Operation[ClockChange, ClockState]] = Operation(
    name="mock.clock.update",
    method="PUT",
    path="/_mock/clock",
    summary="Freeze, advance or resume the clock of the namespace.",
    request=ClockChange,
    response=ClockState,
    bodies=("json",),
    scope=None,
    effect="write",
)

OPERATIONS: Final = (RETRIEVE, UPDATE)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.clock.update": {"action": "freeze", "instant": "2026-03-01T12:00:00Z"}
}
