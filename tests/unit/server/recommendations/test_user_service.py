"""Users: erasing one erases everything of the user, and says what it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from aiaas.contract.recommendations.users import NewUser, UpsertUsersRequest, UserRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.users import UserService
from aiaas_mock.storage import Transaction
from aiaas_mock.storage.recommendations import StoredEvent, StoredModel
from aiaas_mock.storage.sql import SqlStore


def sent(*users: dict[str, Any]) -> UpsertUsersRequest:
    return UpsertUsersRequest(users=tuple(NewUser(**user) for user in users))


def event(number: int, user: str, time: datetime) -> StoredEvent:
    return StoredEvent(id=f"e{number}", type="view", user=user, item="a", time=time)


def model(number: int, created_at: datetime) -> StoredModel:
    return StoredModel(
        id=f"trained@{number}",
        family="ease",
        created_at=created_at,
        job=f"job_{number}",
        events=1,
        items=1,
        report="{}",
        decision="",
    )


async def add(store: SqlStore, namespace: str, *events: StoredEvent) -> None:
    await store.run(lambda tx: tx.events.add(namespace, events))


async def test_an_erased_user_leaves_nothing_and_others_stay(
    users: UserService, store: SqlStore, context_of: Any, now: datetime
) -> None:
    context = context_of()
    await users.upsert(sent({"id": "ann", "metadata": {"age": 41, "city": "Ulm"}}), context)
    await users.upsert(sent({"id": "ann"}), context_of("theirs"))
    await add(store, "ours", event(1, "ann", now), event(2, "ben", now), event(3, "ann", now))
    await add(store, "theirs", event(1, "ann", now))
    receipt = await users.delete(UserRequest(user="ann"), context)
    assert (receipt.events, receipt.metadata_fields, receipt.models) == (2, 2, ())
    assert receipt.receipt_id.startswith("ers_")
    assert receipt.erased_at == now
    assert await store.run(lambda tx: tx.users.get("ours", "ann")) is None
    assert await store.run(lambda tx: tx.events.count("ours")) == 1
    assert await store.run(lambda tx: tx.events.count("theirs")) == 1
    assert await store.run(lambda tx: tx.users.get("theirs", "ann")) is not None


async def test_a_user_is_erased_once(
    users: UserService, context: RequestContext, told: Any
) -> None:
    await users.upsert(sent({"id": "ann"}, {"id": "ben"}), context)
    receipt = await users.delete(UserRequest(user="ann"), context)
    assert (receipt.events, receipt.metadata_fields) == (0, 0)
    with pytest.raises(ApiError, match="user_not_found"):
        await users.delete(UserRequest(user="ann"), context)
    assert told.users == [("ours", ["ann", "ben"]), ("ours", ["ann"])]


async def test_a_user_that_is_known_by_events_alone_is_erased_too(
    users: UserService, store: SqlStore, context: RequestContext, now: datetime
) -> None:
    await add(store, "ours", event(1, "ann", now))
    assert (await users.delete(UserRequest(user="ann"), context)).events == 1


async def test_the_receipt_names_the_models_that_may_have_seen_the_user(
    users: UserService, store: SqlStore, context: RequestContext, now: datetime
) -> None:
    hour = timedelta(hours=1)

    def prepare(transaction: Transaction) -> None:
        for number in range(1, 131):  # more than the store is asked for at a time
            table = transaction.recommenders
            table.add("ours", model(number, now + (number - 120) * hour), b"")

    await store.run(prepare)
    await add(store, "ours", event(1, "ann", now + 3 * hour), event(2, "ann", now))
    receipt = await users.delete(UserRequest(user="ann"), context)
    assert set(receipt.models) == {f"trained@{number}" for number in range(120, 131)}


async def test_the_last_of_users_with_one_id_stays_and_faulty_ones_are_named(
    users: UserService, store: SqlStore, context: RequestContext
) -> None:
    answer = await users.upsert(
        sent(
            {"id": "ann", "metadata": {"age": 1}},
            {"id": "ben", "metadata": {"n": -(2**70)}},
            {"id": "ann", "metadata": {"age": 2}},
        ),
        context,
    )
    assert (answer.created, answer.updated) == (1, 0)
    assert [(error.index, error.error.param) for error in answer.errors] == [
        (1, "/users/1/metadata/n")
    ]
    stored = await store.run(lambda tx: tx.users.get("ours", "ann"))
    assert stored is not None
    assert stored.metadata == {"age": 2}
    assert (context.trace.inputs, context.trace.failed_inputs) == (3, 1)
