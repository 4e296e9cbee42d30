"""What every store does with users."""

from dataclasses import replace
from datetime import UTC, datetime

from aiaas_mock.storage import Store, StoredUser

USER = StoredUser(
    id="ann",
    metadata={"country": "NZ", "age": 42, "likes": ("tea",)},
    updated_at=datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC),
)


async def test_a_user_is_found_as_it_was(store: Store) -> None:
    assert await store.run(lambda tx: tx.users.upsert("ours", [USER])) == 1
    assert await store.run(lambda tx: tx.users.get("ours", "ann")) == USER
    assert await store.run(lambda tx: tx.users.get("theirs", "ann")) is None


async def test_a_user_who_is_sent_again_is_replaced_and_not_new(store: Store) -> None:
    await store.run(lambda tx: tx.users.upsert("ours", [USER, replace(USER, id="bob")]))
    changed = replace(USER, metadata={})
    batch = [USER, replace(USER, id="cid"), changed]
    assert await store.run(lambda tx: tx.users.upsert("ours", batch)) == 1
    assert await store.run(lambda tx: tx.users.get("ours", "ann")) == changed
    assert await store.run(lambda tx: tx.users.upsert("ours", [])) == 0


async def test_a_deleted_user_is_gone_once(store: Store) -> None:
    await store.run(lambda tx: tx.users.upsert("ours", [USER]))
    assert await store.run(lambda tx: tx.users.delete("theirs", "ann")) is False
    assert await store.run(lambda tx: tx.users.delete("ours", "ann")) is True
    assert await store.run(lambda tx: tx.users.delete("ours", "ann")) is False
    assert await store.run(lambda tx: tx.users.get("ours", "ann")) is None
