"""Thousands of calls over a network that loses three requests in ten, and over none at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.integration.lossy_proxy import DONE_BUT_LOST, Fate, LossyProxy

import aiaas
from aiaas.middleware import Call, Proceed, RawResponse
from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT

CALLS: Final = 2_500
"""Of each colour of client."""
THREADS: Final = 16
TASKS: Final = 16
SLACK_S: Final = 0.5
"""What a busy machine may take on top of a deadline."""

ONLY_AFTERWARDS: Final = {Fate.RESET_AFTER: 0.2, Fate.CUT: 0.1}
"""Whatever is lost was done."""

Serve = Callable[..., ServerProcess]
Failure = tuple[aiaas.AiaasError, float]


def patient(**changes: Any) -> aiaas.Retry:
    """Return a policy with 12 retries and short waits.

    A success gives 2 tokens back: with the usual 1 a budget is in balance at three losses in ten,
    and this storm is about as bad.
    """
    given: dict[str, Any] = {"budget": aiaas.RetryBudget(refund=2), **changes}
    return aiaas.Retry(
        max_attempts=13,
        initial_delay_s=0.01,
        max_delay_s=0.1,
        random=random.Random(3).random,
        **given,
    )


@pytest.fixture
def server(serve: Serve) -> ServerProcess:
    server = serve("--engine", "null", "--warm", "fashion-cnn")
    server.wait_for_log('"ready"')
    return server


# The calls: a file, a picture, a page and two descriptions, and so on.


def content_of(number: int) -> bytes:
    return b"file %d " % number * (1 + number % 50)


def sha256_of(number: int) -> str:
    return hashlib.sha256(content_of(number)).hexdigest()


def is_file(number: int) -> bool:
    return number % 5 == 0


def call(client: aiaas.Client, number: int) -> aiaas.File | None:
    """Make the call with this number and check what it answers."""
    if is_file(number):
        file = client.files.create(content_of(number), filename=f"{number}.txt")
        assert file.sha256 == sha256_of(number)
        return file
    if number % 5 == 1:
        assert client.images.classify(ANKLE_BOOT, model="fashion-cnn").model == "fashion-cnn@1"
    elif number % 5 == 2:
        assert "fashion-cnn@1" in [model.id for model in client.models.list(limit=100)]
    else:
        assert client.models.retrieve("fashion-cnn").id == "fashion-cnn@1"
    return None


async def async_call(client: aiaas.AsyncClient, number: int) -> aiaas.File | None:
    """Do the same."""
    if is_file(number):
        file = await client.files.create(content_of(number), filename=f"{number}.txt")
        assert file.sha256 == sha256_of(number)
        return file
    if number % 5 == 1:
        answer = await client.images.classify(ANKLE_BOOT, model="fashion-cnn")
        assert answer.model == "fashion-cnn@1"
    elif number % 5 == 2:
        assert "fashion-cnn@1" in [model.id async for model in client.models.list(limit=100)]
    else:
        assert (await client.models.retrieve("fashion-cnn")).id == "fashion-cnn@1"
    return None


def in_threads(client: aiaas.Client, numbers: range) -> list[aiaas.File]:
    """Make the calls from many threads and return the files that they stored."""
    with ThreadPoolExecutor(THREADS) as pool:
        answers = pool.map(lambda number: call(client, number), numbers)
        return [file for file in answers if file is not None]


async def in_tasks(client: aiaas.AsyncClient, numbers: range) -> list[aiaas.File]:
    """Make the calls from many tasks and return the files that they stored."""
    left, files = iter(numbers), list[aiaas.File]()

    async def work() -> None:
        for number in left:
            file = await async_call(client, number)
            if file is not None:
                files.append(file)

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(work())
    return files


# What must hold.


def check_attempts(proxy: LossyProxy, calls: int) -> None:
    """Hold that calls were repeated because of the losses, and for no other reason."""
    assert 0.27 < proxy.loss < 0.33
    assert calls < proxy.attempts <= calls / (1 - proxy.loss) * 1.15


def check_files(server: ServerProcess, api_key: str, files: list[aiaas.File], calls: int) -> None:
    """Hold that the server has one file for each call that stores one, with its bytes."""
    wanted = {f"{number}.txt": sha256_of(number) for number in range(calls) if is_file(number)}
    with aiaas.Client(api_key, base_url=server.url) as client:
        stored = list(client.files.list(limit=100))
    assert sorted((file.filename, file.sha256) for file in stored) == sorted(wanted.items())
    assert {file.id for file in stored} == {file.id for file in files}
    # Otherwise the storm lost no answer to what was done, and showed nothing.
    assert any(file.idempotent_replay for file in files)


def busy_connections(client: aiaas.Client | aiaas.AsyncClient) -> list[Any]:
    http_client: Any = client._pipeline._engine._transport._http
    pool = http_client._transport._pool
    return [one for one in pool.connections if not one.is_idle()] + list(pool._requests)


def sockets_of(server: ServerProcess) -> int:
    """Count the sockets that a process has open; 0 where that cannot be seen."""
    folder = Path(f"/proc/{server.pid}/fd")
    links = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sum(_link(folder / name).startswith("socket:") for name in links)


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except FileNotFoundError:  # closed in the meantime
        return ""


def eventually(holds: Callable[[], bool]) -> None:
    ends_at_s = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends_at_s
        time.sleep(0.01)


@contextmanager
def nothing_left_open(server: ServerProcess, proxy: LossyProxy) -> Iterator[None]:
    """Hold that no thread and no connection outlives the block."""
    threads, sockets = set(threading.enumerate()), sockets_of(server)
    yield
    assert set(threading.enumerate()) == threads
    eventually(lambda: proxy.open_connections == 0)
    eventually(lambda: sockets_of(server) == sockets)


# Three requests in ten are lost.


def test_all_calls_from_sixteen_threads_succeed_and_are_done_once(
    server: ServerProcess, api_key: str
) -> None:
    with LossyProxy(server.url, seed=1) as proxy:
        with (
            nothing_left_open(server, proxy),
            aiaas.Client(api_key, base_url=proxy.url, retries=patient(), deadline_s=60) as client,
        ):
            files = in_threads(client, range(CALLS))
            assert busy_connections(client) == []
        check_attempts(proxy, CALLS)
    check_files(server, api_key, files, CALLS)


def test_all_calls_from_many_tasks_succeed_and_are_done_once(
    server: ServerProcess, api_key: str
) -> None:
    async def storm(url: str) -> list[aiaas.File]:
        async with aiaas.AsyncClient(
            api_key, base_url=url, retries=patient(), deadline_s=60
        ) as client:
            files = await in_tasks(client, range(CALLS))
            assert busy_connections(client) == []
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return files

    with LossyProxy(server.url, seed=2) as proxy:
        with nothing_left_open(server, proxy):
            files = asyncio.run(storm(proxy.url))
        check_attempts(proxy, CALLS)
    check_files(server, api_key, files, CALLS)


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_what_was_done_before_its_answer_was_lost_is_answered_again_and_not_done_again(
    server: ServerProcess, api_key: str, colour: str
) -> None:
    calls = 100
    settings: dict[str, Any] = {"retries": patient(), "deadline_s": 60}

    def from_threads(url: str) -> list[aiaas.File]:
        with (
            aiaas.Client(api_key, base_url=url, **settings) as client,
            ThreadPoolExecutor(THREADS) as pool,
        ):
            files = list(pool.map(client.files.create, map(content_of, range(calls))))
            # A deletion that was done twice would not find the file.
            assert all(pool.map(lambda file: client.files.delete(file.id).deleted, files[::2]))
        return files

    async def from_tasks(url: str) -> list[aiaas.File]:
        async with aiaas.AsyncClient(api_key, base_url=url, **settings) as client:
            creations = (client.files.create(content_of(number)) for number in range(calls))
            files = await asyncio.gather(*creations)
            deleted = await asyncio.gather(*(client.files.delete(file.id) for file in files[::2]))
            assert all(file.deleted for file in deleted)
        return files

    with LossyProxy(server.url, seed=4, odds=ONLY_AFTERWARDS) as proxy:
        files = from_threads(proxy.url) if colour == "sync" else asyncio.run(from_tasks(proxy.url))
    with aiaas.Client(api_key, base_url=server.url) as client:
        kept = {file.id for file in client.files.list(limit=100)}
        usage = client.usage.retrieve().data
    assert len({file.id for file in files}) == calls
    assert kept == {file.id for file in files[1::2]}
    assert any(file.idempotent_replay for file in files)
    lost = sum(proxy.counts[fate] for fate in DONE_BUT_LOST)
    assert lost > 20
    assert proxy.attempts == calls + calls // 2 + lost
    seen = {row.operation: row.requests for row in usage}
    assert seen["files.create"] + seen["files.delete"] == proxy.attempts


# The server itself loses three requests in ten: faults take the place of the network's.

LOSSES: Final = (
    (0.05, {"kind": "empty_reply", "when": "before"}),
    (0.05, {"kind": "reset", "when": "before"}),
    (0.08, {"kind": "reset", "when": "after"}),
    (0.05, {"kind": "close_mid_body"}),
    (0.04, {"kind": "status", "status": 503}),
    (0.03, {"kind": "overloaded", "retry_after_s": 0.01}),
)


def add_faults(server: ServerProcess) -> None:
    rules = [*LOSSES, (0.05, {"kind": "latency", "delay_s": 0.03})]
    for probability, fault in rules:
        rule = {"probability": probability, "fault": fault}
        httpx.post(f"{server.url}/_mock/faults", json=rule).raise_for_status()


def end_faults(server: ServerProcess) -> int:
    """Delete the rules and return how many requests were lost by them."""
    rules = httpx.get(f"{server.url}/_mock/faults").raise_for_status().json()["data"]
    httpx.delete(f"{server.url}/_mock/faults").raise_for_status()
    lost = sum(rule["hit"] for rule in rules if rule["rule"]["fault"]["kind"] != "latency")
    return int(lost)


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_all_calls_succeed_and_are_done_once_by_a_server_that_makes_faults(
    server: ServerProcess, api_key: str, colour: str
) -> None:
    async def from_tasks() -> list[aiaas.File]:
        async with aiaas.AsyncClient(api_key, base_url=server.url, **settings) as client:
            files = await in_tasks(client, range(CALLS))
            assert busy_connections(client) == []
        return files

    def from_threads() -> list[aiaas.File]:
        with aiaas.Client(api_key, base_url=server.url, **settings) as client:
            files = in_threads(client, range(CALLS))
            assert busy_connections(client) == []
        return files

    settings: dict[str, Any] = {"retries": patient(), "deadline_s": 60}
    add_faults(server)
    files = from_threads() if colour == "sync" else asyncio.run(from_tasks())
    lost = end_faults(server)
    assert 0.25 * CALLS < lost < 0.6 * CALLS  # of the attempts, which are more than the calls
    check_files(server, api_key, files, CALLS)


# There is no server.


def failure_of(client: aiaas.Client, number: int) -> Failure:
    """Return how a call fails, and after how many seconds."""
    started_s = time.monotonic()
    with pytest.raises(aiaas.AiaasError) as info:
        client.models.retrieve(f"model-{number}")
    return info.value, time.monotonic() - started_s


async def async_failure_of(client: aiaas.AsyncClient, number: int) -> Failure:
    started_s = time.monotonic()
    with pytest.raises(aiaas.AiaasError) as info:
        await client.models.retrieve(f"model-{number}")
    return info.value, time.monotonic() - started_s


def failures_of(client: aiaas.Client, calls: int) -> list[Failure]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda number: failure_of(client, number), range(calls)))


class Counted:
    """A middleware that counts the attempts."""

    def __init__(self) -> None:
        self.attempts = 0
        self._lock = threading.Lock()

    def __call__(self, call: Call, proceed: Proceed, /) -> RawResponse:
        with self._lock:
            self.attempts += 1
        return proceed(call)


@pytest.fixture
def closed_url() -> Iterator[str]:
    """An address where nobody listens, and nobody else can begin to."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}"


