"""The retry policy as small tenacity strategies, each of which looks at one thing.

Tenacity's strategies are callables over a `RetryCallState`. Its loop is not used: it costs more
than the call it surrounds even when nothing fails, so our own loop asks the strategies after a
failure, the same ones for the synchronous and the asynchronous client.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tenacity import RetryCallState, stop_after_attempt
from tenacity.stop import stop_base

from aiaas._core.errors import AiaasError, APIStatusError
from aiaas._core.waits import server_says_retry

if TYPE_CHECKING:
    from aiaas._core.retry import Retry

Condition = Callable[[RetryCallState], bool]
Wait = Callable[[RetryCallState], float]


class Strategies(NamedTuple):
    """A policy put together."""

    retry: Condition
    stop: Condition
    wait: Wait


def decide(policy: Retry, failure: AiaasError, *, attempt: int, elapsed_s: float) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up."""
    strategies = strategies_of(policy)
    state = _state_after(failure, attempt, elapsed_s)
    if not strategies.retry(state):
        return None
    # Before `stop`: tenacity's `stop_before_delay` wants to know it.
    state.upcoming_sleep = max(0.0, strategies.wait(state))
    return None if strategies.stop(state) else state.upcoming_sleep


def strategies_of(policy: Retry) -> Strategies:
    """Put the strategies of a policy together."""
    return Strategies(
        retry=as_told_or(policy.when or may_pass),
        stop=any_of(
            stop_after_attempt(policy.max_attempts),
            stop_above_asked_wait(policy.max_retry_after_s),
            policy.stop or never,
        ),
        wait=wait_as_asked_or(
            policy.wait or full_jitter(policy.initial_delay_s, policy.max_delay_s, policy.random)
        ),
    )


def any_of(*conditions: Condition) -> Condition:
    """Any of these; tenacity's own `stop_any` is typed for its own strategies alone."""

    def holds(state: RetryCallState) -> bool:
        return any(condition(state) for condition in conditions)

    return holds


def never(state: RetryCallState) -> bool:
    """No failure."""
    return False


def as_told_or(fallback: Condition) -> Condition:
    """Do what ``Aiaas-Should-Retry`` says, else as `fallback` says."""

    def told(state: RetryCallState) -> bool:
        failure = failure_in(state)
        headers = failure.headers if isinstance(failure, APIStatusError) else {}
        said = server_says_retry(headers)
        return fallback(state) if said is None else said

    return told


def may_pass(state: RetryCallState) -> bool:
    """The failure may pass without a change of the request."""
    return failure_in(state).retryable


class stop_above_asked_wait(stop_base):  # named as tenacity names its own
    """The deployment asks for a longer wait than a caller should sit through."""

    def __init__(self, cap_s: float) -> None:
        self.cap_s = cap_s

    def __call__(self, retry_state: RetryCallState) -> bool:
        asked_s = _asked_wait_s(retry_state)
        return asked_s is not None and asked_s > self.cap_s


def wait_as_asked_or(fallback: Wait) -> Wait:
    """Wait as long as ``Retry-After`` asks, else as `fallback` says."""

    def wait(state: RetryCallState) -> float:
        asked_s = _asked_wait_s(state)
        return fallback(state) if asked_s is None else asked_s

    return wait


def full_jitter(initial_s: float, maximum_s: float, random: Callable[[], float]) -> Wait:
    """Wait a random part of a time that doubles with every attempt.

    Tenacity's own `wait_random_exponential` is the same with a random source that cannot be
    passed in.
    """

    def wait(state: RetryCallState) -> float:
        # The exponent is bounded so that thousands of attempts cannot overflow a float.
        doublings = min(state.attempt_number - 1, 64)
        return min(maximum_s, initial_s * 2.0**doublings) * random()

    return wait


def failure_in(state: RetryCallState) -> AiaasError:
    """Return the exception of the last attempt."""
    assert state.outcome is not None  # noqa: S101 - set by `_state_after`
    return cast("AiaasError", state.outcome.exception())


def _asked_wait_s(state: RetryCallState) -> float | None:
    failure = failure_in(state)
    return failure.retry_after_s if isinstance(failure, APIStatusError) else None


def _state_after(failure: AiaasError, attempt: int, elapsed_s: float) -> RetryCallState:
    # The strategies look at nothing but the number of the attempt, its outcome and the time.
    state = RetryCallState(cast("Any", None), None, (), {})
    state.attempt_number = attempt
    state.set_exception((type(failure), failure, failure.__traceback__))
    state.start_time = 0.0
    state.outcome_timestamp = elapsed_s
    return state
