"""Namespaces as wholes: erased, copied, restored."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from aiaas_mock.storage import Store, StoredAnswer, StoredFile, Transaction, UsageCount
from aiaas_mock.storage.sql import SqlStore
from aiaas_mock.storage.sql.namespaces import owned_tables
from aiaas_mock.storage.sql.schema import metadata

At = Callable[[float], datetime]

ANSWER = StoredAnswer(fingerprint=b"f", status=200, media_type="a/b", body=b"{}")


def publish(
    tx: Transaction, at: At, namespace: str, file_id: str, *, expires: float | None = None
) -> None:
    tx.files.begin(namespace, file_id, until=at(60))
    tx.files.append(namespace, file_id, 0, b"content")
    file = StoredFile(
        id=file_id,
        filename="a.txt",
        media_type="text/plain",
        purpose="general",
        size_bytes=7,
        sha256="0" * 64,
        created_at=at(0),
        expires_at=None if expires is None else at(expires),
    )
    tx.files.publish(namespace, file)


def fill(tx: Transaction, at: At, namespace: str) -> None:
    publish(tx, at, namespace, "file_1")
    tx.files.begin(namespace, "file_2", until=at(60))  # under way
    tx.answers.claim(namespace, "k", owner="o", now=at(0), until=at(60))
    tx.answers.keep(namespace, "k", owner="o", answer=ANSWER, until=at(3600))
    tx.usage.add(namespace, [UsageCount(operation="a", requests=1)])


def files(tx: Transaction, at: At, namespace: str) -> list[tuple[int, str]]:
    found = tx.files.list(namespace, now=at(0), purpose=None, before=None, limit=10)
    return [(place, file.id) for place, file in found]


def test_every_table_but_the_stores_own_says_whose_its_rows_are() -> None:
    owned = {table.name for table, _ in owned_tables()}
    assert set(metadata.tables) - owned <= {"store", "alembic_version"}


async def test_all_of_a_namespace_is_erased_and_nothing_else(store: Store, at: At) -> None:
    for namespace in ("ours", "theirs"):
        await store.run(partial(fill, at=at, namespace=namespace))
    await store.run(lambda tx: tx.namespaces.erase("ours"))
    gone = await store.run(lambda tx: tx.namespaces.copy("ours"))
    assert not any(gone.values())
    left = await store.run(lambda tx: tx.namespaces.copy("theirs"))
    assert {table: len(rows) for table, rows in left.items() if rows} == {
        "blobs": 2,
        "files": 1,
        "pieces": 1,
        "answers": 1,
        "usage": 1,
    }


async def test_a_namespace_comes_back_as_it_was(store: Store, at: At) -> None:
    await store.run(lambda tx: fill(tx, at, "ours"))
    before = await store.run(lambda tx: files(tx, at, "ours"))
    copied = await store.run(lambda tx: tx.namespaces.copy("ours"))
    await store.run(lambda tx: publish(tx, at, "ours", "file_3"))
    await store.run(lambda tx: publish(tx, at, "theirs", "file_4"))
    await store.run(lambda tx: tx.files.delete("ours", "file_1", now=at(0)))
    for _ in range(2):
        await store.run(lambda tx: tx.namespaces.restore("ours", copied))
        assert await store.run(lambda tx: files(tx, at, "ours")) == before
    assert await store.run(lambda tx: tx.files.piece("ours", "file_1", 0)) == b"content"
    claimed = await store.run(
        lambda tx: tx.answers.claim("ours", "k", owner="p", now=at(1), until=at(60))
    )
    assert claimed is not None
    assert claimed.answer == ANSWER
    assert len(await store.run(lambda tx: files(tx, at, "theirs"))) == 1


async def test_every_namespace_is_swept_by_its_own_time(store: Store, at: At) -> None:
    for namespace in ("ours", "theirs"):
        await store.run(partial(publish, at=at, namespace=namespace, file_id="file_1", expires=10))
    await store.run(lambda tx: tx.files.sweep("ours", now=at(10)))
    assert await store.run(lambda tx: files(tx, at, "ours")) == []
    assert len(await store.run(lambda tx: files(tx, at, "theirs"))) == 1


async def test_what_nobody_asks_for_again_goes_when_the_server_starts(
    tmp_path: Path, at: At
) -> None:
    store = SqlStore.in_directory(tmp_path, now=lambda: at(0))
    await store.run(lambda tx: publish(tx, at, "ours", "file_1", expires=10))
    await store.run(lambda tx: fill(tx, at, "theirs"))
    await store.close()
    again = SqlStore.in_directory(tmp_path, now=lambda: at(3600))
    ours = await again.run(lambda tx: tx.namespaces.copy("ours"))
    theirs = await again.run(lambda tx: tx.namespaces.copy("theirs"))
    await again.close()
    assert not any(ours.values())
    assert {table for table, rows in theirs.items() if rows} == {
        "blobs",
        "pieces",
        "files",
        "usage",
    }


async def test_a_store_in_memory_is_untouched_until_its_first_transaction(at: At) -> None:
    store = SqlStore(now=lambda: at(0))
    seen = [store.untouched]
    await store.run(lambda tx: tx.usage.read("ours"))
    assert [*seen, store.untouched] == [True, False]
    await store.close()
