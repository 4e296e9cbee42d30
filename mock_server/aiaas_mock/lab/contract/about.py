"""About the lab: is it there, what is it, what can it do?"""

from __future__ import annotations

from typing import Any, Final, Literal

from aiaas.contract._base import ResponseModel
from aiaas.contract._operation import Operation


class LabHealth(ResponseModel):
    """The lab answers.

    Attributes:
        status: Always ``ok``.
        state: What the server is doing: ``starting``, ``ready`` or ``stopping``.
    """

    status: Literal["ok"] = "ok"
    state: str


class LabVersion(ResponseModel):
    """What is running.

    Attributes:
        version: Version of the server.
        contract: Version of the contract that it answers.
        contract_sha256: Checksum of its OpenAPI document, which changes with the contract.
    """

    version: str
    contract: str
    contract_sha256: str


class Capabilities(ResponseModel):
    """What can be asked of the server and of the lab.

    Attributes:
        engine: What runs the models.
        models: Ids of the models there are.
        operations: Names of the operations of the contract.
        control: Names of the operations of the lab.
        scopes: What a reset may name.
        max_namespaces: How many namespaces may be made.
        faults: Kinds of faults.
        fault_header: Whether a request may bring a fault in a header.
        development_keys: Whether unregistered development keys are accepted from this machine.
    """

    engine: str
    models: tuple[str, ...]
    operations: tuple[str, ...]
    control: tuple[str, ...]
    scopes: tuple[str, ...]
    max_namespaces: int
    faults: tuple[str, ...]
    fault_header: bool
    development_keys: bool


HEALTH: Final[Operation[None, LabHealth]] = Operation(
    name="mock.health",
    method="GET",
    path="/_mock/health",
    summary="Say whether the lab answers, and what the server is doing.",
    request=None,
    response=LabHealth,
    scope=None,
    effect="read",
)

VERSION: Final[Operation[None, LabVersion]] = Operation(
    name="mock.version",
    method="GET",
    path="/_mock/version",
    summary="Name the versions of server and contract.",
    request=None,
    response=LabVersion,
    scope=None,
    effect="read",
)

CAPABILITIES: Final[Operation[None, Capabilities]] = Operation(
    name="mock.capabilities",
    method="GET",
    path="/_mock/capabilities",
    summary="List what can be asked of server and lab.",
    request=None,
    response=Capabilities,
    scope=None,
    effect="read",
)

DOCUMENT: Final[Operation[None, dict[str, Any]]] = Operation(
    name="mock.openapi",
    method="GET",
    path="/_mock/openapi.json",
    summary="Describe the operations of the lab as an OpenAPI 3.1 document.",
    request=None,
    response=None,
    scope=None,
    effect="read",
)

OPERATIONS: Final = (HEALTH, VERSION, CAPABILITIES, DOCUMENT)

EXAMPLES: Final[dict[str, Any]] = {}
