"""Overrides: which requests get which answer in the place of the real one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.matching import RequestMatch

OverrideId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
_HeaderValue = Annotated[str, Field(pattern=r"^[\x20-\x7e]{0,256}$")]


class Respond(RequestModel):
    """The answer. One of `body` and `merge` is given.

    Attributes:
        status: HTTP status of `body`; that of a problem makes `body` a problem.
        body: The whole answer.
        merge: What changes in the real answer, when it is a success: a merge patch (RFC 7396), in
            which a name that begins with ``/`` is a JSON pointer to what is put in its place.
        headers: Further headers.
    """

    status: Annotated[Integer, Field(ge=200, le=599)] | None = None
    body: dict[str, Any] | None = None
    merge: Annotated[dict[str, Any], Field(min_length=1, max_length=64)] | None = None
    headers: dict[_HeaderName, _HeaderValue] = Field(default_factory=dict, max_length=16)

    @model_validator(mode="after")
    def _check(self) -> Respond:
        if (self.body is None) == (self.merge is None):
            raise ValueError("give one of 'body' and 'merge'")
        if self.merge is not None and self.status is not None:
            raise ValueError("'status' goes with 'body'")
        return self


class Override(RequestModel):
    """Which requests get which answer.

    Attributes:
        id: Names it; made when omitted.
        match: Which requests: the whole name of an operation, and what else must hold.
        respond: What they are answered.
        times: How many get it at most.
        unchecked: Whether the answer may be one that the operation never gives.
    """

    id: OverrideId | None = None
    match: RequestMatch
    respond: Respond
    times: Annotated[Integer, Field(ge=1, le=10**9)] | None = None
    unchecked: bool = False

    @model_validator(mode="after")
    def _check(self) -> Override:
        if self.match.operation is None or self.match.status is not None:
            raise ValueError("'match' takes an 'operation', and no 'status'")
        return self


class OverrideRequest(RequestModel):
    """Which override."""

    override: OverrideId


class OverrideState(ResponseModel):
    """An override, and what came of it.

    Attributes:
        id: Names it.
        override: What it says.
        used: How many requests got its answer.
    """

    id: str
    override: Override
    used: int


class DeletedOverrides(ResponseModel):
    """Overrides that are no more."""

    ids: tuple[str, ...]
    deleted: bool = True


LIST: Final[Operation[None, Page[OverrideState]]] = Operation(
    name="mock.overrides.list",
    method="GET",
    path="/_mock/overrides",
    summary="List the overrides of the namespace, in the order they are tried.",
    request=None,
    response=Page[OverrideState],
    scope=None,
    effect="read",
)

CREATE: Final[Operation[Override, OverrideState]] = Operation(
    name="mock.overrides.create",
    method="POST",
    path="/_mock/overrides",
    summary="Add an override, or put it in the place of the one with its id.",
    request=Override,
    response=OverrideState,
    bodies=("json",),
    scope=None,
    effect="write",
)

CLEAR: Final[Operation[None, DeletedOverrides]] = Operation(
    name="mock.overrides.clear",
    method="DELETE",
    path="/_mock/overrides",
    summary="Delete all overrides of the namespace.",
    request=None,
    response=DeletedOverrides,
    scope=None,
    effect="write",
)

RETRIEVE: Final[Operation[OverrideRequest, OverrideState]] = Operation(
    name="mock.overrides.retrieve",
    method="GET",
    path="/_mock/overrides/{override}",
    summary="Read an override and what came of it.",
    request=OverrideRequest,
    response=OverrideState,
    scope=None,
    effect="read",
)

DELETE: Final[Operation[OverrideRequest, DeletedOverrides]] = Operation(
    name="mock.overrides.delete",
    method="DELETE",
    path="/_mock/overrides/{override}",
    summary="Delete an override.",
    request=OverrideRequest,
    response=DeletedOverrides,
    scope=None,
    effect="write",
)

OPERATIONS: Final = (LIST, CREATE, CLEAR, RETRIEVE, DELETE)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.overrides.create": {
        "match": {"operation": "text.detect_language", "body": {"/inputs/0": "???"}},
        "respond": {"merge": {"/results/0/language": "en"}},
        "times": 1,
    }
}