def test_calls_to_a_closed_port_fail_in_time_with_few_attempts_more_than_calls(
    closed_url: str, api_key: str
) -> None:
    calls, deadline_s, counted = 300, 10.0, Counted()
    policy = patient(budget=aiaas.RetryBudget(capacity=300))
    with aiaas.Client(
        api_key, base_url=closed_url, retries=policy, deadline_s=deadline_s, middleware=[counted]
    ) as client:
        failures = failures_of(client, calls)
    for error, took_s in failures:
        assert type(error) is aiaas.APIConnectionError
        assert (error.phase, error.sent) == ("connect", False)
        assert took_s < deadline_s
    assert calls < counted.attempts <= 1.2 * calls


def test_calls_to_a_server_that_resets_every_connection_are_few_more_than_callers_ask(
    api_key: str,
) -> None:
    calls, deadline_s = 500, 10.0
    policy = patient(budget=aiaas.RetryBudget())  # the one that a client has by default
    with LossyProxy("http://nowhere", seed=5, odds={Fate.RESET_BEFORE: 1.0}) as proxy:
        with aiaas.Client(
            api_key, base_url=proxy.url, retries=policy, deadline_s=deadline_s
        ) as client:
            failures = failures_of(client, calls)
        eventually(lambda: proxy.open_connections == 0)
    for error, took_s in failures:
        assert type(error) is aiaas.APIConnectionError
        assert error.phase in ("read", "write")
        assert took_s < deadline_s
    assert calls < proxy.attempts <= 1.2 * calls


