"""A child process does not wait for what only its parent can finish."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from tests.unit.sdk.middleware.layers import Clock, Layer, a_call, answer

from aiaas import APIConnectionError
from aiaas._core.responses import RawResponse
from aiaas.middleware import AsyncConcurrencyLimit, AsyncResponseCache, Call
from aiaas.middleware._circuit import CircuitOpenError

LOST = APIConnectionError("reset", host="h", phase="read")

# A thread's request is under way and its locks are held when the process is copied.
FORK = """
import os, signal, sys, threading
import httpx
import aiaas
from aiaas.middleware import *

begun, go = threading.Event(), threading.Event()

def wire(request):
    begun.set()
    if threading.current_thread() is not threading.main_thread():
        go.wait(10)
    return httpx.Response(503, json={})

class Note:
    pid = 0
    def __call__(self, call, proceed):
        return proceed(call)
    def after_fork(self):
        self.pid = os.getpid()

note = Note()
middleware = [eval(sys.argv[1]), note]
http_client = httpx.Client(transport=httpx.MockTransport(wire))
client = aiaas.Client("k", http_client=http_client, middleware=middleware, retries=0)

def call():
    try:
        client.images.classify(b"x")
    except aiaas.ServiceUnavailableError:
        return True

thread = threading.Thread(target=call)
thread.start()
begun.wait(10)
locks = [
    lock
    for part in [middleware[0], *vars(middleware[0]).values()]
    for name, lock in getattr(part, "__dict__", {}).items()
    if name in ("_lock", "_changed")
]
for lock in locks:
    lock.acquire()
child = os.fork()
if child == 0:
    signal.alarm(5)
    os._exit(0 if call() and note.pid == os.getpid() else 1)
for lock in locks:
    lock.release()
_, status = os.waitpid(child, 0)
go.set()
thread.join()
assert os.waitstatus_to_exitcode(status) == 0, status
assert note.pid == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    "middleware",
    [
        "ConcurrencyLimit(1, adaptive=True)",
        "ResponseCache()",
        "RatePacing()",
        "CircuitBreaker()",
    ],
)
def test_a_child_goes_on_without_its_parents_requests(middleware: str) -> None:
    done = subprocess.run([sys.executable, "-c", FORK, middleware], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_child_has_a_probe_of_its_own_in_an_open_circuit(layer: Layer) -> None:
    clock: Clock = layer.clock
    layer.use("CircuitBreaker", failure_threshold=1, cooldown_s=10, clock=clock)
    layer.answers(LOST)
    with pytest.raises(APIConnectionError):
        layer.send()
    clock.now_s += 5
    layer.middleware.after_fork()
    with pytest.raises(CircuitOpenError):
        layer.send()
    clock.now_s += 5
    circuits: Any = layer.middleware._circuits
    circuits.enter("cloud.test:8443", now_s=clock.now_s)  # the parent's probe
    layer.middleware.after_fork()
    assert layer.send().status == 200


async def test_tasks_of_the_parent_hold_no_place_in_the_child() -> None:
    limit, cache = AsyncConcurrencyLimit(1), AsyncResponseCache()

    async def inner(call: Call) -> RawResponse:
        return answer(200)

    async def forks(call: Call) -> RawResponse:
        limit.after_fork()
        cache.after_fork()
        return await cache(call, lambda call: limit(call, inner))

    response = await cache(a_call(), lambda call: limit(call, forks))
    assert (response.status, limit.in_flight) == (200, 0)
