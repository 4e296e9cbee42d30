# Generated from aiaas/middleware/_async/pacing.py by `make sync`; edit that file instead.
"""Follow the deployment's own word on how fast to send."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse
from aiaas._sync.middleware import Proceed
from aiaas.middleware._pacing import NO_HEADERS, PaceTable
from aiaas.middleware._sync import _runtime
from aiaas.middleware._targets import host_of


class RatePacing:
    """Send as fast as the deployment allows, and no faster.

    Follows ``RateLimit``, ``RateLimit-Policy`` and ``Retry-After`` of the answers. While plenty
    is left, requests pass at once; when the rest gets scarce they are spread over the time until
    there is more; when nothing is left they wait for it. Clients without this send too fast, are
    refused, and spend their retries.

    A wait that the call's deadline or `max_wait_s` would not outlast is not begun: the request
    leaves at once, and the deployment decides.

    Args:
        spread_below: Share of the quota below which requests are spread; 1 spreads always, 0
            never.
        max_wait_s: Longest wait for one request, in seconds.
        clock: Gives the time in seconds, from any start.
        wall_clock: Gives the time in seconds since 1970, for a ``Retry-After`` that is a date.
        sleep: Waits; replace it in tests.

    Raises:
        ValueError: `spread_below` is not a share.

    Example:
        >>> client = aiaas.Client(middleware=[RatePacing()])
    """

    def __init__(
        self,
        *,
        spread_below: float = 0.5,
        max_wait_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: _runtime.Sleep = _runtime.sleep,
    ) -> None:
        self._paces = PaceTable(spread_below=spread_below)
        self._max_wait_s = max_wait_s
        self._clock = clock
        self._wall_clock = wall_clock
        self._sleep = sleep

    def after_fork(self) -> None:
        """Forget the requests of the parent."""
        self._paces.after_fork()

    def __call__(self, call: Call, proceed: Proceed, /) -> RawResponse:
        """Send the call when it is due."""
        host, left_s = host_of(call), call.remaining_s
        within_s = self._max_wait_s if left_s is None else min(self._max_wait_s, left_s)
        delay_s = self._paces.reserve(host, now_s=self._clock(), within_s=within_s)
        status: int | None = None
        headers: Mapping[str, str] = NO_HEADERS
        try:
            if delay_s > 0:
                self._sleep(delay_s)
            response = proceed(call)
            status, headers = response.status, response.headers
            return response
        finally:
            self._paces.answered(
                host,
                status=status,
                headers=headers,
                now_s=self._clock(),
                wall_s=self._wall_clock(),
            )
