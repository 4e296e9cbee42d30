"""When a request is sent again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas._core.failures import failure_of
from aiaas._core.waits import parse_retry_after
from aiaas.contract.problems import Problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

NOW = 1_700_000_000.0
RETRY = aiaas.Retry(random=lambda: 0.5, clock=lambda: NOW)


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def fails(cloud: Cloud, retry: aiaas.Retry = RETRY) -> aiaas.AiaasError:
    with pytest.raises(aiaas.AiaasError) as info:
        cloud.run(classify, retries=retry)
    return info.value


def test_a_passing_failure_is_not_seen_by_the_caller(cloud: Cloud) -> None:
    cloud.answers(httpx.ConnectError("refused"), cloud.problem("overloaded"))

    assert cloud.run(classify, retries=RETRY).label == "x"
    assert cloud.sleeps == [0.25, 0.5]
    counts = [request.headers.get("aiaas-retry-count") for request in cloud.requests]
    assert counts == [None, "1", "2"]
    assert len({request.content for request in cloud.requests}) == 1


def test_the_last_failure_is_raised_and_knows_the_attempts(cloud: Cloud) -> None:
    cloud.answers(*(cloud.problem("overloaded") for _ in range(3)))
    error = fails(cloud)
    assert isinstance(error, aiaas.ServiceUnavailableError)
    assert error.attempts == 3
    assert error.__context__ is None  # earlier failures are not dragged along


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520])
def test_what_a_proxy_answers_for_a_while_is_repeated(sync_cloud: Cloud, status: int) -> None:
    sync_cloud.answers(httpx.Response(status, html="<h1>down</h1>"))
    assert sync_cloud.run(classify, retries=RETRY).label == "x"


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413, 422, 501, 505])
def test_what_will_not_change_is_not_repeated(sync_cloud: Cloud, status: int) -> None:
    sync_cloud.answers(httpx.Response(status, html="<h1>no</h1>"))
    assert not fails(sync_cloud).retryable
    assert len(sync_cloud.requests) == 1


@pytest.mark.parametrize("code", ["internal_error", "model_unavailable", "invalid_image"])
def test_a_failure_that_the_deployment_calls_final_is_not_repeated(
    sync_cloud: Cloud, code: str
) -> None:
    sync_cloud.answers(sync_cloud.problem(code))
    fails(sync_cloud)
    assert sync_cloud.sleeps == []


@pytest.mark.parametrize(
    ("status", "retryable"), [(409, False), (429, True), (500, False), (503, True)]
)
def test_an_unknown_code_is_repeated_by_its_status(status: int, retryable: bool) -> None:
    error = failure_of(Problem(title="New", status=status, detail="New.", code="brand_new"))
    assert error.retryable is retryable


@pytest.mark.parametrize(("said", "attempts"), [("true", 2), ("false", 1), ("maybe", 1)])
def test_the_deployments_word_overrides(sync_cloud: Cloud, said: str, attempts: int) -> None:
    sync_cloud.answers(sync_cloud.problem("internal_error", Aiaas_Should_Retry=said))
    if attempts == 1:
        fails(sync_cloud)
    else:
        sync_cloud.run(classify, retries=RETRY)
    assert len(sync_cloud.requests) == attempts


def test_retry_after_header_overrides_backoff(cloud: Cloud) -> None:
    cloud.answers(cloud.problem("overloaded", Retry_After="7"))
    cloud.run(classify, retries=RETRY)
    assert cloud.sleeps == [7.0]


def test_retry_after_may_be_a_date(sync_cloud: Cloud) -> None:
    date = format_datetime(datetime.fromtimestamp(NOW + 30, UTC), usegmt=True)
    sync_cloud.answers(sync_cloud.problem("overloaded", Retry_After=date))
    sync_cloud.run(classify, retries=RETRY)
    assert sync_cloud.sleeps == [30.0]


@pytest.mark.parametrize("asked", ["61", "1e400"])
def test_a_wait_above_the_cap_is_raised_at_once(cloud: Cloud, asked: str) -> None:
    cloud.answers(cloud.problem("overloaded", Retry_After=asked))
    error = fails(cloud)
    assert isinstance(error, aiaas.ServiceUnavailableError)
    assert error.retry_after_s == float(asked)
    assert error.retryable
    assert f"retry after {float(asked):g} s" in str(error)
    assert (cloud.sleeps, len(cloud.requests)) == ([], 1)
    wait = f"the wait of {float(asked):g} s that is asked for is above max_retry_after_s=60"
    assert error.__notes__ == [f"Not sent again: {wait}."]


def test_a_wait_above_the_cap_is_no_reason_when_no_attempt_is_left(sync_cloud: Cloud) -> None:
    sync_cloud.answers(sync_cloud.problem("overloaded", Retry_After="61"))
    with pytest.raises(aiaas.ServiceUnavailableError) as info:
        sync_cloud.run(classify, retries=0)
    assert not hasattr(info.value, "__notes__")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("-3", 0.0),
        ("0.5", 0.5),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.0),  # in the past
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5.0),
        ("Tue, 99 Nov 2023 22:13:25 GMT", None),
    ],
)
def test_retry_after_is_read_as_the_standard_says(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


def test_waits_double_up_to_a_maximum_and_are_jittered_down_to_nothing() -> None:
    def delays(random: float) -> list[float | None]:
        retry = aiaas.Retry(max_attempts=9, random=lambda: random)
        failure = aiaas.APIConnectionError("", host="h", phase="connect")
        return [retry.delay_s(failure, attempt=n) for n in range(1, 10)]

    assert delays(1.0) == [0.5, 1, 2, 4, 8, 8, 8, 8, None]
    assert delays(0.0) == [0, 0, 0, 0, 0, 0, 0, 0, None]


def test_thousands_of_attempts_do_not_overflow() -> None:
    retry = aiaas.Retry(max_attempts=10**6, random=lambda: 1.0)
    failure = aiaas.APIConnectionError("", host="h", phase="read")
    assert retry.delay_s(failure, attempt=10**5) == 8.0


def test_retrying_can_be_turned_off(cloud: Cloud) -> None:
    cloud.answers(httpx.ConnectError("refused"))
    assert fails(cloud, aiaas.Retry(max_attempts=1)).attempts == 1
    assert cloud.sleeps == []


def test_a_policy_of_no_attempts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        aiaas.Retry(max_attempts=0)


@pytest.mark.parametrize("name", ["initial_delay_s", "max_delay_s", "max_retry_after_s"])
@pytest.mark.parametrize("value", [-5, float("nan")])
def test_a_wait_of_less_than_nothing_is_refused(name: str, value: float) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"{name} must be at least 0"):
        aiaas.Retry(**wrong)


def test_an_answer_that_breaks_the_contract_is_not_repeated(cloud: Cloud) -> None:
    cloud.answers(httpx.Response(200, html="<h1>hello</h1>"))
    with pytest.raises(aiaas.ResponseValidationError):
        cloud.run(classify)
    assert len(cloud.requests) == 1
