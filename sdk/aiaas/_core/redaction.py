"""Keeps secrets out of everything that people read: repr, logs, errors, tracebacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MASK: Final = "***"

_SECRET_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
)


class Secret:
    """A value that can be used but not seen.

    Debuggers and traceback printers show local variables by their repr, so a bare string would
    be seen there.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    __str__ = __repr__

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not pickled: read it again where it is needed")


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `headers` with lower-case names, in which no value is secret."""
    return {
        name.lower(): MASK if name.lower() in _SECRET_HEADERS else value
        for name, value in headers.items()
    }
