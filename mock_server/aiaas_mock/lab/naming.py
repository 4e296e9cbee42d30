"""Which operations a rule may name: a mistyped name would never match, and nobody would know."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final

from aiaas.contract.operations import all_operations
from aiaas_mock.errors import ApiError

_OF_PROTOCOLS: Final = ("oip.", "openai.", "tfserving.")
"""Their names are known when they are first asked, which may be after a rule was made."""


def check_pattern(pattern: str) -> None:
    """Refuse a pattern, such as ``images.*``, that no operation's name fits.

    Raises:
        ApiError: There is none.
    """
    if pattern.startswith(_OF_PROTOCOLS):
        return
    if not any(fnmatchcase(operation.name, pattern) for operation in all_operations()):
        raise no_such_operation(pattern)


def no_such_operation(name: str) -> ApiError:
    """Return the refusal of a name that no operation has; it tells the nearest one."""
    names = [operation.name for operation in all_operations()]
    near = get_close_matches(name, names, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "GET /_mock/capabilities lists them."
    return ApiError(
        "invalid_request", f"There is no such operation; {advice}", param="/match/operation"
    )
