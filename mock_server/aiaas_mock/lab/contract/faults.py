"""Fault rules: when which fault is made."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.fault_kinds import Fault

RuleId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Count = Annotated[Integer, Field(ge=0, le=10**9)]
_Nth = Annotated[Integer, Field(ge=1, le=10**9)]


class Match(RequestModel):
    """Which requests a rule is about: those for which all that is given holds.

    Attributes:
        operation: Name of the operation, such as ``images.classify``; ``*`` stands for any text,
            as in ``images.*``.
        key: Public id of the key, ``key_...``. Such a rule is decided after authentication.
        header: Headers by name, with their value; ``*`` for any.
        nth: Which of the requests that match otherwise, from 1.
        model: Name, or ``name@version``, of the model that answered. Such a rule is decided when
            the service is done.
    """

    operation: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    header: dict[str, str] = Field(default_factory=dict, max_length=16)
    nth: Annotated[tuple[_Nth, ...], Field(min_length=1, max_length=100)] | None = None
    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class FaultRule(RequestModel):
    """When which fault is made.

    Attributes:
        id: Names the rule; made when omitted. What a seed decides depends on it.
        match: Which requests it is about; all when omitted.
        probability: How likely a request that matches is hit, 0 to 1.
        times: How many are hit at most.
        after: How many that match pass before the first is hit.
        until: When it ends, by the clock of the namespace.
        fault: What is made.
    """

    id: RuleId | None = None
    match: Match = Match()
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    times: Annotated[Integer, Field(ge=1, le=10**9)] | None = None
    after: _Count = 0
    until: AwareDatetime | None = None
    fault: Fault


class FaultRuleRequest(RequestModel):
    """Which rule."""

    rule: RuleId


class FaultRuleState(ResponseModel):
    """A rule, and what came of it.

    Attributes:
        id: Names it.
        rule: What it says.
        matched: How many requests matched.
        hit: How many of them were hit.
    """

    id: str
    rule: FaultRule
    matched: int
    hit: int


class DeletedFaultRules(ResponseModel):
    """Rules that are no more."""

    ids: tuple[str, ...]
    deleted: bool = True


LIST: Final[Operation[None, Page[FaultRuleState]]] = Operation(
    name="mock.faults.list",
    method="GET",
    path="/_mock/faults",
    summary="List the fault rules of the namespace, in the order they are tried.",
    request=None,
    response=Page[FaultRuleState],
    scope=None,
    effect="read",
)

CREATE: Final[Operation[FaultRule, FaultRuleState]] = Operation(
    name="mock.faults.create",
    method="POST",
    path="/_mock/faults",
    summary="Add a fault rule, or put it in the place of the one with its id.",
    request=FaultRule,
    response=FaultRuleState,
    bodies=("json",),
    scope=None,
    effect="write",
)

CLEAR: Final[Operation[None, DeletedFaultRules]] = Operation(
    name="mock.faults.clear",
    method="DELETE",
    path="/_mock/faults",
    summary="Delete all fault rules of the namespace; requests that they hold up go on.",
    request=None,
    response=DeletedFaultRules,
    scope=None,
    effect="write",
)

RETRIEVE: Final[Operation[FaultRuleRequest, FaultRuleState]] = Operation(
    name="mock.faults.retrieve",
    method="GET",
    path="/_mock/faults/{rule}",
    summary="Read a fault rule and what came of it.",
    request=FaultRuleRequest,
    response=FaultRuleState,
    scope=None,
    effect="read",
)

DELETE: Final[Operation[FaultRuleRequest, DeletedFaultRules]] = Operation(
    name="mock.faults.delete",
    method="DELETE",
    path="/_mock/faults/{rule}",
    summary="Delete a fault rule.",
    request=FaultRuleRequest,
    response=DeletedFaultRules,
    scope=None,
    effect="write",
)

OPERATIONS: Final = (LIST, CREATE, CLEAR, RETRIEVE, DELETE)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.faults.create": {
        "match": {"operation": "images.classify", "nth": [1, 2]},
        "times": 2,
        "fault": {"kind": "status", "status": 503, "retry_after_s": 0.1},
    }
}
