"""Rate limits per API key, and the headers that tell of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from aiaas.contract.headers import RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER, RETRY_AFTER_MS
from aiaas_mock.errors import ApiError

if TYPE_CHECKING:
    from limits import RateLimitItem

_POLICY: Final = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a limiter says to one request.

    Attributes:
        allowed: Whether it may pass.
        remaining: How many more may pass now.
        reset_s: Seconds until another one may, at least one more than now.
    """

    allowed: bool
    remaining: int
    reset_s: float


class RateLimiter(Protocol):
    """Counts requests by key."""

    @property
    def quota(self) -> int:
        """Requests per window."""
        ...

    @property
    def window_s(self) -> int:
        """Length of the window, in seconds."""
        ...

    async def hit(self, key: str) -> Allowance:
        """Count a request."""
        ...


class InProcessRateLimiter:
    """Counts in the memory of this process, in a window that moves with the time.

    Args:
        rate: Such as ``600/minute``, as the library `limits` writes it.
        clock: Seconds since 1970, by the clock that `limits` uses.

    Raises:
        ValueError: `rate` is not a rate.
    """

    def __init__(self, rate: str, *, clock: Callable[[], float] = time.time) -> None:
        # Here, so that a server without limits does not load it.
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import MovingWindowRateLimiter

        self._item = parse_rate(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._clock = clock

    @property
    def quota(self) -> int:
        """Requests per window."""
        return self._item.amount

    @property
    def window_s(self) -> int:
        """Length of the window, in seconds."""
        return self._item.get_expiry()

    async def hit(self, key: str) -> Allowance:
        """Count a request."""
        allowed = await self._limiter.hit(self._item, key)
        window = await self._limiter.get_window_stats(self._item, key)
        reset_s = max(0.0, window.reset_time - self._clock())
        return Allowance(allowed=allowed, remaining=window.remaining, reset_s=reset_s)


def parse_rate(rate: str) -> RateLimitItem:
    """Read a rate such as ``600/minute`` or ``10 per second``.

    Raises:
        ValueError: It is not one.
    """
    from limits import parse

    return parse(rate)


class Limits:
    """Applies a limiter to requests.

    Args:
        limiter: Counts them.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        self.policy: Final = {
            RATE_LIMIT_POLICY: f'"{_POLICY}";q={limiter.quota};w={limiter.window_s}'
        }
        """The header that every answer carries."""

    async def admit(self, key_id: str, headers: dict[str, str]) -> None:
        """Count a request and put what is left into the headers of its answer.

        Raises:
            ApiError: It is one too many.
        """
        allowance = await self._limiter.hit(key_id)
        # Rounded up: a client that waits for so long is not sent away again.
        reset_s = math.ceil(allowance.reset_s)
        headers[RATE_LIMIT] = f'"{_POLICY}";r={allowance.remaining};t={reset_s}'
        if not allowance.allowed:
            raise ApiError(
                "rate_limited",
                f"The key may send {self._limiter.quota} requests "
                f"in {self._limiter.window_s} seconds.",
                headers={
                    RETRY_AFTER: str(max(1, reset_s)),
                    RETRY_AFTER_MS: str(max(1, math.ceil(allowance.reset_s * 1e3))),
                },
            )
