"""What the SDK adds to a result of the contract: where it came from.

The contract describes what travels; which request an answer belongs to travels beside it, in
headers and in the envelope. It is kept in the instance's dictionary under a name that is no
field, as `functools.cached_property` does: pydantic leaves such entries out of equality, repr
and serialisation, and copies and pickles them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ORIGIN: Final = "_origin"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which answer a result came in."""

    request_id: str | None = None
    model: str | None = None


_NOWHERE: Final = Origin()


class Traced:
    """A result that knows its request."""

    __slots__ = ()

    @property
    def request_id(self) -> str | None:
        """Id of the request that this came from: quote it when asking for help."""
        return origin_of(self).request_id


class Answered(Traced):
    """A result that also knows which model made it."""

    __slots__ = ()

    @property
    def model(self) -> str | None:
        """``name@version`` of the model that answered."""
        return origin_of(self).model


def origin_of(result: object) -> Origin:
    """Return where `result` came from; an empty `Origin` if no client made it."""
    origin = result.__dict__.get(_ORIGIN, _NOWHERE)
    assert isinstance(origin, Origin)  # noqa: S101 - only `attach` writes it
    return origin


def attach(result: object, origin: Origin) -> None:
    """Say where `result` came from."""
    # Around the model's `__setattr__`, which refuses because wire types are frozen.
    result.__dict__[_ORIGIN] = origin
