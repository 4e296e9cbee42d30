"""A call ends in time, with all its attempts and waits."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

RETRY = aiaas.Retry(max_attempts=20, random=lambda: 0.99)


class Clock:
    """Goes forward when the cloud sleeps or answers."""

    def __init__(self, cloud: Cloud, *, attempt_s: float = 0.0) -> None:
        self._cloud = cloud
        self._attempt_s = attempt_s

    def __call__(self) -> float:
        return sum(self._cloud.sleeps) + self._attempt_s * len(self._cloud.requests)


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def fails(cloud: Cloud, clock: Callable[[], float], **settings: Any) -> aiaas.CallDeadlineError:
    with pytest.raises(aiaas.CallDeadlineError) as info:
        cloud.run(classify, **{"retries": RETRY, "clock": clock, **settings})
    return info.value


def test_a_wait_that_would_pass_the_deadline_is_not_begun(cloud: Cloud) -> None:
    cloud.answers(*(cloud.problem("overloaded") for _ in range(20)))
    error = fails(cloud, Clock(cloud), deadline_s=3)

    assert cloud.sleeps == [0.495, 0.99]
    assert isinstance(error.last_failure, aiaas.ServiceUnavailableError)
    assert error.__cause__ is error.last_failure
    assert (error.attempts, error.status, error.code) == (3, 503, "overloaded")
    assert error.request_id == "req_problem"
    assert "within deadline_s=3: This is overloaded." in str(error)
    assert error.retryable


def test_a_wait_that_is_asked_for_counts_too(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("rate_limited", Retry_After="30"))
    assert fails(cloud, Clock(cloud), deadline_s=10).attempts == 1
    assert cloud.sleeps == []


def test_the_deployment_is_told_what_remains_at_each_attempt(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"), cloud.problem("overloaded", Retry_After_Ms="1250"))
    cloud.run(classify, retries=RETRY, clock=Clock(cloud), deadline_s=10)
    told = [int(request.headers["aiaas-deadline-ms"]) for request in cloud.requests]
    assert told == [10_000, 9_505, 8_255]
    assert cloud.sleeps == [0.495, 1.25]


def test_the_time_outs_of_an_attempt_end_with_the_deadline(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded"))
    cloud.run(classify, retries=RETRY, clock=Clock(cloud), deadline_s=4, timeout_s=3.8)
    limits = [request.extensions["timeout"]["read"] for request in cloud.requests]
    assert limits == [3.8, pytest.approx(3.505)]


def test_what_a_step_of_an_attempt_took_is_taken_off_the_next(cloud: Cloud) -> None:
    time_s = 0.0
    given: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal time_s
        for step in ("pool", "connect", "write", "read"):  # as httpx does when a step begins
            given.append(request.extensions["timeout"].get(step))
            time_s += 4
        return httpx.Response(200)

    cloud.answers(answer)
    with pytest.raises(aiaas.ResponseValidationError):
        cloud.run(classify, clock=lambda: time_s, deadline_s=15, timeout_s=12)
    assert given == [12, 10, 7, 3]  # connecting has a limit of its own


def test_without_a_deadline_nothing_is_told(cloud: Cloud) -> None:
    cloud.run(classify)
    assert "aiaas-deadline-ms" not in cloud.requests[0].headers


def test_a_deadline_can_be_set_for_one_call_and_taken_away(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(b"x", deadline_s=2))
    cloud.run(lambda client: client.images.classify(b"x", deadline_s=None), deadline_s=9)
    cloud.run(lambda client: client.with_options(deadline_s=3).images.classify(b"x"))
    told = [request.headers.get("aiaas-deadline-ms") for request in cloud.requests]
    assert [int(one) > 1_000 if one else None for one in told] == [True, None, True]


def test_a_time_out_at_the_deadline_is_the_deadlines(cloud: Cloud) -> None:
    cloud.answers(httpx.ReadTimeout("slow"))
    error = fails(cloud, Clock(cloud, attempt_s=2), deadline_s=2, retries=0)
    assert isinstance(error.last_failure, aiaas.APITimeoutError)


def test_an_answer_that_trickles_is_cut_off_at_the_deadline(cloud: Cloud) -> None:
    time_s = 0.0

    class Trickle(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Any:
            nonlocal time_s
            for _ in range(100):
                time_s += 1
                yield b" "

        async def __aiter__(self) -> Any:
            for piece in self:
                yield piece

    cloud.answers(httpx.Response(200, stream=Trickle()))
    error = fails(cloud, lambda: time_s, deadline_s=5)
    assert "came too slowly" in str(error)
    assert time_s == 5


def test_the_error_can_be_pickled(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded", Retry_After="30"))
    error = fails(cloud, Clock(cloud), deadline_s=10)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (str(again), again.deadline_s, again.code) == (str(error), 10, "overloaded")
    assert isinstance(again.last_failure, aiaas.ServiceUnavailableError)


@pytest.mark.parametrize("deadline_s", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_is_none_is_refused(sync_cloud: Cloud, deadline_s: float) -> None:
    with pytest.raises(aiaas.ConfigurationError, match="deadline_s"):
        sync_cloud.run(classify, deadline_s=deadline_s)
    with pytest.raises(ValueError, match="deadline_s"):
        sync_cloud.run(lambda client: client.images.classify(b"x", deadline_s=deadline_s))


def test_a_deadline_that_passes_during_a_wait_tells_of_the_failure_before_it(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded", Retry_After_Ms="990"))
    # Timers go off a little late.
    error = fails(cloud, lambda: sum(cloud.sleeps) + 0.02 * len(cloud.sleeps), deadline_s=1)
    assert isinstance(error.last_failure, aiaas.ServiceUnavailableError)
    assert error.__cause__ is error.last_failure
    assert (error.attempts, error.status, error.request_id) == (1, 503, "req_problem")


def test_a_client_that_is_closed_during_a_wait_says_so() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    http_client = httpx.Client(transport=httpx.MockTransport(answer))
    client = aiaas.Client("k", http_client=http_client, sleep=lambda delay_s: client.close())
    with pytest.raises(aiaas.ClientClosedError):
        classify(client)
