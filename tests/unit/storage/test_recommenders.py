"""What every store does with trained models and experiments."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiaas_mock.storage import ServedCount, Store, StoredExperiment, StoredModel

NOW = datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC)

MODEL = StoredModel(
    id="ease@1",
    family="ease",
    created_at=NOW,
    job="job_1",
    events=5_000_000_000,
    items=10,
    report='{"recall": 0.2}',
    decision="better",
)


async def put(store: Store, *ids: str, namespace: str = "ours") -> None:
    for model_id in ids:
        model = replace(MODEL, id=model_id)
        await store.run(
            lambda tx, model=model: tx.recommenders.add(namespace, model, model.id.encode())  # type: ignore[misc]
        )


async def promote(store: Store, *ids: str, namespace: str = "ours") -> None:
    for model_id in ids:
        await store.run(
            lambda tx, one=model_id: tx.recommenders.promote(namespace, one, now=NOW)  # type: ignore[misc]
        )


async def ask(store: Store, method: str, *arguments: Any, namespace: str = "ours") -> Any:
    return await store.run(lambda tx: getattr(tx.recommenders, method)(namespace, *arguments))


async def test_a_model_and_its_files_are_found_as_they_were(store: Store) -> None:
    await store.run(lambda tx: tx.recommenders.add("ours", MODEL, b"\x00archive"))
    assert await ask(store, "get", "ease@1") == MODEL
    assert await ask(store, "archive", "ease@1") == b"\x00archive"
    assert await ask(store, "get", "ease@2") is None
    assert await ask(store, "archive", "ease@2") is None
    assert await ask(store, "get", "ease@1", namespace="theirs") is None
    assert await ask(store, "archive", "ease@1", namespace="theirs") is None


async def test_the_newest_version_is_the_one_that_came_last(store: Store) -> None:
    await put(store, "ease@9", "ease@10", "other@1")
    newest = await ask(store, "newest", "ease")
    assert newest.id == "ease@10"
    assert await ask(store, "newest", "eas") is None
    assert await ask(store, "newest", "ease", namespace="theirs") is None


async def test_models_are_listed_newest_first_from_a_place_on(store: Store) -> None:
    await put(store, "a@1", "a@2", "a@3")
    await put(store, "b@1", namespace="theirs")
    page = await store.run(lambda tx: tx.recommenders.list("ours", before=None, limit=2))
    assert [model.id for _, model in page] == ["a@3", "a@2"]
    rest = await store.run(lambda tx: tx.recommenders.list("ours", before=page[-1][0], limit=2))
    assert [model.id for _, model in rest] == ["a@1"]


async def test_the_model_promoted_last_answers(store: Store) -> None:
    assert await ask(store, "promoted") is None
    await promote(store, "a@1", "popular")
    assert await ask(store, "promoted") == "popular"
    assert await ask(store, "promoted", namespace="theirs") is None


async def test_a_rollback_goes_back_step_by_step_and_stops_at_the_first(store: Store) -> None:
    assert await ask(store, "roll_back") is None
    await promote(store, "a@1", "a@2", "a@2", "a@3")
    assert await ask(store, "roll_back") == "a@2"
    assert await ask(store, "roll_back") == "a@1"
    assert await ask(store, "roll_back") is None
    assert await ask(store, "promoted") == "a@1"


async def test_a_model_that_answers_is_not_deleted(store: Store) -> None:
    await put(store, "a@1", "a@2", "a@3")
    await promote(store, "a@1", "a@2")
    experiment = StoredExperiment(name="try", groups=(("x", "a@3", 1.0),), started_at=NOW)
    await ask(store, "set_experiment", experiment)
    assert await ask(store, "delete", "a@2") is False
    assert await ask(store, "delete", "a@3") is False
    assert await ask(store, "archive", "a@2") == b"a@2"


async def test_a_deleted_model_is_gone_and_no_rollback_comes_back_to_it(store: Store) -> None:
    await put(store, "a@1", "a@2", "a@3")
    await promote(store, "a@1", "a@2", "a@3")
    assert await ask(store, "delete", "a@2", namespace="theirs") is False
    assert await ask(store, "delete", "a@2") is True
    assert await ask(store, "delete", "a@2") is False
    assert await ask(store, "archive", "a@2") is None
    assert await ask(store, "roll_back") == "a@1"


async def test_an_experiment_is_set_replaced_and_ended(store: Store) -> None:
    first = StoredExperiment(
        name="try", groups=(("a", "a@1", 0.25), ("b", "a@2", 0.75)), started_at=NOW
    )
    second = replace(first, name="next")
    for experiment in (first, second, None):
        await ask(store, "set_experiment", experiment)
        assert await ask(store, "experiment") == experiment
    assert await ask(store, "experiment", namespace="theirs") is None


async def test_answers_add_up_by_model_and_group_over_days(store: Store) -> None:
    def count(model: str, group: str | None, day: int, answers: int) -> ServedCount:
        return ServedCount(model=model, group=group, day=day, answers=answers)

    await ask(store, "add_served", [count("a@1", None, 5, 1), count("a@1", None, 5, 2)])
    await ask(store, "add_served", [count("a@1", None, 7, 4), count("a@1", "x", 6, 8)])
    await ask(store, "add_served", [])
    await ask(store, "add_served", [count("a@1", None, 7, 9)], namespace="theirs")
    served = await store.run(lambda tx: tx.recommenders.served("ours", since_day=None))
    assert served == [count("a@1", None, 5, 7), count("a@1", "x", 6, 8)]
    recent = await store.run(lambda tx: tx.recommenders.served("ours", since_day=7))
    assert recent == [count("a@1", None, 7, 4)]
