"""Jobs over a real server that is stopped and killed."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import httpx
import pytest
from tests.integration.job_server import CHILD, OUTLIVE

from aiaas import Client, NotFoundError, Retry
from aiaas_mock.context import utc_now
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.storage.sql import SqlStore

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes as POSIX does")


class JobServer:
    """`job_server` in a process of its own, over one data directory."""

    def __init__(self, data_dir: Path, api_key: str, port: int = 0) -> None:
        module = "tests.integration.job_server"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(data_dir), str(port), api_key],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        self._process.send_signal(number)
        return self._process.wait(30)

    def __enter__(self) -> JobServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


Submit = Callable[..., None]


@pytest.fixture
def submit(tmp_path: Path) -> Submit:
    """Put a job in the queue before a server is there to do so."""

    async def put(job_id: str, kind: str, namespace: str) -> None:
        store, queue = SqlStore.in_directory(tmp_path, now=utc_now), StoreJobQueue()
        await store.run(
            lambda tx: queue.submit(tx, namespace, kind, {}, job_id=job_id, now=utc_now())
        )
        await store.close()

    def submit(job_id: str, kind: str = OUTLIVE, namespace: str = "default") -> None:
        asyncio.run(put(job_id, kind, namespace))

    return submit


@pytest.fixture
def patient() -> Retry:
    """Enough retries for a server that begins anew."""
    return Retry(max_attempts=40, max_delay_s=0.5, budget=None)


@pytest.fixture
def running(tmp_path: Path, submit: Submit, api_key: str) -> Iterator[JobServer]:
    """A server that is at the first attempt at ``job_1``."""
    submit("job_1")
    with JobServer(tmp_path, api_key) as server, Client(api_key, base_url=server.url) as client:
        with client.jobs.follow("job_1") as stream:
            for event in stream:
                if event.message == "attempt 1":
                    break
        yield server


def test_who_follows_a_job_of_a_server_that_is_killed_misses_nothing(
    running: JobServer, tmp_path: Path, api_key: str, patient: Retry
) -> None:
    numbers, kinds = [], []
    with (
        Client(api_key, base_url=running.url, retries=patient) as client,
        client.jobs.follow("job_1") as stream,
    ):
        events = iter(stream)
        for event in events:
            numbers.append(event.number)
            kinds.append(event.kind)
            if event.message == "attempt 1":
                break
        assert running.end(signal.SIGKILL) == -signal.SIGKILL
        with JobServer(tmp_path, api_key, running.port):
            for event in events:
                numbers.append(event.number)
                kinds.append(event.kind)
            job = stream.final()
    assert (job.status, job.attempt, job.result) == ("succeeded", 2, {"attempt": 2})
    assert numbers == list(range(1, len(numbers) + 1))
    assert [kind for kind in kinds if kind != "progress"] == [
        "queued",
        "started",
        "lost",
        "started",
        "succeeded",
    ]


def test_a_server_that_is_stopped_loses_no_job(
    running: JobServer, tmp_path: Path, api_key: str
) -> None:
    assert running.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    with JobServer(tmp_path, api_key) as server, Client(api_key, base_url=server.url) as client:
        job = client.jobs.wait("job_1", timeout_s=30)
        events = client.jobs.events("job_1")
    assert (job.status, job.attempt) == ("succeeded", 2)
    kinds = [event.kind for event in events if event.kind != "progress"]
    assert kinds == ["queued", "started", "queued", "started", "succeeded"]


def test_a_job_is_called_off_over_the_network(running: JobServer, api_key: str) -> None:
    with Client(api_key, base_url=running.url) as client:
        assert client.jobs.cancel("job_1").cancel_requested
        job = client.jobs.wait("job_1", timeout_s=10, raise_on_failure=False)
        assert job.status == "cancelled"
        (listed,) = client.jobs.list(status="cancelled", kind=OUTLIVE)
        assert listed.id == "job_1"


def test_the_process_of_a_job_ends_with_its_server(
    tmp_path: Path, submit: Submit, api_key: str
) -> None:
    submit("job_1", CHILD)
    with JobServer(tmp_path, api_key) as server, Client(api_key, base_url=server.url) as client:
        with client.jobs.follow("job_1") as stream:
            pid = next(int(event.message) for event in stream if event.message)
        handle = os.pidfd_open(pid)
        server.end(signal.SIGKILL)
    ready, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ready, "the process outlived its server by ten seconds"
    with JobServer(tmp_path, api_key) as server, Client(api_key, base_url=server.url) as client:
        assert client.jobs.wait("job_1", timeout_s=30).attempt == 2


def test_a_stream_is_left_at_its_deadline_and_gone_on_with(
    running: JobServer, api_key: str
) -> None:
    headers = {"Authorization": f"Bearer {api_key}", "Aiaas-Deadline-Ms": "400"}
    url = f"{running.url}/v1/jobs/job_1/events"
    answer = httpx.get(url, params={"stream": "true", "after": 3}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
    assert answer.text.startswith("event: done\n")
    assert '"status":"running"' in answer.text


def test_the_head_of_a_stream_is_there_at_once(running: JobServer, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}"}
    for job_id, status in (("job_1", 200), ("job_2", 404)):
        url = f"{running.url}/v1/jobs/{job_id}/events?stream=true&after=1000"
        answer = httpx.head(url, headers=headers, timeout=5)
        assert (answer.status_code, answer.content) == (status, b"")


def test_a_get_with_an_idempotency_key_is_answered_anew(running: JobServer, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": "once"}
    url = f"{running.url}/v1/jobs/job_1/events"
    for after, first in ((0, 1), (1, 2)):
        answer = httpx.get(url, params={"after": after}, headers=headers)
        assert answer.json()["data"][0]["number"] == first
        assert "idempotent-replay" not in answer.headers


def test_jobs_of_another_namespace_are_not_there(
    tmp_path: Path, submit: Submit, api_key: str
) -> None:
    submit("job_1", namespace="theirs")
    with JobServer(tmp_path, api_key) as server, Client(api_key, base_url=server.url) as client:
        assert list(client.jobs.list()) == []
        for call in (client.jobs.retrieve, client.jobs.cancel, client.jobs.events):
            with pytest.raises(NotFoundError):
                call("job_1")
        with client.jobs.follow("job_1") as stream, pytest.raises(NotFoundError):
            stream.final()
