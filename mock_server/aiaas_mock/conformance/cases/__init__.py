"""All cases, one module per domain of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from aiaas.contract.operations import DOMAINS
from aiaas_mock.conformance.case import Case


def all_cases() -> Iterator[Case]:
    """Yield every case, domain by domain in the order of the operation table."""
    for domain in DOMAINS:
        cases: tuple[Case, ...] = import_module(f"{__name__}.{domain}").CASES
        yield from cases
