"""Jobs: looked at, waited for, and followed over lost connections."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas.testing import FakeCloud, WrongAnswerError, job, job_event

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

RUNNING, DONE = job("running", id="job_1", progress=0.5), job(id="job_1")


@pytest.fixture
def fake() -> Iterator[FakeCloud]:
    with FakeCloud() as fake:
        yield fake


# Requests


def test_jobs_are_listed_over_all_pages(fake: FakeCloud) -> None:
    fake.on("jobs.list").answers(*(job(id=f"job_{number}") for number in range(5)))
    with fake.client() as client:
        found = list(client.jobs.list(kind="recommendations.train", status="failed", limit=2))
    assert [one.id for one in found] == [f"job_{number}" for number in range(5)]
    fake.assert_called("jobs.list", times=3, kind="recommendations.train", status="failed", limit=2)
    assert found[0].request_id == "req_fake_0001"


def test_a_job_is_described_and_called_off(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(RUNNING)
    fake.on("jobs.cancel").answers(job("running", cancel_requested=True))
    with fake.client() as client:
        described = client.jobs.retrieve("job_1")
        cancelled = client.jobs.cancel("job_1")
    assert type(described) is aiaas.Job
    assert (described.progress, described.done) == (0.5, False)
    assert cancelled.cancel_requested
    fake.assert_called("jobs.cancel", times=1, job="job_1")
    assert "idempotency-key" in fake.calls[-1].headers


def test_what_happened_so_far_is_told(fake: FakeCloud) -> None:
    fake.on("jobs.events").answers(
        *(job_event("progress", f"step {n}", number=n) for n in (1, 2, 3))
    )
    with fake.client() as client:
        assert [event.message for event in client.jobs.events("job_1", after=1)] == [
            "step 2",
            "step 3",
        ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda jobs: jobs.retrieve(""), "job_id must have at least 1 character"),
        (lambda jobs: jobs.cancel("x" * 65), "job_id must have at most 64"),
        (lambda jobs: jobs.events("job_1", after=-1), "after must be 0 or more"),
        (lambda jobs: jobs.follow(""), "job_id must have at least 1 character"),
        (lambda jobs: jobs.list(limit=0), "limit must be 1 or more"),
        (lambda jobs: jobs.wait("job_1", timeout_s=0), "timeout_s must be more than 0; got 0"),
        (lambda jobs: jobs.wait("job_1", poll_s=-1), "poll_s must be more than 0; got -1"),
    ],
)
def test_arguments_out_of_range_are_named_and_nothing_is_sent(
    fake: FakeCloud, call: Callable[[Any], Any], message: str
) -> None:
    with fake.client() as client, pytest.raises(ValueError, match=message):
        call(client.jobs)
    assert fake.calls == []


# Waiting


def test_a_job_is_waited_for_with_growing_pauses(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(RUNNING, times=7).answers(DONE)
    seen: list[float] = []
    with fake.client() as client:
        done = client.jobs.wait(RUNNING, progress=lambda one: seen.append(one.progress))  # type: ignore[arg-type]
    assert done.status == "succeeded"
    assert done.result == DONE.result
    assert seen == [0.5] * 7 + [1.0]
    assert fake.clock.sleeps == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0])


async def test_an_asynchronous_client_waits_as_well(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(RUNNING).answers(DONE)
    async with fake.async_client() as client:
        assert (await client.jobs.wait("job_1", poll_s=0.05)).done
    assert fake.clock.sleeps == pytest.approx([0.05])


async def test_an_asynchronous_client_does_all_of_it(fake: FakeCloud) -> None:
    fake.on("jobs.list").answers(RUNNING, DONE)
    fake.on("jobs.cancel").answers(RUNNING)
    fake.on("jobs.events").answers(job_event("queued"))
    fake.on("jobs.retrieve").answers(RUNNING)
    async with fake.async_client() as client:
        assert [one.status async for one in client.jobs.list()] == ["running", "succeeded"]
        assert (await client.jobs.cancel("job_1")).progress == 0.5
        assert [event.kind for event in await client.jobs.events("job_1")] == ["queued"]
        with pytest.raises(ValueError, match="poll_s must be more than 0"):
            await client.jobs.wait("job_1", poll_s=0)
        with pytest.raises(aiaas.JobTimeoutError):
            await client.jobs.wait("job_1", timeout_s=0.2, poll_s=0.1)
        fake.on("jobs.retrieve").answers(job("failed"))
        seen: list[str] = []
        with pytest.raises(aiaas.JobFailedError):
            await client.jobs.wait("job_1", progress=lambda one: seen.append(one.status))
    assert seen == ["failed"]


def test_a_job_that_takes_too_long_is_an_error_and_goes_on(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(RUNNING)
    with fake.client() as client, pytest.raises(aiaas.JobTimeoutError) as caught:
        client.jobs.wait("job_1", timeout_s=3)
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert "is running after 3 s, 50% done" in str(error)
    assert (error.job.id, error.timeout_s, error.retryable) == ("job_1", 3, True)
    assert sum(fake.clock.sleeps) == pytest.approx(3)
    assert pickle.loads(pickle.dumps(error)).job.id == "job_1"  # noqa: S301  # our own


def test_a_job_that_failed_raises_its_problem(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(job("failed", id="job_1", code="job_lost"))
    with fake.client() as client, pytest.raises(aiaas.JobFailedError) as caught:
        client.jobs.wait("job_1")
    error = caught.value
    assert str(error).startswith("Job job_1 (recommendations.train) failed: ")
    assert (error.code, error.job.status) == ("job_lost", "failed")
    assert error.problem is not None
    assert error.hint
    assert type(error).__module__ == "aiaas"
    assert pickle.loads(pickle.dumps(error)).code == "job_lost"  # noqa: S301  # our own


def test_a_code_that_this_version_does_not_know_has_no_hint(fake: FakeCloud) -> None:
    problem = job("failed").error
    assert problem is not None
    unknown = problem.model_copy(update={"code": "from_the_future"})
    fake.on("jobs.retrieve").answers(job("failed", error=unknown))
    with fake.client() as client, pytest.raises(aiaas.JobFailedError) as caught:
        client.jobs.wait("job_1")
    assert (caught.value.code, caught.value.hint) == ("from_the_future", None)


def test_a_cancelled_job_raises_too_and_has_no_problem(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(job("cancelled", id="job_1"))
    with (
        fake.client() as client,
        pytest.raises(aiaas.JobFailedError, match="was cancelled") as caught,
    ):
        client.jobs.wait("job_1")
    assert (caught.value.problem, caught.value.code) == (None, None)


def test_a_failed_job_can_be_asked_for_without_an_exception(fake: FakeCloud) -> None:
    fake.on("jobs.retrieve").answers(job("failed"))
    with fake.client() as client:
        assert client.jobs.wait("job_1", raise_on_failure=False).status == "failed"


# Following


def sse(kind: str, data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def update(number: int) -> bytes:
    return sse("update", job_event("progress", number=number).model_dump(mode="json"))


def done(status: str = "succeeded") -> bytes:
    return sse("done", job(status, id="job_1").model_dump(mode="json"))


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in chunks; one may be an error."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def __aiter__(self) -> Any:
        for chunk in self:
            yield chunk


def streaming(*chunks: bytes | Exception) -> httpx.Response:
    headers = {"Content-Type": "text/event-stream", "X-Request-Id": "req_7"}
    return httpx.Response(200, headers=headers, stream=Body(*chunks))


class Follower:
    """Follows a job with a client of either colour, and keeps the numbers that came."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.numbers: list[int] = []
        self.stream: Any = None

    def follow(
        self, *answers: Any, take: int | None = None, iterate: bool = True, **options: Any
    ) -> Any:
        """Follow to the end, or leave after `take` events; return the job."""
        self.cloud.answers(*answers)

        def use(client: Any) -> Any:
            with client.jobs.follow("job_1", **options) as self.stream:
                for event in self.stream if iterate else ():
                    self.numbers.append(event.number)
                    if len(self.numbers) == take:
                        break
                return self.stream.final()

        async def use_async(client: Any) -> Any:
            async with client.jobs.follow("job_1", **options) as self.stream:
                if iterate:
                    async for event in self.stream:
                        self.numbers.append(event.number)
                        if len(self.numbers) == take:
                            break
                return await self.stream.final()

        return self.cloud.run(use if self.cloud.colour == "sync" else use_async)

    @property
    def asked_after(self) -> list[str]:
        """What each request had as its `after`."""
        return [request.url.params["after"] for request in self.cloud.requests]


