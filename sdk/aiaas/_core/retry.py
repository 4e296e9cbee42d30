"""When a failed request is sent again, and how long to wait before that."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from aiaas._core.errors import AiaasError

    Condition = Callable[[RetryCallState], bool]
    Wait = Callable[[RetryCallState], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """How much a client may retry altogether, so that an outage is not multiplied.

    A client begins with `capacity` tokens. Every retry takes some, and a call that succeeds gives
    back what its last retry took, or `refund` when it needed none. While there are too few,
    failures are raised at once: of a deployment that is down, each client asks only a little more
    than its callers ask.

    Attributes:
        capacity: Tokens to begin with, and the most there can be.
        cost: Tokens for a retry.
        timeout_cost: Tokens for a retry after a time-out, which has cost more already.
        refund: Tokens for a call that succeeds at once.

    Example:
        >>> client = aiaas.Client(retries=aiaas.Retry(budget=aiaas.RetryBudget(capacity=100)))
    """

    capacity: float = 500.0
    cost: float = 5.0
    timeout_cost: float = 10.0
    refund: float = 1.0

    def __post_init__(self) -> None:
        if min(self.capacity, self.cost, self.timeout_cost, self.refund) < 0:
            raise ValueError("no part of a retry budget may be negative")


DEFAULT_BUDGET: Final = RetryBudget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How a client retries.

    Sent again are requests whose connection failed and those answered 408, 429, 502, 503, 504,
    a 409 that means "locked", or any 5xx that no deployment wrote. The header
    ``Aiaas-Should-Retry`` of an answer overrides this. Requests that write are sent again too:
    all attempts have the same idempotency key.

    The wait is the answer's ``Retry-After-Ms`` or ``Retry-After``; without one it is random
    between 0 and ``initial_delay_s`` doubled with every attempt ("full jitter": clients that
    failed together do not come back together).

    `when`, `stop` and `wait` take the strategies of tenacity, or any function of a
    ``tenacity.RetryCallState``; its ``outcome.exception()`` is the failure. What a deployment says
    in its headers is obeyed all the same.

    Attributes:
        max_attempts: How often a request is sent at most; 1 turns retrying off.
        initial_delay_s: Longest wait before the second attempt, in seconds.
        max_delay_s: Longest wait before any attempt.
        max_retry_after_s: A wait that is asked for and is above this is not waited: the error is
            raised at once and has the wait in ``retry_after_s``.
        budget: Bounds the retries of a client altogether; None for no bound. The tokens belong to
            the client: its copies share them.
        when: Says whether a failure is worth another attempt, instead of its ``retryable``.
        stop: Ends the attempts, in addition to `max_attempts`.
        wait: Gives the wait in seconds, instead of the delays above.
        random: Gives a number in [0, 1).
        clock: Gives the time in seconds since 1970.

    Example:
        >>> client = aiaas.Client(retries=aiaas.Retry(max_attempts=5, max_delay_s=20))
        >>> client = aiaas.Client(
        ...     retries=aiaas.Retry(wait=tenacity.wait_fixed(1) + tenacity.wait_random(0, 1))
        ... )
    """

    max_attempts: int = 3
    initial_delay_s: float = 0.5
    max_delay_s: float = 8.0
    max_retry_after_s: float = 60.0
    budget: RetryBudget | None = DEFAULT_BUDGET
    when: Condition | None = None
    stop: Condition | None = None
    wait: Wait | None = None
    random: Callable[[], float] = field(default=random.random, repr=False, hash=False)
    clock: Callable[[], float] = field(default=time.time, repr=False, hash=False)

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1; got {self.max_attempts}")
        for name in ("initial_delay_s", "max_delay_s", "max_retry_after_s"):
            value: float = getattr(self, name)
            if not value >= 0:  # so that NaN is refused too
                raise ValueError(f"{name} must be at least 0 seconds; got {value}")

    def delay_s(
        self,
        failure: AiaasError,
        *,
        attempt: int,
        elapsed_s: float = 0.0,
    ) -> float | None:
        """Return how long to wait before the next attempt, or None to give up.

        Args:
            failure: Why the last attempt failed.
            attempt: How many attempts were made.
            elapsed_s: Seconds since the first attempt began.
        """
        # Imported on the first failure: a client that never fails does not pay for it.
        from aiaas._core.retry_strategies import decide

        return decide(self, failure, attempt=attempt, elapsed_s=elapsed_s)


DEFAULT_RETRY: Final = Retry()
