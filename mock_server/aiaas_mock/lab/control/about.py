"""Answers what can be asked about the lab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiaas.contract import openapi
from aiaas.contract.operations import all_operations
from aiaas_mock.http.answers import Answer
from aiaas_mock.lab.contract.about import Capabilities, LabHealth, LabVersion
from aiaas_mock.lab.contract.document import build_control_document
from aiaas_mock.lab.contract.fault_kinds import KINDS, kind_of
from aiaas_mock.lab.contract.operations import control_operations
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk


@dataclass(slots=True)
class _About:
    desk: Desk
    digest: str | None = None

    async def health(self, request: None, space: MakeSpace) -> LabHealth:
        return LabHealth(state=self.desk.facts.state())

    async def version(self, request: None, space: MakeSpace) -> LabVersion:
        if self.digest is None:  # on first use, for a quick start
            document = json.dumps(openapi.build_document(), sort_keys=True)
            self.digest = hashlib.sha256(document.encode()).hexdigest()
        return LabVersion(
            version=self.desk.facts.version,
            contract=openapi.VERSION,
            contract_sha256=self.digest,
        )

    async def capabilities(self, request: None, space: MakeSpace) -> Capabilities:
        facts = self.desk.facts
        return Capabilities(
            engine=facts.engine,
            models=facts.models,
            operations=tuple(operation.name for operation in all_operations()),
            control=tuple(operation.name for operation in control_operations()),
            scopes=self.desk.scopes,
            faults=tuple(kind_of(kind) for kind in KINDS),
            fault_header=facts.fault_header,
            max_namespaces=self.desk.spaces.most,
            development_keys=self.desk.guests,
        )

    async def document(self, request: None, space: MakeSpace) -> Answer:
        document: Any = build_control_document(self.desk.facts.version)
        return Answer(json.dumps(document).encode())


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    about = _About(desk)
    return {
        "mock.health": about.health,
        "mock.version": about.version,
        "mock.capabilities": about.capabilities,
        "mock.openapi": about.document,
    }