@pytest.fixture
def follower(cloud: Cloud) -> Follower:
    return Follower(cloud)


def test_events_come_one_by_one_and_the_job_at_the_end(follower: Follower) -> None:
    found = follower.follow(streaming(update(1), update(2) + done()))
    assert (follower.numbers, found.status, found.request_id) == ([1, 2], "succeeded", "req_7")
    assert type(found) is aiaas.Job
    (request,) = follower.cloud.requests
    assert request.url.path == "/v1/jobs/job_1/events"
    assert dict(request.url.params) == {"after": "0", "stream": "true"}
    assert request.headers["accept"] == "text/event-stream"


def test_a_job_that_failed_is_no_error_of_who_follows(follower: Follower) -> None:
    assert follower.follow(streaming(update(1), done("failed"))).status == "failed"


def test_the_job_can_be_had_without_looking_at_events(follower: Follower) -> None:
    assert follower.follow(streaming(update(1), done()), iterate=False).done


@pytest.mark.parametrize(
    "end", [b"", httpx.ReadError("reset"), httpx.ReadTimeout("silent"), done("running")]
)
def test_a_connection_that_ends_too_early_is_replaced_after_the_last_event(
    follower: Follower, end: bytes | Exception
) -> None:
    found = follower.follow(
        streaming(update(1), update(2), end), streaming(update(3), end), streaming(done())
    )
    assert found.status == "succeeded"
    assert follower.numbers == [1, 2, 3]
    assert follower.asked_after == ["0", "2", "3"]
    assert follower.stream.after == 3
    assert follower.cloud.sleeps == [0.2, 0.2]


