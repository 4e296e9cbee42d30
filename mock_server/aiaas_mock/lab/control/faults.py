"""Answers what can be asked of fault rules."""

from __future__ import annotations

from collections.abc import Mapping

from aiaas.contract.answers import Page
from aiaas_mock.lab.contract.faults import (
    DeletedFaultRules,
    FaultRule,
    FaultRuleRequest,
    FaultRuleState,
)
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.faults.rules import ActiveRule
from aiaas_mock.lab.naming import check_pattern


def _shown(active: ActiveRule) -> FaultRuleState:
    return FaultRuleState(id=active.id, rule=active.rule, matched=active.matched, hit=active.hit)


async def _list(request: None, space: MakeSpace) -> Page[FaultRuleState]:
    found = (await space()).faults.rules.values()
    return Page[FaultRuleState](data=tuple(map(_shown, found)), has_more=False)


async def _create(request: FaultRule, space: MakeSpace) -> FaultRuleState:
    if request.match.operation is not None:
        check_pattern(request.match.operation)
    return _shown((await space()).faults.add(request))


async def _retrieve(request: FaultRuleRequest, space: MakeSpace) -> FaultRuleState:
    return _shown((await space()).faults.get(request.rule))


async def _delete(request: FaultRuleRequest, space: MakeSpace) -> DeletedFaultRules:
    (await space()).faults.remove(request.rule)
    return DeletedFaultRules(ids=(request.rule,))


async def _clear(request: None, space: MakeSpace) -> DeletedFaultRules:
    faults = (await space()).faults
    ids = tuple(faults.rules)
    faults.reset()
    return DeletedFaultRules(ids=ids)


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {
        "mock.faults.list": _list,
        "mock.faults.create": _create,
        "mock.faults.retrieve": _retrieve,
        "mock.faults.delete": _delete,
        "mock.faults.clear": _clear,
    }
