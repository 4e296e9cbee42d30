"""What the SDK adds to a result of the contract: where it came from.

The contract describes what travels; which request an answer belongs to travels beside it, in
headers and in the envelope. It is kept in the instance's dictionary under a name that is no
field, as `functools.cached_property` does: pydantic leaves such entries out of equality, repr
and serialisation, and copies and pickles them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from aiaas._core.rate_limits import RateLimit

_ORIGIN: Final = "_origin"
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_KEPT: Final = ("x-request-id", "ratelimit", "ratelimit-policy", "aiaas-idempotent-replay")


class Origin:
    """Which answer a result came in.

    Its headers are read when somebody asks: most callers never do, and looking one up costs more
    than making this object.

    Attributes:
        headers: Headers of the answer.
        model: ``name@version`` of the model that answered.
    """

    __slots__ = ("headers", "model")

    def __init__(self, headers: Mapping[str, str] = _NO_HEADERS, model: str | None = None) -> None:
        self.headers = headers
        self.model = model

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: self.headers[name] for name in _KEPT if name in self.headers}
        return Origin, (kept, self.model)


_NOWHERE: Final = Origin()


class Traced:
    """A result that knows its request."""

    __slots__ = ()

    @property
    def request_id(self) -> str | None:
        """Id of the request that this came from: quote it when asking for help."""
        return origin_of(self).headers.get("x-request-id")

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the deployment said is left for the key; None when it said nothing."""
        from aiaas._core.rate_limits import rate_limit_in

        return rate_limit_in(origin_of(self).headers)

    @property
    def idempotent_replay(self) -> bool:
        """Whether this is the stored answer of an earlier request with the same key."""
        return origin_of(self).headers.get("aiaas-idempotent-replay") == "true"


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
