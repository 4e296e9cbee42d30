"""Namespaces, and what happens to one as a whole: reset, snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.clock import ClockChange, ClockState
from aiaas_mock.lab.contract.seed import Seed

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class NamespaceRequest(RequestModel):
    """Which namespace."""

    namespace: Name


class CreateNamespaceRequest(RequestModel):
    """A namespace to make, or to set up when it is there.

    Attributes:
        name: Its name.
        seed: Its root seed; draws that nobody can foresee when omitted.
        clock: What its clock shall do; it shows the machine's time when omitted.
    """

    name: Name
    seed: Seed | None = None
    clock: ClockChange | None = None


class NamespaceState(ResponseModel):
    """A namespace.

    Attributes:
        name: Its name.
        made_at: When it was made, by the machine's clock.
        stays: Whether it is never evicted nor deleted: a key of it was registered.
        requests_under_way: How many requests are being answered in it.
        seed: Its root seed; null for none.
        clock: What its clock shows.
        key: A key that enters it; null where no unregistered key does.
        base_path: What the path of a base URL begins with to enter it.
    """

    name: str
    made_at: datetime
    stays: bool
    requests_under_way: int
    seed: int | None
    clock: ClockState
    key: str | None
    base_path: str


class DeletedNamespace(ResponseModel):
    """A namespace that is no more."""

    name: str
    deleted: bool = True


LIST: Final[Operation[None, Page[NamespaceState]]] = Operation(
    name="mock.namespaces.list",
    method="GET",
    path="/_mock/namespaces",
    summary="List all namespaces, on one page, the least recently used first.",
    request=None,
    response=Page[NamespaceState],
    scope=None,
    effect="read",
)

CREATE: Final[Operation[CreateNamespaceRequest, NamespaceState]] = Operation(
    name="mock.namespaces.create",
    method="POST",
    path="/_mock/namespaces",
    summary="Make a namespace, or set up the one there is.",
    request=CreateNamespaceRequest,
    response=NamespaceState,
    bodies=("json",),
    scope=None,
    effect="write",
)

RETRIEVE: Final[Operation[NamespaceRequest, NamespaceState]] = Operation(
    name="mock.namespaces.retrieve",
    method="GET",
    path="/_mock/namespaces/{namespace}",
    summary="Describe one namespace.",
    request=NamespaceRequest,
    response=NamespaceState,
    scope=None,
    effect="read",
)

DELETE: Final[Operation[NamespaceRequest, DeletedNamespace]] = Operation(
    name="mock.namespaces.delete",
    method="DELETE",
    path="/_mock/namespaces/{namespace}",
    summary="Forget a namespace and all that is kept of it.",
    request=NamespaceRequest,
    response=DeletedNamespace,
    scope=None,
    effect="write",
)

OPERATIONS: Final = (LIST, CREATE, RETRIEVE, DELETE)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.namespaces.create": {
        "name": "checkout-tests",
        "seed": 7,
        "clock": {"action": "freeze", "instant": "2026-03-01T12:00:00Z"},
    }
}
