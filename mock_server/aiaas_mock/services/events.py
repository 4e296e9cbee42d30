"""An answer that is told event by event while it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Events:
    """What a service answers when the client wants a stream.

    How events travel is not its business, and neither is what becomes of a client that leaves:
    the iterator is closed then, as it is after a failure or at the deadline.

    Attributes:
        source: The events: a type that the operation's `events` names, and its data. The last one
            is ``done``. What it raises before the first event refuses the request; later the
            problem is told as the last event.
    """

    source: AsyncIterator[tuple[str, BaseModel]]
