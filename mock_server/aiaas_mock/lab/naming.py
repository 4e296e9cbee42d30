"""Which operations a rule may name: a mistyped name would never match, and nobody would know."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

from aiaas.contract._known_names import nearest
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
    near = nearest(name, names)
    advice = "GET /_mock/capabilities lists them." if near is None else f"did you mean {near!r}?"
    return ApiError(
        "invalid_request", f"There is no such operation; {advice}", param="/match/operation"
    )
