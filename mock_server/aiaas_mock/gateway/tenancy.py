"""The namespace that a request runs in, and what is of that namespace beside its rows.

Here every request is a stay in the namespace of its key, with the machine's clock and ids that
nobody can guess. The lab has a tenancy of its own, where a namespace may be named and steered.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from aiaas_mock.context import Clock, IdMaker, Principal, RandomBits, random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.limits import Limits
from aiaas_mock.gateway.records import RequestRecord


class Faults(Protocol):
    """Faults that are made of one request on purpose."""

    async def before(self, operation: str, headers: Mapping[str, str]) -> None:
        """Make those of a request that nobody has looked at.

        Raises:
            ApiError: It is refused.
            ClientDisconnect: It is given up.
        """
        ...

    async def after(self, model: str | None) -> None:
        """Make those of a request that this model answered; raises as `before` does."""
        ...


class Stay(Protocol):
    """One request in a namespace. Before it is admitted, that is the one it claims."""

    @property
    def now(self) -> Clock:
        """Gives the time."""
        ...

    @property
    def new_id(self) -> IdMaker:
        """Makes ids."""
        ...

    @property
    def random_bits(self) -> RandomBits:
        """Draws what the client leaves to chance."""
        ...

    @property
    def limits(self) -> Limits | None:
        """Decides whether a key may now; None for no limits."""
        ...

    @property
    def faults(self) -> Faults | None:
        """Makes faults of the request; None for none."""
        ...

    def begin(self, operation: str) -> RequestRecord:
        """Open the record of the request."""
        ...

    async def admit(self, principal: Principal) -> Principal:
        """Let somebody in and return who asks, with the namespace that the request runs in.

        Raises:
            ApiError: The key may not enter there.
        """
        ...


class Tenancy(Protocol):
    """Where requests come in."""

    def enter(self, scope: Mapping[str, Any]) -> Stay:
        """Return the stay of a request."""
        ...


class OneTenancy:
    """The tenancy of a deployment without a lab, where only the key decides.

    Args:
        now: Gives the time.
        limits: Decides whether a key may now; None for no limits.
    """

    def __init__(self, now: Clock, limits: Limits | None) -> None:
        self._stay = _OneStay(now, limits)

    def enter(self, scope: Mapping[str, Any]) -> Stay:
        """Return the stay, which is the same for all."""
        return self._stay


class _OneStay:
    faults: Faults | None = None
    new_id: IdMaker = staticmethod(random_id)
    random_bits: RandomBits = staticmethod(secrets.randbits)

    def __init__(self, now: Clock, limits: Limits | None) -> None:
        self.now = now
        self.limits = limits

    def begin(self, operation: str) -> RequestRecord:
        return RequestRecord(random_id("req"), operation)

    async def admit(self, principal: Principal) -> Principal:
        return principal


def settled(principal: Principal, named: str | None) -> Principal:
    """Return who asks in the namespace that the request names; None leaves it to the key.

    Raises:
        ApiError: The key is bound to another one.
    """
    if named is None or named == principal.namespace:
        return principal
    if principal.reach != "free":
        raise ApiError(
            "namespace_forbidden",
            f"The key {principal.key_id} is bound to a namespace, and it is not {named!r}.",
        )
    return replace(principal, namespace=named)
