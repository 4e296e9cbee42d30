"""The tokens of a retry budget: one bucket per client, shared by its copies and threads."""

from __future__ import annotations

import threading

from aiaas._core.errors import AiaasError, APITimeoutError
from aiaas._core.retry import RetryBudget


class BudgetBucket:
    """Tokens that retries take and successes give back."""

    def __init__(self, budget: RetryBudget) -> None:
        self._budget = budget
        self._tokens = budget.capacity
        self._lock = threading.Lock()

    @property
    def tokens(self) -> float:
        """How many there are."""
        return self._tokens

    def take_for(self, failure: AiaasError) -> float | None:
        """Take the tokens for a retry after `failure`.

        Returns:
            What was taken, or None when there is too little.
        """
        budget = self._budget
        timed_out = isinstance(failure, APITimeoutError)
        cost = budget.timeout_cost if timed_out else budget.cost
        with self._lock:
            if self._tokens < cost:
                return None
            self._tokens -= cost
        return cost

    def refund(self, taken: float | None) -> None:
        """Give back what the last retry of a successful call took; None if it had no retry."""
        if taken is None and self._tokens >= self._budget.capacity:
            return  # the usual case: nothing failed for long, and no lock is needed to see it
        with self._lock:
            tokens = self._tokens + (self._budget.refund if taken is None else taken)
            self._tokens = min(self._budget.capacity, tokens)

    def after_fork(self) -> None:
        """Take a new lock: another thread may have held this one when the process was copied."""
        self._lock = threading.Lock()
