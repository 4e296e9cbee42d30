"""What a response consists of on its way from the application to the client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Taken:
    """The application took so much of the request's body."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class End:
    """The response is whole."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection broke, or the application did.

    Attributes:
        error: What the client meets.
    """

    error: BaseException


Message = Head | bytes | Taken | End | Broken
"""One of these; bytes are a piece of the body."""

Deliver = Callable[[Message], None]
"""Takes messages to whoever waits for them; called in the event loop of the application."""
