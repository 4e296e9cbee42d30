"""What every store does with jobs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiaas_mock.storage import Store, StoredExperiment, StoredJob, StoredJobEvent, StoredModel

At = Callable[[float], datetime]

JOB = StoredJob(
    id="job_1",
    namespace="ours",
    kind="train",
    payload='{"epochs": 3}',
    created_at=datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC),
)


async def put(store: Store, *ids: str, **changes: Any) -> None:
    for job_id in ids:
        await store.run(lambda tx, one=job_id: tx.jobs.add(replace(JOB, id=one, **changes)))  # type: ignore[misc]


async def claim(store: Store, at: At, owner: str, second: float = 0) -> StoredJob | None:
    now, until = at(second), at(second + 10)
    return await store.run(lambda tx: tx.jobs.claim(owner=owner, now=now, until=until))


async def get(store: Store, job_id: str = "job_1") -> StoredJob:
    job = await store.run(lambda tx: tx.jobs.get("ours", job_id))
    assert job is not None
    return job


async def finish(
    store: Store, at: At, owner: str | None, status: str = "succeeded", **what: str
) -> bool:
    now = at(9)
    return await store.run(
        lambda tx: tx.jobs.finish("job_1", owner=owner, status=status, now=now, **what)
    )


async def listed(store: Store, **wanted: Any) -> list[str]:
    asked = {"kind": None, "status": None, "before": None, "limit": 10, **wanted}
    found = await store.run(lambda tx: tx.jobs.list("ours", **asked))
    return [job.id for _, job in found]


async def test_a_job_is_found_as_it_was(store: Store, at: At) -> None:
    job = replace(JOB, lease_until=at(1), started_at=at(2), finished_at=at(3), error="{}")
    await store.run(lambda tx: tx.jobs.add(job))
    assert await get(store) == job
    assert await store.run(lambda tx: tx.jobs.get("theirs", "job_1")) is None
    assert await store.run(lambda tx: tx.jobs.get("ours", "job\0")) is None


async def test_jobs_are_listed_newest_first(store: Store, at: At) -> None:
    await put(store, "job_1", "job_2")
    await put(store, "job_3", kind="batch")
    await put(store, "job_4", namespace="theirs")
    await claim(store, at, "w")
    assert await listed(store) == ["job_3", "job_2", "job_1"]
    assert await listed(store, kind="train") == ["job_2", "job_1"]
    assert await listed(store, status="queued") == ["job_3", "job_2"]
    page = await store.run(
        lambda tx: tx.jobs.list("ours", kind=None, status=None, before=None, limit=1)
    )
    assert await listed(store, before=page[0][0]) == ["job_2", "job_1"]


async def test_the_oldest_job_is_begun_first_and_by_one_only(store: Store, at: At) -> None:
    await put(store, "job_1", "job_2", namespace="theirs")
    first = await claim(store, at, "w", 5)
    assert first == replace(
        JOB,
        namespace="theirs",
        status="running",
        attempt=1,
        owner="w",
        started_at=at(5),
        lease_until=at(15),
    )
    second = await claim(store, at, "v", 6)
    assert second is not None
    assert second.id == "job_2"
    assert await claim(store, at, "w", 7) is None


async def test_a_sign_of_life_lengthens_the_lease(store: Store, at: At) -> None:
    await put(store, "job_1")
    await claim(store, at, "w")

    async def beat(owner: str) -> StoredJob | None:
        until = at(30)
        return await store.run(
            lambda tx: tx.jobs.beat("job_1", owner=owner, until=until, progress=0.5, message="half")
        )

    assert await beat("v") is None
    kept = await beat("w")
    assert kept == await get(store)
    assert (kept.progress, kept.message, kept.lease_until) == (0.5, "half", at(30))


async def test_a_job_whose_lease_is_over_is_lost_and_begun_anew(store: Store, at: At) -> None:
    await put(store, "job_1", "job_2")
    await claim(store, at, "w")
    assert await store.run(lambda tx: tx.jobs.lost(now=at(9))) == []
    [lost] = await store.run(lambda tx: tx.jobs.lost(now=at(10)))
    assert lost == await get(store)
    assert await store.run(lambda tx: tx.jobs.requeue(lost)) is True
    assert await store.run(lambda tx: tx.jobs.requeue(lost)) is False
    again = await claim(store, at, "v", 20)
    assert again is not None
    assert (again.id, again.owner, again.attempt) == ("job_1", "v", 2)


async def test_a_lost_job_that_gave_a_sign_of_life_is_not_requeued(store: Store, at: At) -> None:
    await put(store, "job_1")
    await claim(store, at, "w")
    [lost] = await store.run(lambda tx: tx.jobs.lost(now=at(10)))
    await store.run(
        lambda tx: tx.jobs.beat("job_1", owner="w", until=at(30), progress=0, message="")
    )
    assert await store.run(lambda tx: tx.jobs.requeue(lost)) is False


async def test_only_the_owner_ends_a_job_and_only_once(store: Store, at: At) -> None:
    await put(store, "job_1")
    await claim(store, at, "w")
    assert await finish(store, at, None) is False
    assert await finish(store, at, "v") is False
    assert await finish(store, at, "w", result='{"x": 1}') is True
    assert await finish(store, at, "w", "failed") is False
    job = await get(store)
    assert (job.status, job.progress, job.owner, job.lease_until) == ("succeeded", 1.0, None, None)
    assert (job.finished_at, job.result, job.error) == (at(9), '{"x": 1}', None)


async def test_a_job_that_nobody_runs_can_be_ended(store: Store, at: At) -> None:
    await put(store, "job_1")
    assert await finish(store, at, None, "cancelled", error="{}") is True
    job = await get(store)
    assert (job.status, job.progress, job.error) == ("cancelled", 0.0, "{}")


async def test_the_end_is_asked_for_only_of_jobs_under_way(store: Store, at: At) -> None:
    await put(store, "job_1", "job_2")
    await claim(store, at, "w")
    await finish(store, at, "w")

    async def cancel(job_id: str, namespace: str = "ours") -> StoredJob | None:
        return await store.run(lambda tx: tx.jobs.request_cancel(namespace, job_id))

    ended, waiting = await cancel("job_1"), await cancel("job_2")
    assert ended is not None
    assert waiting is not None
    assert (ended.cancel_requested, waiting.cancel_requested) == (False, True)
    assert await cancel("job_9") is None
    assert await cancel("job_2", "theirs") is None


async def test_what_happened_is_numbered_within_a_job(store: Store, at: At) -> None:
    await put(store, "job_1", "job_2")
    for job_id in ("job_1", "job_2", "job_1"):
        await store.run(
            lambda tx, one=job_id: tx.jobs.add_event(  # type: ignore[misc]
                one, kind="progress", now=at(1), progress=0.5, message="half"
            )
        )
    first = StoredJobEvent(number=1, kind="progress", time=at(1), progress=0.5, message="half")
    second = replace(first, number=2)
    assert await store.run(lambda tx: tx.jobs.events("job_1", after=0)) == [first, second]
    assert await store.run(lambda tx: tx.jobs.events("job_1", after=1)) == [second]
    assert await store.run(lambda tx: tx.jobs.events("job_2", after=1)) == []


async def drop(store: Store, before: datetime, limit: int = 10, namespace: str = "ours") -> int:
    return await store.run(lambda tx: tx.jobs.drop_ended(namespace, before=before, limit=limit))


async def put_ended(store: Store, *ended: tuple[str, datetime], namespace: str = "ours") -> None:
    for job_id, when in ended:
        await put(store, job_id, namespace=namespace, status="succeeded", finished_at=when)
        await store.run(
            lambda tx, one=job_id, now=when: tx.jobs.add_event(  # type: ignore[misc]
                one, kind="succeeded", now=now, progress=1.0, message=""
            )
        )


async def test_jobs_that_ended_long_ago_are_dropped_with_their_events(store: Store, at: At) -> None:
    await put_ended(store, ("job_1", at(1)), ("job_2", at(2)))
    await put(store, "job_3", "job_4")
    await claim(store, at, "w")
    assert await drop(store, at(2)) == 1
    assert await listed(store) == ["job_4", "job_3", "job_2"]
    assert await store.run(lambda tx: tx.jobs.events("job_1", after=0)) == []
    assert len(await store.run(lambda tx: tx.jobs.events("job_2", after=0))) == 1


async def test_jobs_are_dropped_few_at_a_time_the_oldest_first(store: Store, at: At) -> None:
    await put_ended(store, ("job_1", at(1)), ("job_2", at(1)), ("job_3", at(1)))
    assert await drop(store, at(9), limit=2) == 2
    assert await listed(store) == ["job_3"]
    assert await drop(store, at(9), limit=2) == 1
    assert await drop(store, at(9), limit=2) == 0


async def test_jobs_of_other_namespaces_are_not_dropped(store: Store, at: At) -> None:
    await put_ended(store, ("job_1", at(1)), ("job_2", at(5)))
    await put_ended(store, ("job_3", at(1)), namespace="theirs")

    async def namespaces(before: datetime) -> list[str]:
        return list(await store.run(lambda tx: tx.jobs.namespaces_with_ended(before=before)))

    assert await namespaces(at(1)) == []
    assert await namespaces(at(9)) == ["ours", "theirs"]
    assert await drop(store, at(9)) == 2
    assert await namespaces(at(9)) == ["theirs"]


async def test_the_training_of_a_model_that_answers_or_is_rolled_back_to_stays(
    store: Store, at: At
) -> None:
    def train(job: str) -> StoredModel:
        return StoredModel(
            id=f"{job}@1",
            family="ease",
            created_at=at(0),
            job=job,
            events=1,
            items=1,
            report="{}",
            decision="better",
        )

    names = ("answers", "answered", "tried", "never")
    await put_ended(store, *((name, at(1)) for name in names))
    await put_ended(store, ("theirs", at(1)), namespace="theirs")
    for name in names:
        await store.run(lambda tx, name=name: tx.recommenders.add("ours", train(name), b""))  # type: ignore[misc]
    experiment = StoredExperiment(
        name="try", groups=(("a", "tried@1", 0.5), ("b", "answers@1", 0.5)), started_at=at(2)
    )
    await store.run(lambda tx: tx.recommenders.set_experiment("ours", experiment))
    for name in ("answered", "answers"):
        await store.run(
            lambda tx, name=name: tx.recommenders.promote("ours", f"{name}@1", now=at(2))  # type: ignore[misc]
        )
    # Of another namespace, though it has the same name.
    await store.run(lambda tx: tx.recommenders.add("ours", train("theirs"), b""))
    await store.run(lambda tx: tx.recommenders.promote("ours", "theirs@1", now=at(2)))
    assert await drop(store, at(9)) == 1
    assert await listed(store) == ["tried", "answered", "answers"]
    assert await drop(store, at(9), namespace="theirs") == 1
