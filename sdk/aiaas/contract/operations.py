"""The operation table: a lazy index over the domains.

A domain is added by a module beside this one with an ``OPERATIONS`` tuple, and by its name below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiaas.contract._operation import Operation

DOMAINS: Final = (
    "files",
    "images",
    "jobs",
    "models",
    "oauth",
    "system",
    "text",
    "usage",
)
"""Names of the modules that declare operations."""


def domain_operations(domain: str) -> tuple[Operation[Any, Any], ...]:
    """Return the operations of one domain, importing only that domain."""
    operations: tuple[Operation[Any, Any], ...]
    operations = import_module(f"aiaas.contract.{domain}").OPERATIONS
    return operations


def all_operations() -> Iterator[Operation[Any, Any]]:
    """Yield the whole table, domain by domain."""
    for domain in DOMAINS:
        yield from domain_operations(domain)


def get_operation(name: str) -> Operation[Any, Any]:
    """Return the operation called `name`, for instance ``images.classify``.

    Raises:
        KeyError: There is no such operation.
    """
    domain = name.partition(".")[0]
    if domain in DOMAINS:
        for operation in domain_operations(domain):
            if operation.name == name:
                return operation
    raise KeyError(name)
