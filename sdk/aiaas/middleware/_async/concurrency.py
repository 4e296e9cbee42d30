"""Bound how many requests are under way at once."""

from __future__ import annotations

from aiaas._async.middleware import AsyncProceed
from aiaas._core.calls import Call
from aiaas._core.errors import APITimeoutError
from aiaas._core.responses import RawResponse
from aiaas.middleware._aimd import ConcurrencyWindow
from aiaas.middleware._async import _runtime
from aiaas.middleware._targets import host_of


class AsyncConcurrencyLimit:
    """Let at most so many requests be under way; the others wait for their turn.

    With `adaptive`, answers 429 and 503 halve the limit and every success raises it a little, up
    to `limit`: the client finds by itself how much the deployment takes.

    Args:
        limit: Requests under way at most.
        adaptive: Whether the deployment's answers move the limit between 1 and `limit`.

    Raises:
        ValueError: `limit` is below 1.

    Example:
        >>> client = aiaas.AsyncClient(middleware=[AsyncConcurrencyLimit(16, adaptive=True)])
    """

    def __init__(self, limit: int, *, adaptive: bool = False) -> None:
        window = ConcurrencyWindow(limit, adaptive=adaptive)
        self._window = window
        self._gate = _runtime.Gate(lambda: window.limit)

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return self._window.limit

    @property
    def in_flight(self) -> int:
        """How many are under way."""
        return self._gate.inside

    def after_fork(self) -> None:
        """Begin anew: whoever is under way is so in the parent."""
        self._window.after_fork()
        self._gate.after_fork()

    async def __call__(self, call: Call, proceed: AsyncProceed, /) -> RawResponse:
        """Send the call when there is room.

        Raises:
            APITimeoutError: The call's deadline passed before; its phase is ``pool``.
        """
        try:
            await self._gate.enter(timeout_s=call.remaining_s)
        except TimeoutError:
            reason = f"{self.limit} requests are under way"
            raise APITimeoutError(reason, host=host_of(call), phase="pool") from None
        try:
            era = self._window.era
            response = await proceed(call)
            if self._window.answered(response.status, era=era):
                self._gate.wake()
            return response
        finally:
            self._gate.leave()
