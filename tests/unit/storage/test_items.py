"""What every store does with catalogues."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aiaas_mock.storage import CatalogueChange, Store, StoredItem

At = Callable[[float], datetime]

ITEM = StoredItem(
    id="mug",
    title="A mug\0 of tea",
    metadata={"price": 4.0, "stock": 3, "new": True, "colour": "grün", "tags": ("a", "b")},
    vector=b"\x00\x01\x02\x03",
    updated_at=datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC),
)


def named(*ids: str) -> Sequence[StoredItem]:
    return [replace(ITEM, id=item_id) for item_id in ids]


async def put(store: Store, *ids: str, namespace: str = "ours") -> int:
    return await store.run(lambda tx: tx.items.upsert(namespace, named(*ids)))


async def changes(store: Store, since: int, namespace: str = "ours") -> list[CatalogueChange]:
    return await store.run(lambda tx: list(tx.items.changes(namespace, since=since)))


async def test_an_item_is_found_as_it_was(store: Store) -> None:
    bare = StoredItem(id="bare", available=False, updated_at=ITEM.updated_at)
    assert await store.run(lambda tx: tx.items.upsert("ours", [ITEM, bare])) == 2
    assert await store.run(lambda tx: tx.items.get("ours", "mug")) == ITEM
    assert await store.run(lambda tx: tx.items.get("ours", "bare")) == bare
    assert await store.run(lambda tx: tx.items.get("ours", "cup")) is None


async def test_an_item_that_is_sent_again_is_replaced_and_not_new(store: Store) -> None:
    await put(store, "mug", "cup")
    changed = StoredItem(id="mug", title="Another", updated_at=ITEM.updated_at)
    assert await store.run(lambda tx: tx.items.upsert("ours", [changed, *named("pot")])) == 1
    assert await store.run(lambda tx: tx.items.get("ours", "mug")) == changed
    assert await store.run(lambda tx: tx.items.count("ours")) == 3


async def test_of_an_item_twice_in_one_batch_the_last_counts(store: Store) -> None:
    twice = [replace(ITEM, title="first"), replace(ITEM, title="last")]
    assert await store.run(lambda tx: tx.items.upsert("ours", twice)) == 1
    found = await store.run(lambda tx: tx.items.get("ours", "mug"))
    assert found is not None
    assert found.title == "last"


async def test_nothing_is_put_and_nothing_changes(store: Store) -> None:
    assert await put(store) == 0
    assert await store.run(lambda tx: tx.items.revision("ours")) == 0


async def test_items_are_listed_by_their_ids_in_code_points(store: Store) -> None:
    await put(store, "b", "Z", "é", "a", "~", "10", "9", "aa")
    everything = await store.run(lambda tx: tx.items.list("ours", after=None, limit=10))
    assert [item.id for item in everything] == ["10", "9", "Z", "a", "aa", "b", "~", "é"]
    page = await store.run(lambda tx: tx.items.list("ours", after="Z", limit=3))
    assert [item.id for item in page] == ["a", "aa", "b"]


async def test_items_are_each_namespaces_own(store: Store) -> None:
    await put(store, "mug")
    assert await store.run(lambda tx: tx.items.get("theirs", "mug")) is None
    assert await store.run(lambda tx: tx.items.list("theirs", after=None, limit=9)) == []
    assert await store.run(lambda tx: tx.items.delete("theirs", "mug")) is False
    assert await store.run(lambda tx: tx.items.known("theirs", ["mug"])) == frozenset()
    assert await store.run(lambda tx: tx.items.count("theirs")) == 0
    assert await changes(store, 0, "theirs") == []
    assert await put(store, "mug", namespace="theirs") == 1


async def test_known_ids_are_told_among_thousands(store: Store) -> None:
    ids = [f"item-{number}" for number in range(2500)]
    assert await put(store, *ids) == 2500
    asked = [*ids, "cup", "", "a\0b"]
    assert await store.run(lambda tx: tx.items.known("ours", iter(asked))) == frozenset(ids)


async def test_a_deleted_item_is_gone_once(store: Store) -> None:
    await put(store, "mug")
    assert await store.run(lambda tx: tx.items.delete("ours", "mug")) is True
    assert await store.run(lambda tx: tx.items.delete("ours", "mug")) is False
    assert await store.run(lambda tx: tx.items.get("ours", "mug")) is None
    assert await put(store, "mug") == 1


async def test_every_change_has_the_next_revision_of_its_namespace(store: Store) -> None:
    await put(store, "mug", "cup")
    await put(store, "mug", namespace="theirs")
    assert await store.run(lambda tx: tx.items.revision("ours")) == 2
    await put(store, "mug")
    await store.run(lambda tx: tx.items.delete("ours", "cup"))
    assert await store.run(lambda tx: tx.items.revision("ours")) == 4
    assert await store.run(lambda tx: tx.items.revision("theirs")) == 1


async def test_changes_tell_the_last_state_of_what_changed_in_order(store: Store) -> None:
    await put(store, "mug", "cup", "pot")
    start = await store.run(lambda tx: tx.items.revision("ours"))
    await put(store, "pot", "mug")
    await store.run(lambda tx: tx.items.delete("ours", "pot"))
    cup, mug = named("cup", "mug")
    gone = CatalogueChange(item_id="pot", item=None)
    again = CatalogueChange(item_id="mug", item=mug)
    assert await changes(store, start) == [again, gone]
    assert await changes(store, 0) == [CatalogueChange(item_id="cup", item=cup), again, gone]
    assert await changes(store, start + 3) == []


async def test_an_item_that_comes_back_is_no_longer_gone(store: Store) -> None:
    await put(store, "mug")
    await store.run(lambda tx: tx.items.delete("ours", "mug"))
    await put(store, "mug")
    assert await changes(store, 1) == [CatalogueChange(item_id="mug", item=ITEM)]


async def test_the_type_of_a_field_stays_as_it_was_first(store: Store) -> None:
    await store.run(lambda tx: tx.items.declare("ours", {"price": "number", "tags": "texts"}))
    await store.run(lambda tx: tx.items.declare("ours", {"price": "text", "new": "bool"}))
    await store.run(lambda tx: tx.items.declare("ours", {}))
    found = await store.run(lambda tx: tx.items.fields("ours"))
    assert found == {"price": "number", "tags": "texts", "new": "bool"}
    assert await store.run(lambda tx: tx.items.fields("theirs")) == {}
