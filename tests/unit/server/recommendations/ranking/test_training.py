"""The job that trains a model, with a process that trains next to nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.recommendations.ranking.conftest import REPORT, START, Shop

from aiaas.contract.recommendations.learning import TrainRequest
from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.handler import RunningJob
from aiaas_mock.jobs.queue import StoreJobQueue
from aiaas_mock.services.recommendations.reports import TrainingReport
from aiaas_mock.services.recommendations.training import Trainer, TrainingService
from aiaas_mock.services.recommendations.training_job import TrainingJob
from aiaas_mock.storage import Transaction

MODULE = "tests.unit.server.recommendations.ranking.trainers"

Run = Callable[..., Any]


@pytest.fixture
async def handler(shop: Shop) -> TrainingJob:
    """The shop's own job with another process."""
    await shop.stock("a", "b", "c")
    await shop.tell(*[(f"u{number % 20}", "view", "abc"[number % 3]) for number in range(120)])
    return replace(shop.recommending.training_job, trainer=Trainer(MODULE, lambda family: None))


@pytest.fixture
def run(handler: TrainingJob, tmp_path: Path) -> Run:
    """Run a job to its end."""
    return runner(handler, tmp_path)


def runner(handler: TrainingJob, tmp_path: Path) -> Run:
    """Make what runs a job to its end."""
    made = 0

    async def run(
        family: str = "item-knn",
        job_id: str | None = None,
        on_progress: Callable[[str], Awaitable[None]] | None = None,
        **payload: Any,
    ) -> Any:
        nonlocal made
        made += 1
        workdir = tmp_path / f"work{made}"
        workdir.mkdir()

        async def progress(fraction: float, message: str) -> None:
            told.append((round(fraction, 3), message))
            if on_progress is not None:
                await on_progress(message)

        told: list[tuple[float, str]] = []
        known = job_id or f"job_{made}"
        await handler.store.run(lambda tx: _submit(tx, known))
        job = RunningJob(
            id=known,
            namespace="ours",
            payload={"family": family, "name": "mine", **payload},
            attempt=1,
            workdir=workdir,
            cancelled=asyncio.Event(),
            progress=progress,
        )
        return {**await handler.run(job), "told": told}

    return run


def _submit(transaction: Transaction, job_id: str) -> None:
    if transaction.jobs.get("ours", job_id) is None:
        StoreJobQueue().submit(transaction, "ours", "test", {}, job_id=job_id, now=START)


async def test_a_model_is_not_kept_in_a_namespace_that_was_erased_meanwhile(
    shop: Shop, run: Run
) -> None:
    async def erase(message: str) -> None:
        if message == "counting":
            await shop.store.run(lambda tx: tx.namespaces.erase("ours"))

    with pytest.raises(ApiError, match="job_not_found"):
        await run(on_progress=erase)
    assert await shop.store.run(lambda tx: tx.recommenders.promoted("ours")) is None
    assert await shop.store.run(lambda tx: tx.recommenders.newest("ours", "mine")) is None


async def test_a_first_model_is_kept_and_promoted(shop: Shop, run: Run) -> None:
    result = await run()
    assert (result["model"], result["promoted"]) == ("mine@1", True)
    assert result["decision"] == "It is the first."
    assert result["metrics"]["recall"] == 0.25
    assert (0.525, "counting") in result["told"]
    model = await shop.call("models.retrieve", model="mine@1")
    assert (model["status"], model["events"], model["items"], model["job"]) == (
        "promoted",
        120,
        3,
        "job_1",
    )
    answer = await shop.call("for_user", user="nobody")
    assert answer["model"] == "mine@1"
    assert (await shop.call("models.rollback"))["id"] == "cold-start@1"


async def test_a_second_model_is_measured_beside_the_first(shop: Shop, run: Run) -> None:
    await run()
    result = await run()
    assert (result["model"], result["promoted"]) == ("mine@2", True)
    assert result["decision"] == "It is not worse."
    assert (await shop.call("models.rollback"))["id"] == "mine@1"


async def test_a_worse_model_is_kept_and_not_promoted(run: Run) -> None:
    result = await run("bpr")
    assert (result["model"], result["promoted"]) == ("mine@1", False)


async def test_a_model_is_not_promoted_when_that_is_not_wanted(shop: Shop, run: Run) -> None:
    result = await run(promote="never")
    assert not result["promoted"]
    assert result["decision"] == "Not promoted, as asked. It is the first."
    assert (await shop.call("models.list"))["data"][0]["status"] == "candidate"


async def test_only_wanted_types_of_events_are_learned_from(run: Run) -> None:
    with pytest.raises(ApiError, match="not_enough_events"):
        await run(types=["purchase"])
    assert (await run(types=["view", "purchase"]))["promoted"]


async def test_what_the_process_says_is_wrong_is_told(run: Run) -> None:
    with pytest.raises(ApiError, match="training_unavailable"):
        await run("ease")


async def test_a_job_that_is_begun_again_makes_no_second_model(shop: Shop, run: Run) -> None:
    first = await run(job_id="job_x")
    again = await run(job_id="job_x")
    assert again["model"] == first["model"] == "mine@1"
    assert again["told"] == []
    assert len((await shop.call("models.list"))["data"]) == 4


async def test_two_attempts_at_a_job_at_once_keep_one_model(shop: Shop, run: Run) -> None:
    first, second = await asyncio.gather(run(job_id="job_x"), run(job_id="job_x"))
    assert first["model"] == second["model"] == "mine@1"
    assert len((await shop.call("models.list"))["data"]) == 4


async def test_a_model_is_not_promoted_over_one_that_it_was_not_measured_beside(
    shop: Shop, run: Run
) -> None:
    async def promote_another(message: str) -> None:
        if message == "counting":
            await shop.call("models.promote", model="popularity")

    result = await run(on_progress=promote_another)
    assert not result["promoted"]
    assert "another model was promoted" in result["decision"]
    assert (await shop.call("for_user", user="nobody"))["model"] == "popularity@1"


async def test_a_family_that_cannot_be_trained_here_is_refused_at_once(shop: Shop) -> None:
    service = TrainingService(StoreJobQueue(), Trainer(MODULE, lambda family: "more memory"))
    with pytest.raises(ApiError) as refused:
        await service.train(TrainRequest(family="bpr"), shop.context())
    assert (refused.value.code, refused.value.param) == ("training_unavailable", "/family")


def test_a_report_without_users_has_no_measures() -> None:
    report = {**json.loads(REPORT), "held_out_users": 0}
    assert TrainingReport.read(json.dumps(report)).candidate is None


def test_a_report_that_lacks_something_is_none() -> None:
    with pytest.raises(KeyError):
        TrainingReport.read("{}")


async def test_training_on_the_demo_is_measured_beside_its_model(
    demo_shop: Shop, tmp_path: Path
) -> None:
    await demo_shop.tell(*[(f"u{number % 20}", "view", "abcd"[number % 4]) for number in range(40)])
    job = demo_shop.recommending.training_job
    run = runner(replace(job, trainer=Trainer(MODULE, lambda family: None)), tmp_path)
    result = await run()
    assert result["decision"] == "It is not worse."
    assert (await demo_shop.call("models.rollback"))["id"] == "retail@1"
