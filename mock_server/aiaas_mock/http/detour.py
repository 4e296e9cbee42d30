"""A detour: something else than the services answers a request."""

from __future__ import annotations

from typing import Any, Final, Protocol

from starlette.types import Scope

from aiaas.contract._operation import Operation
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.http.answers import StreamedAnswer
from aiaas_mock.http.body import BodyReader

_DETOUR: Final = "aiaas.detour"


class Detour(Protocol):
    """Answers requests in the place of the services."""

    @property
    def admits(self) -> bool:
        """Whether who asks is looked at here, before."""
        ...

    def takes(self, operation: Operation[Any, Any]) -> bool:
        """Say whether it answers an operation."""
        ...

    async def answer(self, scope: Scope, body: BodyReader, record: RequestRecord) -> StreamedAnswer:
        """Answer a request.

        Raises:
            ApiError: It cannot.
        """
        ...


def note_detour(scope: Any, detour: Detour) -> None:
    """Write on a request what answers it."""
    scope[_DETOUR] = detour


def detour_of(scope: Scope, operation: Operation[Any, Any]) -> Detour | None:
    """Return what answers a request in the place of its service; None for the service itself."""
    detour: Detour | None = scope.get(_DETOUR)
    return detour if detour is not None and detour.takes(operation) else None
