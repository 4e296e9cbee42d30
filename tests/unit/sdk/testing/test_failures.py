"""Scripted failures, in sequences and without waiting."""

from __future__ import annotations

import asyncio
import time

import pytest

import aiaas
from aiaas.testing import FakeCloud, VirtualClock, classification


def test_failures_come_first_and_then_the_answer(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("images.classify").fails(503, times=2).answers(classification("cat"))
    assert client.images.classify(b"x").label == "cat"
    assert [call.attempt for call in fake.calls] == [1, 2, 3]
    assert len(fake.clock.sleeps) == 2


def test_the_last_step_answers_all_that_come(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve").answers(name="a").answers(name="b")
    assert [client.models.retrieve("m").name for _ in range(4)] == ["a", "b", "b", "b"]


@pytest.mark.parametrize(
    ("failure", "error", "code"),
    [
        ("model_not_found", aiaas.NotFoundError, "model_not_found"),
        (404, aiaas.NotFoundError, "not_found"),
        (401, aiaas.AuthenticationError, "missing_api_key"),
        (502, aiaas.ServerError, None),
    ],
)
def test_a_failure_has_a_code_or_a_status(
    fake: FakeCloud, failure: int | str, error: type[aiaas.APIStatusError], code: str | None
) -> None:
    fake.on("models.retrieve").fails(failure, detail="So it is.", param="/model")
    with (
        fake.client(retries=aiaas.Retry(max_attempts=1)) as client,
        pytest.raises(error) as info,
    ):
        client.models.retrieve("m")
    assert info.value.code == code
    if code:
        assert (info.value.detail, info.value.param) == ("So it is.", "/model")


def test_a_rate_limit_is_waited_for_on_the_virtual_clock(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("models.retrieve").rate_limited(retry_after_s=30).answers(name="a")
    began_s, real_s = fake.clock.time(), time.monotonic()
    assert client.models.retrieve("m").name == "a"
    assert fake.clock.sleeps == [30]
    assert fake.clock.time() - began_s == 30
    assert time.monotonic() - real_s < 10


def test_a_connection_that_breaks_has_its_phase(fake: FakeCloud) -> None:
    fake.on("models.retrieve").refuses(times=1).drops(times=1).times_out(times=1)
    with fake.client(retries=aiaas.Retry(max_attempts=1)) as client:
        phases = []
        for _ in range(3):
            with pytest.raises(aiaas.APIConnectionError) as info:
                client.models.retrieve("m")
            phases.append((type(info.value), info.value.phase))
    assert phases == [
        (aiaas.APIConnectionError, "connect"),
        (aiaas.APIConnectionError, "read"),
        (aiaas.APITimeoutError, "read"),
    ]


def test_latency_passes_on_the_virtual_clock_alone(fake: FakeCloud) -> None:
    fake.on("models.retrieve").after(5).answers(name="slow")
    began_s = fake.clock.time()
    with fake.client(timeout_s=6) as client:
        assert client.models.retrieve("m").name == "slow"
    assert fake.clock.time() - began_s == 5


def test_latency_above_the_timeout_times_out(fake: FakeCloud) -> None:
    fake.on("models.retrieve").after(5).answers()
    with (
        fake.client(timeout_s=2, retries=aiaas.Retry(max_attempts=1)) as client,
        pytest.raises(aiaas.APITimeoutError),
    ):
        client.models.retrieve("m")
    began_s = fake.calls[0].at_s
    assert fake.clock.time() - began_s == 2


def test_a_deadline_ends_on_the_virtual_clock(fake: FakeCloud) -> None:
    fake.on("models.retrieve").after(4).fails(503)
    with (
        fake.client(deadline_s=10, retries=9) as client,
        pytest.raises(aiaas.AiaasError, match="deadline_s=10"),
    ):
        client.models.retrieve("m")
    assert [call.at_s - fake.calls[0].at_s for call in fake.calls] == [0, 4.25, 8.75]


def test_asynchronous_clients_wait_on_the_same_clock(fake: FakeCloud) -> None:
    async def ask() -> str:
        async with fake.async_client() as client:
            return (await client.models.retrieve("m")).name

    fake.on("models.retrieve").rate_limited(retry_after_s=20).answers(name="a")
    assert asyncio.run(ask()) == "a"
    assert fake.clock.sleeps == [20]


def test_the_jitter_is_the_same_in_every_run(fake: FakeCloud, client: aiaas.Client) -> None:
    fake.on("models.retrieve").fails(503, times=2).answers()
    client.models.retrieve("m")
    assert fake.clock.sleeps == [0.25, 0.5]


def test_fields_that_a_deployment_would_refuse_are_refused(
    fake: FakeCloud, client: aiaas.Client
) -> None:
    fake.on("images.classify").answers()
    with pytest.raises(aiaas.InvalidRequestError) as info:
        client.images.classify(b"x", top_k=0)
    assert (info.value.status, info.value.param) == (422, "/top_k")


def test_a_clock_can_be_moved_by_hand() -> None:
    clock = VirtualClock(100)
    clock.advance(5)
    assert (clock.time(), clock.sleeps) == (105, [])


@pytest.mark.parametrize("status", [200, 304, 700])
def test_a_failure_needs_the_status_of_one(fake: FakeCloud, status: int) -> None:
    with pytest.raises(ValueError, match=f"a status from 400 to 599; got {status}"):
        fake.on("models.retrieve").fails(status)


def test_an_unknown_code_is_refused_with_the_nearest(fake: FakeCloud) -> None:
    with pytest.raises(ValueError, match="Did you mean 'model_not_found'"):
        fake.on("models.retrieve").fails("model_not_fond")


def test_no_step_is_for_no_call(fake: FakeCloud) -> None:
    with pytest.raises(ValueError, match="times must be at least 1; got 0"):
        fake.on("models.retrieve").drops(times=0)
