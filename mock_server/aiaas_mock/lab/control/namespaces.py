"""Answers what can be asked of namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiaas.contract.answers import Page
from aiaas_mock.lab.claim import PREFIX
from aiaas_mock.lab.contract.namespaces import (
    CreateNamespaceRequest,
    DeletedNamespace,
    NamespaceRequest,
    NamespaceState,
)
from aiaas_mock.lab.control.clock import shown, steer
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.development import development_key
from aiaas_mock.lab.namespace import Namespace


@dataclass(frozen=True, slots=True)
class _Answers:
    desk: Desk

    async def list(self, request: None, space: MakeSpace) -> Page[NamespaceState]:
        found = tuple(self._shown(one) for one in self.desk.spaces)
        return Page[NamespaceState](data=found, has_more=False)

    async def create(self, request: CreateNamespaceRequest, space: MakeSpace) -> NamespaceState:
        made = await self.desk.spaces.make(request.name)
        if request.seed is not None:
            made.draws.seed = request.seed
        if request.clock is not None:
            steer(made.clock, request.clock)
        return self._shown(made)

    async def retrieve(self, request: NamespaceRequest, space: MakeSpace) -> NamespaceState:
        return self._shown(self.desk.spaces.get(request.namespace))

    async def delete(self, request: NamespaceRequest, space: MakeSpace) -> DeletedNamespace:
        await self.desk.spaces.drop(request.namespace)
        return DeletedNamespace(name=request.namespace)

    def _shown(self, space: Namespace) -> NamespaceState:
        return NamespaceState(
            name=space.name,
            made_at=space.made_at,
            stays=self.desk.spaces.stays(space.name),
            requests_under_way=space.visits,
            seed=space.draws.seed,
            clock=shown(space.clock),
            key=development_key(space.name) if self.desk.guests else None,
            base_path=f"{PREFIX}{space.name}",
        )


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    answers = _Answers(desk)
    return {
        "mock.namespaces.list": answers.list,
        "mock.namespaces.create": answers.create,
        "mock.namespaces.retrieve": answers.retrieve,
        "mock.namespaces.delete": answers.delete,
    }
