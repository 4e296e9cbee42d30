"""An example of every operation: a real request and the answer the reference cloud gave to it.

A test repeats each request and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request as it would be written in JSON, and the JSON answer to it.

    Attributes:
        request: Fields of the request, None when the operation has none.
        response: The answer, None when it is not JSON.
        file: The file that an upload brings, when it is text.
        before: Operations whose examples come before this one, in a namespace with nothing in it.
    """

    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    file: str | None = None
    before: tuple[str, ...] = ()


@cache
def example_of(operation: str) -> Example:
    """Return the example of an operation.

    Raises:
        KeyError: There is no such operation.
    """
    domain = operation.partition(".")[0]
    example: Example = import_module(f"aiaas.contract.examples.{domain}").EXAMPLES[operation]
    return example
