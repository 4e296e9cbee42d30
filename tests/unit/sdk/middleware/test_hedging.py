"""A slow request is sent again, and the first good answer is taken."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.sdk.middleware.layers import Layer, a_call, answer

from aiaas import APIConnectionError
from aiaas._core.responses import RawResponse
from aiaas.middleware import AsyncHedging, Call, Hedging
from aiaas.middleware._latency import HedgingPlan

LOST = APIConnectionError("reset", host="h", phase="read")


class Wire:
    """The first request answers when it is told to; the others at once."""

    def __init__(self, *outcomes: RawResponse | Exception) -> None:
        self.outcomes = list(outcomes)
        self.begun = 0
        self.cancelled = 0
        self.go = threading.Event()
        self.go_async = asyncio.Event()
        self.lock = threading.Lock()

    def sync(self, call: Call) -> RawResponse:
        number, outcome = self._begin()
        if number == 1:
            self.go.wait(5)
        return _given(outcome)

    async def asynchronous(self, call: Call) -> RawResponse:
        number, outcome = self._begin()
        if number == 1:
            try:
                await self.go_async.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        return _given(outcome)

    async def has_begun(self, count: int) -> None:
        while self.begun < count:  # noqa: ASYNC110 - an event for each would hide the test
            await asyncio.sleep(0)

    def _begin(self) -> tuple[int, RawResponse | Exception]:
        with self.lock:
            self.begun += 1
            return self.begun, self.outcomes.pop(0)


def _given(outcome: RawResponse | Exception) -> RawResponse:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def test_the_second_request_wins_and_the_first_is_cancelled() -> None:
    hedging, wire = AsyncHedging(after_s=0.0), Wire(answer(200, b"slow"), answer(200, b"quick"))
    assert (await hedging(a_call(), wire.asynchronous)).content == b"quick"
    assert (wire.begun, wire.cancelled) == (2, 1)
    counts = hedging.counts
    assert (counts.calls, counts.hedges, counts.wins) == (1, 1, 1)


def test_the_second_request_wins_and_the_first_is_left_alone() -> None:
    hedging, wire = Hedging(after_s=0.0), Wire(answer(200, b"slow"), answer(200, b"quick"))
    assert hedging(a_call(), wire.sync).content == b"quick"
    wire.go.set()
    hedging.close()
    assert (wire.begun, hedging.counts.wins) == (2, 1)


def test_a_quick_answer_is_not_asked_for_twice(layer: Layer) -> None:
    layer.use("Hedging", after_s=5.0)
    assert layer.send().status == 200
    assert layer.middleware.counts.hedges == 0
    layer.middleware.close()


def test_what_writes_is_never_sent_twice(layer: Layer) -> None:
    layer.use("Hedging", after_s=0.0)
    layer.send(a_call("files.create"))
    layer.send(a_call("files.delete"))
    assert layer.middleware.counts.calls == 0


def test_streams_are_never_sent_twice(layer: Layer) -> None:
    layer.use("Hedging", after_s=0.0)
    layer.send(a_call(stream=True))
    assert layer.middleware.counts.calls == 0


@pytest.mark.parametrize("failure", [LOST, answer(503), answer(429)])
def test_a_failure_before_the_delay_is_left_to_the_retries(
    layer: Layer, failure: RawResponse | Exception
) -> None:
    layer.use("Hedging", after_s=5.0)
    layer.answers(failure)
    if isinstance(failure, Exception):
        with pytest.raises(APIConnectionError):
            layer.send()
    else:
        assert layer.send() is failure
    assert len(layer.seen) == 1
    layer.middleware.close()


def test_an_answer_that_will_not_change_is_good(layer: Layer) -> None:
    layer.use("Hedging", after_s=5.0)
    layer.answers(answer(404))
    assert layer.send().status == 404
    layer.middleware.close()


@pytest.mark.parametrize("failure", [LOST, answer(503)])
async def test_when_the_second_fails_the_first_is_waited_for(
    failure: RawResponse | Exception,
) -> None:
    hedging, wire = AsyncHedging(after_s=0.0), Wire(answer(200, b"slow"), failure)
    task = asyncio.create_task(hedging(a_call(), wire.asynchronous))
    await wire.has_begun(2)
    wire.go_async.set()
    assert (await task).content == b"slow"
    assert hedging.counts.wins == 0


def test_when_the_second_thread_fails_the_first_is_waited_for() -> None:
    hedging, wire = Hedging(after_s=0.0), Wire(answer(200, b"slow"), LOST)
    threading.Timer(0.02, wire.go.set).start()
    assert hedging(a_call(), wire.sync).content == b"slow"
    hedging.close()


async def test_when_all_fail_the_first_failure_is_raised() -> None:
    hedging, wire = AsyncHedging(after_s=0.0), Wire(LOST, answer(503))
    task = asyncio.create_task(hedging(a_call(), wire.asynchronous))
    await wire.has_begun(2)
    wire.go_async.set()
    with pytest.raises(APIConnectionError, match="reset"):
        await task


async def test_a_cancelled_call_cancels_all_its_requests() -> None:
    hedging, wire = AsyncHedging(after_s=5.0), Wire(answer(200))
    task = asyncio.create_task(hedging(a_call(), wire.asynchronous))
    await wire.has_begun(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert wire.cancelled == 1


async def test_there_may_be_several_additional_requests() -> None:
    hedging, begun = AsyncHedging(after_s=0.0, max_hedges=2), []

    async def proceed(call: Call) -> RawResponse:
        begun.append(call)
        if len(begun) < 3:
            await asyncio.Event().wait()
        return answer(200)

    assert (await hedging(a_call(), proceed)).status == 200
    assert len(begun) == 3
    assert (hedging.counts.hedges, hedging.counts.wins) == (2, 1)


async def test_additional_requests_are_bounded_by_all_requests() -> None:
    hedging = AsyncHedging(after_s=0.0, max_ratio=0.1)

    async def proceed(call: Call) -> RawResponse:
        for _ in range(5):
            await asyncio.sleep(0)
        return answer(200)

    for _ in range(100):
        await hedging(a_call(), proceed)
    assert 10 <= hedging.counts.hedges <= 20


def test_threads_are_bounded_and_calls_go_on_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hedging, go, begun = Hedging(after_s=0.0, max_ratio=100), threading.Event(), []

    def proceed(call: Call) -> RawResponse:
        begun.append(threading.current_thread())
        if call.attempt == 1 and threading.current_thread() is not threading.main_thread():
            go.wait(5)
        return answer(200)

    callers = [
        threading.Thread(target=hedging, args=(a_call(), proceed), daemon=True) for _ in range(16)
    ]
    for caller in callers:
        caller.start()
    while len(begun) < 32:
        pass
    assert hedging(a_call(), proceed).status == 200
    assert begun[-1] is threading.main_thread()
    go.set()
    for caller in callers:
        caller.join()
    hedging.close()


def test_the_context_of_the_caller_reaches_the_threads() -> None:
    hedging, seen = Hedging(after_s=5.0), []
    variable = contextvars.ContextVar("variable", default="none")
    variable.set("the caller's")

    def proceed(call: Call) -> RawResponse:
        seen.append(variable.get())
        return answer(200)

    hedging(a_call(), proceed)
    hedging.close()
    assert seen == ["the caller's"]


def test_it_works_again_after_it_was_closed(layer: Layer) -> None:
    layer.use("Hedging", after_s=5.0)
    layer.send()
    layer.middleware.close()
    layer.middleware.close()
    assert layer.send().status == 200
    layer.middleware.close()


LATE = """
import threading, time
import httpx
import aiaas
from aiaas.contract.system import HEALTH
from aiaas.middleware import Hedging

