"""When a failed request is sent again, and how long to wait before that."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiaas._core.errors import AiaasError


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How a client retries.

    Sent again are requests whose connection failed and those answered 408, 429, 502, 503, 504,
    a 409 that means "locked", or any 5xx that no deployment wrote. The header
    ``Aiaas-Should-Retry`` of an answer overrides this. A request that writes is sent again only
    when it never left, or when the deployment says so.

    The wait is the answer's ``Retry-After``; without one it is random between 0 and
    ``initial_delay_s`` doubled with every attempt ("full jitter": clients that failed together
    do not come back together).

    Attributes:
        max_attempts: How often a request is sent at most; 1 turns retrying off.
        initial_delay_s: Longest wait before the second attempt, in seconds.
        max_delay_s: Longest wait before any attempt.
        max_retry_after_s: A ``Retry-After`` above this is not waited for: the error is raised
            at once and has the wait in ``retry_after_s``.
        random: Gives a number in [0, 1).
        clock: Gives the time in seconds since 1970.

    Example:
        >>> client = aiaas.Client(retry=aiaas.Retry(max_attempts=5, max_delay_s=20))
    """

    max_attempts: int = 3
    initial_delay_s: float = 0.5
    max_delay_s: float = 8.0
    max_retry_after_s: float = 60.0
    random: Callable[[], float] = field(default=random.random, repr=False, hash=False)
    clock: Callable[[], float] = field(default=time.time, repr=False, hash=False)

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1; got {self.max_attempts}")

    def delay_s(self, failure: AiaasError, *, attempt: int, repeatable: bool) -> float | None:
        """Return how long to wait before the next attempt, or None to give up.

        Args:
            failure: Why the last attempt failed.
            attempt: How many attempts were made.
            repeatable: Whether the request may reach the deployment twice without harm.
        """
        # Imported on the first failure: a client that never fails does not pay for it.
        from aiaas._core.retry_strategies import decide

        return decide(self, failure, attempt=attempt, repeatable=repeatable)


DEFAULT_RETRY: Final = Retry()