def test_a_job_that_is_silent_for_long_is_followed_all_the_same(follower: Follower) -> None:
    silent = [streaming(httpx.ReadTimeout("silent")) for _ in range(3)]
    found = follower.follow(*silent, streaming(update(1), done()), retries=0)
    assert (found.status, follower.numbers) == ("succeeded", [1])


def test_a_deployment_that_cannot_be_reached_is_asked_as_often_as_any_other_call(
    follower: Follower,
) -> None:
    lost = [httpx.ConnectError("refused") for _ in range(3)]
    with pytest.raises(aiaas.APIConnectionError):
        follower.follow(streaming(update(1)), *lost, retries=2)
    assert len(follower.cloud.requests) == 4


def test_a_problem_ends_the_following(follower: Follower) -> None:
    with pytest.raises(aiaas.NotFoundError):
        follower.follow(follower.cloud.problem("job_not_found"))


def test_who_leaves_early_has_no_job(follower: Follower) -> None:
    with pytest.raises(RuntimeError, match="before the job's end"):
        follower.follow(streaming(update(1), update(2), done()), take=1)


def test_events_are_given_out_once(fake: FakeCloud) -> None:
    fake.on("jobs.events").answers()
    with fake.client() as client, client.jobs.follow("job_1") as stream:
        assert [event.kind for event in stream] == ["queued", "started", "succeeded"]
        assert stream.final().id == "job_1"
        with pytest.raises(RuntimeError, match="only once"):
            list(stream)


def test_a_stream_that_was_closed_cannot_be_begun(fake: FakeCloud) -> None:
    with fake.client() as client, client.jobs.follow("job_1") as stream:
        pass
    with pytest.raises(RuntimeError, match="before the job's end"):
        stream.final()


# The kit


@pytest.mark.parametrize("status", ["queued", "running", "succeeded", "failed", "cancelled"])
def test_a_job_of_the_kit_fits_its_status(status: str) -> None:
    made = job(status)
    assert made.status == status
    assert made.done == (status not in {"queued", "running"})
    assert (made.result is not None) == (status == "succeeded")
    assert (made.error is not None) == (status == "failed")
    assert (made.started_at is None) == (status == "queued")


def test_a_job_of_the_kit_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no job is 'done'"):
        job("done")
    with pytest.raises(ValueError, match="the contract has no problem 'job_lots'"):
        job("failed", code="job_lots")
    with pytest.raises(WrongAnswerError, match="progres"):
        job(progres=0.5)


@pytest.mark.parametrize(
    ("last", "status"), [("cancelled", "cancelled"), ("failed", "failed"), ("started", "succeeded")]
)
def test_a_fake_job_ends_as_its_last_event_says(fake: FakeCloud, last: str, status: str) -> None:
    fake.on("jobs.events").answers(job_event(last))
    with fake.client() as client, client.jobs.follow("job_1") as stream:
        assert stream.final().status == status


def test_a_fake_job_without_further_events_ends_at_once(fake: FakeCloud) -> None:
    fake.on("jobs.events").answers()
    with fake.client() as client, client.jobs.follow("job_1", after=3) as stream:
        assert list(stream) == []
        assert stream.final().status == "succeeded"


def test_events_of_jobs_are_no_text_to_stream(fake: FakeCloud) -> None:
    with pytest.raises(ValueError, match=r"jobs\.events does not answer piece by piece"):
        fake.on("jobs.events").streams("a")
