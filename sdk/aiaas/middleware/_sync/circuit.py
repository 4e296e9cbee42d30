# Generated from aiaas/middleware/_async/circuit.py by `make sync`; edit that file instead.
"""Stop sending to a host that fails."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiaas._core.calls import Call
from aiaas._core.errors import APIConnectionError, APITimeoutError
from aiaas._core.responses import RawResponse
from aiaas._sync.middleware import Proceed
from aiaas.middleware._circuit import CircuitPolicy, CircuitState, CircuitTable
from aiaas.middleware._targets import host_of

# Timers may go off a little before the clock says so.
_TIMER_SLACK_S = 0.005


class CircuitBreaker:
    """Fail at once while a host is down, instead of waiting for every time-out.

    After too many failures the circuit of a host opens: nothing is sent and `CircuitOpenError`
    is raised. When `cooldown_s` have passed it is half-open: a few requests are let through, and
    the first that ends closes the circuit or opens it again. Only lost connections and 5xx are
    failures; a 429 or a 404 comes from a host that works, and a call that gave it less than
    `patience_s` says nothing about it.

    Args:
        failure_threshold: Failures within `window_s` that open the circuit.
        failure_ratio: Share of all requests of the window that must have failed, too, so that a
            few failures among thousands of answers open nothing.
        window_s: Seconds over which is counted.
        cooldown_s: Seconds that the circuit stays open.
        half_open_max: Requests let through at once while it is half-open.
        patience_s: Seconds that a request must have waited before its own call's deadline ended
            it, to count as a failure.
        clock: Gives the time in seconds, from any start.

    Raises:
        ValueError: A number cannot work.

    Example:
        >>> client = aiaas.Client(middleware=[CircuitBreaker(cooldown_s=5)])
    """

    def __init__(
        self,
        *,
        failure_threshold: int = 5,
        failure_ratio: float = 0.5,
        window_s: float = 30.0,
        cooldown_s: float = 10.0,
        half_open_max: int = 1,
        patience_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._circuits = CircuitTable(
            CircuitPolicy(
                failure_threshold=failure_threshold,
                failure_ratio=failure_ratio,
                window_s=window_s,
                cooldown_s=cooldown_s,
                half_open_max=half_open_max,
            )
        )
        self._patience_s = patience_s
        self._clock = clock

    def after_fork(self) -> None:
        """Forget the requests of the parent, which end there."""
        self._circuits.after_fork()

    def state(self, host: str) -> CircuitState:
        """Say whether the circuit of ``host:port`` is closed, open or half-open."""
        return self._circuits.state(host, now_s=self._clock())

    def __call__(self, call: Call, proceed: Proceed, /) -> RawResponse:
        """Send the call if the circuit of its host lets it.

        Raises:
            CircuitOpenError: It does not.
        """
        host = host_of(call)
        started_s = self._clock()
        era = self._circuits.enter(host, now_s=started_s)
        failed: bool | None = None  # stays so when the call is cancelled or refused further in
        try:
            response = proceed(call)
            failed = response.status >= 500
            return response
        except APIConnectionError as error:
            # No free connection here says nothing about the host, nor does an impatient caller.
            impatient = _ended_by_its_deadline(call, error)
            hasty = impatient and self._clock() - started_s < self._patience_s
            failed = None if error.phase == "pool" or hasty else True
            raise
        finally:
            self._circuits.leave(host, era, failed=failed, now_s=self._clock())


def _ended_by_its_deadline(call: Call, error: APIConnectionError) -> bool:
    left_s = call.remaining_s
    return isinstance(error, APITimeoutError) and left_s is not None and left_s <= _TIMER_SLACK_S
