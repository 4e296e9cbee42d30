"""What every store does with files."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aiaas_mock.storage import LostUpload, Store, StoredFile

At = Callable[[float], datetime]

FILE = StoredFile(
    id="file_1",
    filename="notes.txt",
    media_type="text/plain",
    purpose="general",
    size_bytes=6,
    sha256="0" * 64,
    created_at=datetime(2026, 3, 1, 12, 0, 0, 654321, tzinfo=UTC),
)


async def put(store: Store, file: StoredFile, at: At, namespace: str = "ours") -> None:
    """Store a file of two pieces."""

    await store.run(lambda tx: tx.files.begin(namespace, file.id, until=at(60)))
    await store.run(lambda tx: tx.files.append(namespace, file.id, 0, b"abc"))
    await store.run(lambda tx: tx.files.append(namespace, file.id, 1, b"def"))
    await store.run(lambda tx: tx.files.publish(namespace, file))


async def get(store: Store, at: At, namespace: str = "ours", file_id: str = "file_1") -> object:
    return await store.run(lambda tx: tx.files.get(namespace, file_id, now=at(0)))


async def ids(
    store: Store, at: At, *, purpose: str | None = None, before: int | None = None
) -> list[str]:
    found = await store.run(
        lambda tx: tx.files.list("ours", now=at(0), purpose=purpose, before=before, limit=10)
    )
    return [file.id for _, file in found]


async def test_a_published_file_is_found_as_it_was(store: Store, at: At) -> None:
    file = replace(FILE, expires_at=at(100))
    await put(store, file, at)
    assert await get(store, at) == file


async def test_the_bytes_come_piece_by_piece_and_then_nothing(store: Store, at: At) -> None:
    await put(store, FILE, at)
    pieces = await store.run(lambda tx: [tx.files.piece("ours", "file_1", n) for n in range(3)])
    assert pieces == [b"abc", b"def", None]


async def test_an_upload_is_no_file_before_it_is_published(store: Store, at: At) -> None:
    await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    assert await get(store, at) is None
    assert await ids(store, at) == []
    assert await store.run(lambda tx: tx.files.delete("ours", "file_1", now=at(0))) is False


async def test_an_id_is_taken_once(store: Store, at: At) -> None:
    assert await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    assert not await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    await store.run(lambda tx: tx.files.abandon("ours", "file_1"))
    await put(store, FILE, at)
    assert not await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    assert await get(store, at) == FILE


async def test_another_namespace_sees_nothing_and_changes_nothing(store: Store, at: At) -> None:
    await put(store, FILE, at)
    assert await get(store, at, "theirs") is None
    assert await store.run(lambda tx: tx.files.piece("theirs", "file_1", 0)) is None
    assert await store.run(lambda tx: tx.files.delete("theirs", "file_1", now=at(0))) is False
    assert await store.run(lambda tx: tx.files.total_bytes("theirs")) == 0
    await store.run(lambda tx: tx.files.abandon("theirs", "file_1"))
    assert await get(store, at) == FILE


async def test_two_namespaces_may_have_the_same_id(store: Store, at: At) -> None:
    await put(store, FILE, at, "ours")
    await put(store, replace(FILE, filename="other"), at, "theirs")
    assert await store.run(lambda tx: tx.files.delete("ours", "file_1", now=at(0))) is True
    assert await get(store, at, "theirs") == replace(FILE, filename="other")


async def test_files_are_listed_newest_first_from_a_place_on(store: Store, at: At) -> None:
    for number in range(4):
        await put(store, replace(FILE, id=f"file_{number}", purpose=f"p{number % 2}"), at)
    assert await ids(store, at) == ["file_3", "file_2", "file_1", "file_0"]
    assert await ids(store, at, purpose="p1") == ["file_3", "file_1"]
    found = await store.run(
        lambda tx: tx.files.list("ours", now=at(0), purpose=None, before=None, limit=2)
    )
    place = found[-1][0]
    assert await ids(store, at, before=place) == ["file_1", "file_0"]


async def test_a_place_stays_where_it_is_when_files_come_and_go(store: Store, at: At) -> None:
    for number in range(4):
        await put(store, replace(FILE, id=f"file_{number}"), at)
    found = await store.run(
        lambda tx: tx.files.list("ours", now=at(0), purpose=None, before=None, limit=2)
    )
    await store.run(lambda tx: tx.files.delete("ours", "file_2", now=at(0)))
    await put(store, replace(FILE, id="file_9"), at)
    assert await ids(store, at, before=found[-1][0]) == ["file_1", "file_0"]


async def test_an_expired_file_is_not_found_and_then_swept(store: Store, at: At) -> None:
    await put(store, replace(FILE, expires_at=at(-1)), at)
    assert await get(store, at) is None
    assert await ids(store, at) == []
    assert await store.run(lambda tx: tx.files.total_bytes("ours")) == 6
    await store.run(lambda tx: tx.files.sweep("ours", now=at(0)))
    assert await store.run(lambda tx: tx.files.total_bytes("ours")) == 0
    assert await store.run(lambda tx: tx.files.piece("ours", "file_1", 0)) is None


async def test_an_abandoned_upload_leaves_no_bytes(store: Store, at: At) -> None:
    await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    await store.run(lambda tx: tx.files.append("ours", "file_1", 0, b"abc"))
    await store.run(lambda tx: tx.files.abandon("ours", "file_1"))
    assert await store.run(lambda tx: tx.files.piece("ours", "file_1", 0)) is None


async def test_a_published_file_cannot_be_abandoned(store: Store, at: At) -> None:
    await put(store, FILE, at)
    await store.run(lambda tx: tx.files.abandon("ours", "file_1"))
    assert await get(store, at) == FILE


async def test_an_upload_whose_time_is_up_is_lost(store: Store, at: At) -> None:
    await store.run(lambda tx: tx.files.begin("ours", "file_1", until=at(60)))
    await store.run(lambda tx: tx.files.sweep("ours", now=at(60)))
    with pytest.raises(LostUpload):
        await store.run(lambda tx: tx.files.append("ours", "file_1", 0, b"abc"))
    with pytest.raises(LostUpload):
        await store.run(lambda tx: tx.files.publish("ours", FILE))


async def test_sweeping_leaves_what_is_alive(store: Store, at: At) -> None:
    await put(store, replace(FILE, expires_at=at(100)), at)
    await store.run(lambda tx: tx.files.begin("ours", "file_2", until=at(60)))
    await store.run(lambda tx: tx.files.sweep("ours", now=at(59)))
    await store.run(lambda tx: tx.files.append("ours", "file_2", 0, b"abc"))
    assert await get(store, at) is not None


async def test_the_total_counts_the_namespaces_files(store: Store, at: At) -> None:
    await put(store, FILE, at)
    await put(store, replace(FILE, id="file_2", size_bytes=10), at)
    assert await store.run(lambda tx: tx.files.total_bytes("ours")) == 16
