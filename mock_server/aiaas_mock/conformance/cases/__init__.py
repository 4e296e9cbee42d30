"""All cases, one module per domain of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from aiaas.contract.operations import DOMAINS
from aiaas_mock.conformance.case import Case
from aiaas_mock.conformance.cases.faults import fault_cases


def all_cases(*, faults: bool = True) -> Iterator[Case]:
    """Yield every case, domain by domain in the order of the operation table.

    Args:
        faults: Whether to yield those that need a control plane, too.
    """
    written = [case for domain in DOMAINS for case in _cases_of(domain)]
    yield from written
    if faults:
        yield from fault_cases(written)


def _cases_of(domain: str) -> tuple[Case, ...]:
    cases: tuple[Case, ...] = import_module(f"{__name__}.{domain}").CASES
    return cases
