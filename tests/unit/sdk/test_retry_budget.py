"""A client retries only so much altogether."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aiaas
from aiaas._core.budget import BudgetBucket

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

BUSY = aiaas.ServiceUnavailableError("Busy.", status=503, retryable=True)
SLOW = aiaas.APITimeoutError("", host="h", phase="read")


def classify(client: Any) -> Any:
    return client.images.classify(b"x")


def test_retries_take_tokens_and_timeouts_take_more() -> None:
    bucket = BudgetBucket(aiaas.RetryBudget(capacity=20, cost=5, timeout_cost=10))
    assert [bucket.take_for(failure) for failure in (BUSY, SLOW, BUSY, BUSY)] == [5, 10, 5, None]
    assert bucket.tokens == 0


def test_a_success_gives_back_what_its_last_retry_took_or_a_little() -> None:
    bucket = BudgetBucket(aiaas.RetryBudget(capacity=20, cost=5, refund=1))
    taken = bucket.take_for(BUSY)
    bucket.take_for(BUSY)
    bucket.refund(taken)
    assert bucket.tokens == 15
    bucket.refund(None)
    assert bucket.tokens == 16
    for _ in range(50):
        bucket.refund(None)
    assert bucket.tokens == 20


@given(st.lists(st.sampled_from(["busy", "slow", "success", "recovered"]), max_size=200))
def test_there_are_never_more_tokens_than_the_capacity_nor_fewer_than_none(
    events: list[str],
) -> None:
    bucket = BudgetBucket(aiaas.RetryBudget(capacity=37, cost=5, timeout_cost=11, refund=2))
    taken = None
    for event in events:
        if event in ("busy", "slow"):
            taken = bucket.take_for(BUSY if event == "busy" else SLOW)
        else:
            bucket.refund(taken if event == "recovered" else None)
        assert 0 <= bucket.tokens <= 37


def test_threads_do_not_lose_tokens() -> None:
    bucket = BudgetBucket(aiaas.RetryBudget(capacity=100_000, cost=1))

    def spend() -> None:
        for _ in range(2_000):
            bucket.take_for(BUSY)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bucket.tokens == 100_000 - 8 * 2_000


def test_a_spent_budget_raises_at_once_and_says_why(cloud: Cloud) -> None:
    retry = aiaas.Retry(max_attempts=9, budget=aiaas.RetryBudget(capacity=12, cost=5))
    cloud.answers(*(cloud.problem("overloaded") for _ in range(9)))
    with pytest.raises(aiaas.ServiceUnavailableError) as info:
        cloud.run(classify, retries=retry)
    assert info.value.attempts == 3
    assert info.value.__notes__ == ["Not sent again: the retry budget of the client is spent."]


def test_a_deployment_that_is_down_gets_few_more_attempts_than_calls(sync_cloud: Cloud) -> None:
    calls = 1_000
    sync_cloud.answers(*(httpx.ConnectError("down") for _ in range(4 * calls)))

    def use(client: Any) -> None:
        for _ in range(calls):
            with pytest.raises(aiaas.APIConnectionError):
                client.images.classify(b"x")

    sync_cloud.run(use)
    assert calls < len(sync_cloud.requests) <= 1.2 * calls


@pytest.mark.parametrize(("loss", "lasts"), [(0.28, True), (0.36, False)])
def test_the_default_budget_lasts_for_ever_while_not_a_third_of_the_attempts_is_lost(
    loss: float, lasts: bool
) -> None:
    bucket, chance = BudgetBucket(aiaas.RetryBudget()), random.Random(1)

    def call() -> bool:
        taken: float | None = None
        while chance.random() < loss:
            taken = bucket.take_for(BUSY)
            if taken is None:
                return False
        bucket.refund(taken)
        return True

    assert all(call() for _ in range(20_000)) == lasts


def test_copies_share_the_budget_of_their_client(sync_cloud: Cloud) -> None:
    retry = aiaas.Retry(max_attempts=2, budget=aiaas.RetryBudget(capacity=5, cost=5))
    sync_cloud.answers(*(sync_cloud.problem("overloaded") for _ in range(3)))

    def use(client: Any) -> None:
        for copy in (client, client.with_options(timeout_s=3)):
            with pytest.raises(aiaas.ServiceUnavailableError):
                copy.images.classify(b"x")

    sync_cloud.run(use, retries=retry)
    assert len(sync_cloud.requests) == 3


def test_without_a_budget_only_the_attempts_are_counted(sync_cloud: Cloud) -> None:
    sync_cloud.answers(*(sync_cloud.problem("overloaded") for _ in range(300)))
    sync_cloud.run(classify, retries=aiaas.Retry(max_attempts=301, budget=None))
    assert len(sync_cloud.requests) == 301


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        aiaas.RetryBudget(cost=-1)