begun = []
def wire(request):
    begun.append(request)
    if len(begun) == 1:
        time.sleep(60)
    return httpx.Response(200, json={"status": "ok", "version": "1"})

http_client = httpx.Client(transport=httpx.MockTransport(wire))
with aiaas.Client("k", http_client=http_client, middleware=[Hedging(after_s=0.01)]) as client:
    client.request(HEALTH)
    client.request(HEALTH)
for _ in range(100):
    late = [thread for thread in threading.enumerate() if "hedging" in thread.name]
    if len(late) == 1:
        break
    time.sleep(0.01)
assert len(late) == 1, late
"""


def test_a_request_that_lost_does_not_hold_up_the_end_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")


def test_threads_are_used_again() -> None:
    hedging, threads = Hedging(after_s=5.0), set()

    def proceed(call: Call) -> RawResponse:
        threads.add(threading.current_thread())
        return answer(200)

    for _ in range(20):
        hedging(a_call(), proceed)
    hedging.close()
    assert len(threads) <= 2
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    hedging = Hedging(after_s=5.0)
    hedging(a_call(), lambda _: answer(200))
    child = os.fork()
    if child == 0:  # pragma: no cover - in another process
        status = 1
        try:
            hedging.after_fork()
            status = 0 if hedging(a_call(), lambda _: answer(200)).status == 200 else 1
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    hedging.close()


def plan(**changes: Any) -> HedgingPlan:
    settings = {"after_s": None, "after_percentile": 95, "max_hedges": 1, "max_ratio": 0.1}
    return HedgingPlan(**{**settings, **changes})


def test_nothing_is_slow_before_enough_answers_were_seen() -> None:
    slow = plan()
    for _ in range(19):
        assert slow.delay_s("images.classify") is None
        slow.finished("images.classify", 0.1, hedge_won=False)
    assert slow.delay_s("images.classify") is None
    slow.finished("images.classify", 0.1, hedge_won=False)
    assert slow.delay_s("images.classify") == 0.1


def test_slow_is_what_few_of_the_latest_answers_took() -> None:
    slow = plan(after_percentile=90)
    for number in range(1, 101):
        slow.finished("images.classify", number / 100, hedge_won=False)
    assert slow.delay_s("images.classify") == pytest.approx(0.91)
    for _ in range(256):
        slow.finished("images.classify", 5.0, hedge_won=False)
    assert slow.delay_s("images.classify") == 5.0


def test_operations_have_times_of_their_own() -> None:
    slow = plan()
    for _ in range(20):
        slow.finished("images.classify", 0.1, hedge_won=False)
    assert slow.delay_s("images.embed") is None


def test_a_percentile_hedges_once_it_is_known(layer: Layer) -> None:
    layer.use("Hedging", after_percentile=95, clock=layer.clock)

    def take(seconds: float) -> Callable[[Call], RawResponse]:
        def answer_(call: Call) -> RawResponse:
            layer.clock.now_s += seconds
            return answer(200)

        return answer_

    layer.answers(*[take(4.0)] * 20)
    for _ in range(21):
        layer.send()
    assert layer.middleware.counts.calls == 21
    layer.middleware.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"after_percentile": None},
        {"after_s": 1.0},
        {"after_percentile": 100},
        {"after_s": -1, "after_percentile": None},
        {"max_hedges": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"pass either|must"):
        plan(**changes)
