"""No more requests are under way than allowed, and overload lowers how many that is."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.unit.sdk.middleware.layers import Layer, a_call, answer

from aiaas import APITimeoutError
from aiaas._core.responses import RawResponse
from aiaas.middleware import AsyncConcurrencyLimit, Call, ConcurrencyLimit
from aiaas.middleware._aimd import ConcurrencyWindow
from aiaas.middleware._async import _runtime


async def test_no_more_tasks_than_the_limit_are_under_way() -> None:
    limit, most = AsyncConcurrencyLimit(3), 0

    async def proceed(call: Call) -> RawResponse:
        nonlocal most
        most = max(most, limit.in_flight)
        await asyncio.sleep(0)
        return answer(200)

    await asyncio.gather(*(limit(a_call(), proceed) for _ in range(20)))
    assert (most, limit.in_flight) == (3, 0)


def test_no_more_threads_than_the_limit_are_under_way() -> None:
    limit, most, three_in = ConcurrencyLimit(3), [0], threading.Barrier(3)

    def proceed(call: Call) -> RawResponse:
        most[0] = max(most[0], limit.in_flight)
        three_in.wait(5)
        return answer(200)

    with ThreadPoolExecutor(9) as pool:
        assert len(list(pool.map(lambda _: limit(a_call(), proceed), range(9)))) == 9
    assert (most, limit.in_flight) == ([3], 0)


async def test_tasks_go_in_in_the_order_in_which_they_came() -> None:
    limit, order = AsyncConcurrencyLimit(1), []

    async def proceed(call: Call) -> RawResponse:
        order.append(call.attempt)
        await asyncio.sleep(0)
        return answer(200)

    await asyncio.gather(*(limit(a_call(attempt=number), proceed) for number in range(10)))
    assert order == list(range(10))


async def test_a_task_that_is_cancelled_while_it_waits_leaves_the_line() -> None:
    limit, go = AsyncConcurrencyLimit(1), asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        await go.wait()
        return answer(200)

    tasks = [asyncio.create_task(limit(a_call(), proceed)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    go.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert limit.in_flight == 0


async def test_a_task_that_is_cancelled_at_the_moment_it_is_let_in_gives_its_place_back() -> None:
    gate = _runtime.Gate(lambda: 1)
    await gate.enter(timeout_s=None)
    task = asyncio.create_task(gate.enter(timeout_s=None))
    await asyncio.sleep(0)
    gate.leave()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gate.inside == 0


async def test_a_deadline_ends_the_wait_of_a_task() -> None:
    limit, go = AsyncConcurrencyLimit(1), asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        await go.wait()
        return answer(200)

    first = asyncio.create_task(limit(a_call(), proceed))
    await asyncio.sleep(0)
    with pytest.raises(APITimeoutError, match="1 requests are under way") as caught:
        await limit(a_call(remaining_s=0.001), proceed)
    assert (caught.value.phase, caught.value.host) == ("pool", "cloud.test:8443")
    go.set()
    await first
    assert limit.in_flight == 0


def test_a_deadline_ends_the_wait_of_a_thread() -> None:
    limit, inside, go = ConcurrencyLimit(1), threading.Event(), threading.Event()

    def proceed(call: Call) -> RawResponse:
        inside.set()
        go.wait(5)
        return answer(200)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(limit, a_call(), proceed)
        inside.wait(5)
        with pytest.raises(APITimeoutError, match="waiting for a free connection"):
            limit(a_call(remaining_s=0.001), proceed)
        go.set()
        assert first.result().status == 200


def test_a_client_outlives_its_event_loop() -> None:
    limit = AsyncConcurrencyLimit(1)

    async def proceed(call: Call) -> RawResponse:
        await asyncio.sleep(0)
        return answer(200)

    async def both() -> None:
        await asyncio.gather(*(limit(a_call(), proceed) for _ in range(2)))

    asyncio.run(both())
    asyncio.run(both())


def test_a_failure_gives_its_place_back(layer: Layer) -> None:
    layer.use("ConcurrencyLimit", limit=1)
    layer.answers(ValueError("lost"))
    with pytest.raises(ValueError, match="lost"):
        layer.send()
    assert layer.send().status == 200


def test_a_fixed_limit_stays(layer: Layer) -> None:
    layer.use("ConcurrencyLimit", limit=8)
    layer.send_many(429, 503, 200)
    assert layer.middleware.limit == 8


def test_overload_halves_an_adaptive_limit_and_success_raises_it(layer: Layer) -> None:
    layer.use("ConcurrencyLimit", limit=8, adaptive=True)
    layer.send_many(429)
    assert layer.middleware.limit == 4
    layer.send_many(503)
    assert layer.middleware.limit == 2
    layer.send_many(*[200] * 3)
    assert layer.middleware.limit == 3
    layer.send_many(*[200] * 100)
    assert layer.middleware.limit == 8
    layer.send_many(*[429] * 9)
    assert layer.middleware.limit == 1


def test_failures_that_are_no_overload_move_nothing(layer: Layer) -> None:
    layer.use("ConcurrencyLimit", limit=8, adaptive=True)
    layer.send_many(429, 500, 500)
    assert layer.middleware.limit == 4


def test_one_overload_that_many_requests_report_counts_once() -> None:
    window = ConcurrencyWindow(16, adaptive=True)
    era = window.era
    for _ in range(10):
        window.answered(429, era=era)
    assert window.limit == 8


def test_growth_by_a_whole_request_is_told() -> None:
    window = ConcurrencyWindow(2, adaptive=True)
    window.answered(429, era=window.era)
    assert window.answered(200, era=window.era)
    assert not window.answered(200, era=window.era)


async def test_who_waits_is_let_in_when_the_limit_grows() -> None:
    limit, go = AsyncConcurrencyLimit(2, adaptive=True), asyncio.Event()

    async def proceed(call: Call) -> RawResponse:
        if call.attempt == 3:
            await go.wait()
        return answer(429 if call.attempt == 1 else 200)

    await limit(a_call(attempt=1), proceed)
    assert limit.limit == 1
    slow = asyncio.create_task(limit(a_call(attempt=3), proceed))
    quick = [asyncio.create_task(limit(a_call(attempt=2), proceed)) for _ in range(2)]
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(slow, *quick)
    assert (limit.limit, limit.in_flight) == (2, 0)


def test_a_limit_below_one_is_refused(layer: Layer) -> None:
    with pytest.raises(ValueError, match="at least 1; got 0"):
        layer.use("ConcurrencyLimit", limit=0)


async def test_who_waited_has_less_time_left_further_in() -> None:
    limit, left = AsyncConcurrencyLimit(1), []

    async def proceed(call: Call) -> RawResponse:
        left.append(call.remaining_s)
        await asyncio.sleep(0.2)
        return answer(200)

    await asyncio.gather(*(limit(a_call(remaining_s=1.0), proceed) for _ in range(2)))
    assert left[0] == pytest.approx(1.0, abs=0.1)
    assert left[1] == pytest.approx(0.8, abs=0.1)
