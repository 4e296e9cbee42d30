"""A request on its way through a namespace: the lab's `Stay`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aiaas_mock.context import Clock, IdMaker, Principal, RandomBits
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.limits import Limits
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.gateway.tenancy import Stay, settled
from aiaas_mock.lab.claim import Claim
from aiaas_mock.lab.draws import Drawing, Unforeseen
from aiaas_mock.lab.faults.injection import Injection
from aiaas_mock.lab.loopback import is_local
from aiaas_mock.lab.namespaces import Namespaces

_VISIT: Final = "aiaas.visit"
_UNFORESEEN: Final = Unforeseen()


class Visit:
    """One request, in the namespace it claims or was admitted to.

    Args:
        spaces: All namespaces.
        claim: What it says of its own.
        scope: The request.

    Attributes:
        space: The namespace it is in now.
        faults: Makes faults of it; None for none.
        record: What is known of it; None while no operation was found.
        fate: What chance depends on; None where there is no seed.
    """

    __slots__ = ("_claim", "_draws", "_scope", "_spaces", "fate", "faults", "record", "space")

    def __init__(self, spaces: Namespaces, claim: Claim, scope: Mapping[str, Any]) -> None:
        self._spaces = spaces
        self._claim = claim
        self._scope = scope
        self._draws: Drawing = _UNFORESEEN
        self.fate: str | None = None
        self.faults: Injection | None = None
        self.record: RequestRecord | None = None
        self.space = (claim.credible and spaces.find(claim.name)) or spaces.nowhere
        self.space.visits += 1

    @property
    def claimed(self) -> str:
        """Name of the namespace that it claims credibly, though it may not be in it."""
        return self._claim.name if self._claim.credible else ""

    @property
    def now(self) -> Clock:
        """Gives the time."""
        return self.space.clock.now

    @property
    def new_id(self) -> IdMaker:
        """Makes ids."""
        return self._draws.new_id

    @property
    def random_bits(self) -> RandomBits:
        """Draws what the client leaves to chance."""
        return self._draws.random_bits

    @property
    def limits(self) -> Limits | None:
        """Decides whether a key may now."""
        return self.space.limits.current

    def foresee(self, request: bytes) -> None:
        """Draw from the seed of the namespace from now on, for a request with this digest."""
        self._draws, self.fate = self.space.draws.of(request)

    def begin(self, operation: str) -> RequestRecord:
        """Open the record of the request."""
        self.record = RequestRecord(self._draws.new_id("req"), operation)
        if self.faults is not None:
            self.faults.record = self.record
        return self.record

    async def admit(self, principal: Principal) -> Principal:
        """Let somebody in, making the namespace on its first use.

        Raises:
            ApiError: The key is bound to another namespace or to this machine, or there is no
                room for another namespace.
        """
        if principal.key_id is None:
            return replace(principal, namespace=self._claim.named or principal.namespace)
        if principal.reach == "local" and not is_local(self._scope):
            raise ApiError(
                "invalid_api_key",
                "Development keys are accepted from this machine only.",
                headers={"WWW-Authenticate": 'Bearer realm="aiaas"'},
            )
        admitted = settled(principal, self._claim.named)
        if admitted.namespace != self.space.name:
            left, self.space = self.space, await self._spaces.enter(admitted.namespace)
            left.leave()
        if self.faults is not None:
            await self.faults.admitted(principal.key_id)
        return admitted

    def leave(self) -> None:
        """Be over."""
        self.space.leave()


class LabTenancy:
    """The tenancy of a deployment with a lab; the visit began in the shim."""

    def enter(self, scope: Mapping[str, Any]) -> Stay:
        """Return the visit of a request."""
        visit: Visit = scope[_VISIT]
        return visit


def note_visit(scope: Any, visit: Visit) -> None:
    """Write on a request which visit it is."""
    scope[_VISIT] = visit