@pytest.fixture
def black_hole() -> Iterator[LossyProxy]:
    """A server that takes every request and never answers."""
    with LossyProxy("http://nowhere", seed=6, odds={Fate.UNANSWERED: 1.0}) as proxy:
        yield proxy
        eventually(lambda: proxy.open_connections == 0)


def check_ended_in_time(failures: list[Failure], deadline_s: float) -> None:
    for error, took_s in failures:
        assert isinstance(error, aiaas.CallDeadlineError)
        assert isinstance(error.last_failure, aiaas.APITimeoutError)
        assert deadline_s - 0.05 < took_s < deadline_s + SLACK_S


def test_calls_that_are_never_answered_end_at_their_deadline(
    black_hole: LossyProxy, api_key: str
) -> None:
    with aiaas.Client(api_key, base_url=black_hole.url, deadline_s=0.5) as client:
        failures = failures_of(client, 2 * THREADS)
    check_ended_in_time(failures, 0.5)


async def test_asynchronous_calls_that_are_never_answered_end_at_their_deadline(
    black_hole: LossyProxy, api_key: str
) -> None:
    async with aiaas.AsyncClient(api_key, base_url=black_hole.url, deadline_s=0.5) as client:
        failures = await asyncio.gather(*(async_failure_of(client, n) for n in range(TASKS)))
    check_ended_in_time(failures, 0.5)


async def test_the_time_that_a_call_waited_for_a_connection_is_taken_off_its_answers(
    black_hole: LossyProxy, api_key: str
) -> None:
    only_one = httpx.Limits(max_connections=1)
    async with (
        httpx.AsyncClient(limits=only_one) as http_client,
        aiaas.AsyncClient(
            api_key, base_url=black_hole.url, http_client=http_client, deadline_s=1.0
        ) as client,
    ):
        first = asyncio.create_task(async_failure_of(client.with_options(deadline_s=0.6), 0))
        second = asyncio.create_task(async_failure_of(client, 1))
        failures = [await first, await second]
    check_ended_in_time(failures[:1], 0.6)
    check_ended_in_time(failures[1:], 1.0)
