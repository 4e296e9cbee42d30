"""The attempts of one logical call: what to do after each, and how much time is left."""

from __future__ import annotations

from collections.abc import Callable

from aiaas._core.budget import BudgetBucket
from aiaas._core.errors import AiaasError, APIStatusError, APITimeoutError, CallDeadlineError
from aiaas._core.options import Settings
from aiaas._core.requests import Outgoing

# Timers may go off a little before the clock says so.
_TIMER_SLACK_S = 0.005


class Tries:
    """Counts the attempts of a call and decides after each failure.

    Attributes:
        attempt: Number of the attempt that is under way or comes next, from 1.
        ends_at_s: When the call's deadline is, by the clock; None for no end.
    """

    __slots__ = (
        "_bucket",
        "_clock",
        "_last_failure",
        "_settings",
        "_started_s",
        "_taken",
        "attempt",
        "ends_at_s",
    )

    def __init__(
        self, settings: Settings, bucket: BudgetBucket | None, clock: Callable[[], float]
    ) -> None:
        self.attempt = 1
        self._settings = settings
        self._bucket = bucket if settings.retry.budget else None
        self._clock = clock
        self._started_s = clock()
        deadline_s = settings.deadline_s
        self.ends_at_s = None if deadline_s is None else self._started_s + deadline_s
        self._taken: float | None = None
        self._last_failure: AiaasError | None = None

    def remaining_s(self) -> float | None:
        """Return the seconds left for an attempt that begins now; None for no end.

        Raises:
            CallDeadlineError: There are none.
        """
        if self.ends_at_s is None:
            return None
        left_s = self.ends_at_s - self._clock()
        if left_s <= 0:
            raise self._over(self._last_failure) from self._last_failure
        return left_s

    def check_time(self) -> None:
        """Do nothing while there is time.

        Raises:
            CallDeadlineError: There is none left.
        """
        if self._is_over(self._clock() + _TIMER_SLACK_S):
            raise self._over(None)

    def succeeded(self) -> None:
        """Note that the call succeeded."""
        if self._bucket is not None:
            self._bucket.refund(self._taken)

    def delay_after(self, failure: AiaasError, outgoing: Outgoing) -> float | None:
        """Return how long to wait before the next attempt, or None to raise `failure`.

        Raises:
            CallDeadlineError: The wait would end after the call's deadline, or that has passed.
        """
        failure.attempts = self.attempt
        now_s = self._clock()
        if isinstance(failure, APITimeoutError) and self._is_over(now_s + _TIMER_SLACK_S):
            raise self._over(failure) from failure
        if not outgoing.resendable:
            _explain(failure, "its body is a stream that can be read only once")
            return None
        delay_s = self._settings.retry.delay_s(
            failure, attempt=self.attempt, elapsed_s=now_s - self._started_s
        )
        if delay_s is None:
            self._explain_long_wait(failure)
            return None
        if self._is_over(now_s + delay_s):
            raise self._over(failure) from failure
        if self._bucket is not None:
            self._taken = self._bucket.take_for(failure)
            if self._taken is None:
                _explain(failure, "the retry budget of the client is spent")
                return None
        self.attempt += 1
        # Without its traceback, whose frames would keep this object and themselves alive.
        self._last_failure = failure.with_traceback(None)
        return delay_s

    def _explain_long_wait(self, failure: AiaasError) -> None:
        """Say that attempts are left, if it is the wait alone that ends the call."""
        policy = self._settings.retry
        asked_s = failure.retry_after_s if isinstance(failure, APIStatusError) else None
        if asked_s is None or self.attempt >= policy.max_attempts:
            return
        if asked_s > policy.max_retry_after_s:
            most = f"max_retry_after_s={policy.max_retry_after_s:g}"
            _explain(failure, f"the wait of {asked_s:g} s that is asked for is above {most}")

    def _is_over(self, at_s: float) -> bool:
        return self.ends_at_s is not None and at_s >= self.ends_at_s

    def _over(self, last_failure: AiaasError | None) -> CallDeadlineError:
        deadline_s = self._settings.deadline_s
        assert deadline_s is not None  # noqa: S101 - otherwise there is no end
        return CallDeadlineError(deadline_s, last_failure)


def _explain(failure: AiaasError, reason: str) -> None:
    if failure.retryable:
        failure.add_note(f"Not sent again: {reason}.")
