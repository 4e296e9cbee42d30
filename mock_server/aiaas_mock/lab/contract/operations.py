"""The table of the lab's operations: an index over its domains.

A domain is added by a module of this name here, with ``OPERATIONS`` and ``EXAMPLES``, by one in
`aiaas_mock.lab.control` that has their handlers, and by its name below.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from aiaas.contract._operation import Operation

DOMAINS: Final = (
    "about",
    "namespaces",
    "snapshots",
    "clock",
    "seed",
    "limits",
    "faults",
    "requests",
    "overrides",
    "recordings",
    "events",
    "ui",
)
"""Names of the modules that declare operations."""


def domain_operations(domain: str) -> tuple[Operation[Any, Any], ...]:
    """Return the operations of one domain."""
    operations: tuple[Operation[Any, Any], ...] = _module(domain).OPERATIONS
    return operations


def control_operations() -> Iterator[Operation[Any, Any]]:
    """Yield the whole table, domain by domain."""
    for domain in DOMAINS:
        yield from domain_operations(domain)


def control_examples() -> dict[str, Any]:
    """Return an example of the body of every operation that takes one."""
    return {name: body for domain in DOMAINS for name, body in _module(domain).EXAMPLES.items()}


def _module(domain: str) -> Any:
    return import_module(f"aiaas_mock.lab.contract.{domain}")
