"""Policies made of tenacity's strategies, and the arithmetic of waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import tenacity
from hypothesis import given
from hypothesis import strategies as st

import aiaas
from aiaas._core.waits import asked_wait_s

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

LOST = aiaas.APIConnectionError("", host="h", phase="read")


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def test_a_wait_of_tenacity_replaces_the_jitter(cloud: Cloud) -> None:
    cloud.answers(*(cloud.problem("overloaded") for _ in range(2)))
    cloud.run(classify, retries=aiaas.Retry(wait=tenacity.wait_fixed(1) + tenacity.wait_fixed(2)))
    assert cloud.sleeps == [3, 3]


def test_what_a_deployment_asks_for_is_obeyed_all_the_same(cloud: Cloud) -> None:
    cloud.answers(
        cloud.problem("overloaded", Retry_After="9"),
        cloud.problem("overloaded", Aiaas_Should_Retry="false"),
    )
    with pytest.raises(aiaas.ServiceUnavailableError):
        cloud.run(classify, retries=aiaas.Retry(wait=tenacity.wait_none(), when=lambda state: True))
    assert cloud.sleeps == [9]


def test_a_condition_decides_what_is_repeated(cloud: Cloud) -> None:
    only_lost = tenacity.retry_if_exception_type(aiaas.APIConnectionError)
    cloud.answers(cloud.problem("overloaded"))
    with pytest.raises(aiaas.ServiceUnavailableError):
        cloud.run(classify, retries=aiaas.Retry(when=only_lost))
    assert cloud.sleeps == []


def test_a_condition_need_not_be_hashable(cloud: Cloud) -> None:
    class Always:
        __hash__ = None  # type: ignore[assignment]  # as of any dataclass

        def __call__(self, state: tenacity.RetryCallState) -> bool:
            return True

    cloud.answers(cloud.problem("invalid_image"))
    cloud.run(classify, retries=aiaas.Retry(when=Always()))
    assert len(cloud.requests) == 2


@pytest.mark.parametrize(
    ("stop", "elapsed_s", "goes_on"),
    [
        (tenacity.stop_after_delay(10), 9.0, True),
        (tenacity.stop_after_delay(10), 10.0, False),
        (tenacity.stop_before_delay(10), 7.0, True),
        (tenacity.stop_before_delay(10), 9.0, False),
    ],
)
def test_a_stop_of_tenacity_sees_the_time(stop: Any, elapsed_s: float, goes_on: bool) -> None:
    retry = aiaas.Retry(stop=stop, wait=tenacity.wait_fixed(2))
    delay_s = retry.delay_s(LOST, attempt=1, elapsed_s=elapsed_s)
    assert (delay_s is not None) is goes_on


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after-ms": "-5"}, 0),
        ({"retry-after-ms": "nan"}, None),
        ({}, None),
    ],
)
def test_the_finer_header_is_preferred(headers: dict[str, str], wait_s: float | None) -> None:
    assert asked_wait_s(headers, now=0) == wait_s


def test_a_wait_in_milliseconds_is_waited_for(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("rate_limited", Retry_After_Ms="1500"))
    cloud.run(classify)
    assert cloud.sleeps == [1.5]


@given(value=st.text(max_size=30), now=st.floats(0, 4e9))
def test_no_header_makes_a_wait_that_is_negative_or_no_number(value: str, now: float) -> None:
    for name in ("retry-after", "retry-after-ms"):
        wait_s = asked_wait_s({name: value}, now=now)
        assert wait_s is None or wait_s >= 0


@given(
    attempt=st.integers(1, 10_000),
    initial_s=st.floats(0, 100),
    maximum_s=st.floats(0, 1_000),
    random=st.floats(0, 1, exclude_max=True),
)
def test_a_wait_lies_between_nothing_and_the_doubled_maximum(
    attempt: int, initial_s: float, maximum_s: float, random: float
) -> None:
    retry = aiaas.Retry(
        max_attempts=20_000,
        initial_delay_s=initial_s,
        max_delay_s=maximum_s,
        random=lambda: random,
    )
    delay_s = retry.delay_s(LOST, attempt=attempt)
    assert delay_s is not None
    assert 0 <= delay_s <= min(maximum_s, initial_s * 2.0 ** min(attempt - 1, 64))


@given(asked_s=st.floats(0, 1e6), cap_s=st.floats(0, 1e6), attempt=st.integers(1, 5))
def test_a_wait_that_is_asked_for_is_taken_whole_or_not_at_all(
    asked_s: float, cap_s: float, attempt: int
) -> None:
    retry = aiaas.Retry(max_attempts=6, max_retry_after_s=cap_s)
    failure = aiaas.RateLimitError("", status=429, retryable=True, retry_after_s=asked_s)
    expected = asked_s if asked_s <= cap_s else None
    assert retry.delay_s(failure, attempt=attempt) == expected
