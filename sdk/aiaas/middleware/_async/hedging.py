"""Send a slow request a second time, and take the answer that comes first."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiaas._async.middleware import AsyncProceed
from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse
from aiaas.middleware._async import _runtime
from aiaas.middleware._latency import HedgingCounts, HedgingPlan
from aiaas.middleware._targets import is_final


class AsyncHedging:
    """Cut the slowest answers off: when one takes unusually long, ask a second time.

    Only operations that change nothing are hedged, and no streams. The first good answer wins;
    the request that lost is cancelled. (With threads it cannot be: it ends by itself, unheard,
    in one of a bounded number of threads.) After Dean and Barroso, "The tail at scale", 2013.

    Args:
        after_s: Seconds after which a request is sent again.
        after_percentile: Instead of `after_s`: the percentile of the latest times of the same
            operation. 95 sends at most about one in twenty a second time. Nothing is hedged
            before twenty answers were seen.
        max_hedges: Additional requests for one call at most.
        max_ratio: Additional requests to all requests at most, after the first ten. A deployment
            that is slow because it has too much to do must not be given twice as much.
        clock: Gives the time in seconds, from any start.

    Raises:
        ValueError: Both or none of `after_s` and `after_percentile`, or a number cannot work.

    Example:
        >>> client = aiaas.AsyncClient(middleware=[AsyncHedging(after_percentile=95)])
    """

    def __init__(
        self,
        *,
        after_s: float | None = None,
        after_percentile: float | None = None,
        max_hedges: int = 1,
        max_ratio: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = HedgingPlan(
            after_s=after_s,
            after_percentile=after_percentile,
            max_hedges=max_hedges,
            max_ratio=max_ratio,
        )
        self._race = _runtime.Race()
        self._clock = clock

    @property
    def counts(self) -> HedgingCounts:
        """What was sent and won so far."""
        return self._plan.counts

    async def __call__(self, call: Call, proceed: AsyncProceed, /) -> RawResponse:
        """Send the call, and again if it takes long."""
        if call.operation.effect == "write" or call.stream:
            return await proceed(call)

        async def send() -> RawResponse:
            return await proceed(call)

        operation, started_s = call.operation.name, self._clock()
        response, hedge_won = await self._race.run(
            send,
            delay_s=self._plan.delay_s(operation),
            most=self._plan.max_hedges,
            may_add=self._plan.may_hedge,
            good=lambda answer: is_final(call, answer),
        )
        elapsed_s = self._clock() - started_s
        self._plan.finished(operation, elapsed_s, hedge_won=hedge_won)
        return response

    def close(self) -> None:
        """Let go of what is kept between calls; it is made again when it is needed."""
        self._race.close()

    def after_fork(self) -> None:
        """Begin anew: the threads of the parent stay there."""
        self._plan.after_fork()
        self._race.after_fork()
