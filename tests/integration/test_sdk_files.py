"""Files, usage and tokens through the SDK, against the server as it is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

import aiaas
from aiaas_mock.conformance import ServerProcess

DATA = bytes(range(256)) * 3_000


@pytest.fixture(scope="module")
def client(live: ServerProcess, api_key: str) -> Iterator[aiaas.Client]:
    with aiaas.Client(api_key, base_url=live.url) as client:
        yield client


def test_a_file_goes_there_and_back(client: aiaas.Client, tmp_path: Path) -> None:
    source = tmp_path / "numbers.bin"
    source.write_bytes(DATA)
    stored = client.files.create(source, purpose="round-trip", expires_after_s=600)
    assert stored.sha256 == hashlib.sha256(DATA).hexdigest()
    assert (stored.filename, stored.size_bytes) == ("numbers.bin", len(DATA))
    assert client.files.retrieve(stored.id) == stored
    assert client.files.content(stored.id).read() == DATA
    copy = tmp_path / "copy"
    assert client.files.content(stored.id).save(copy) == len(DATA)
    assert copy.read_bytes() == DATA
    assert client.files.delete(stored.id).deleted
    with pytest.raises(aiaas.NotFoundError):
        client.files.content(stored.id).read()


def test_the_same_key_stores_a_file_once(client: aiaas.Client) -> None:
    first, second = (
        client.files.create(b"once", filename="f", idempotency_key="once-and-only")
        for _ in range(2)
    )
    assert first.id == second.id
    assert (first.idempotent_replay, second.idempotent_replay) == (False, True)
    with pytest.raises(aiaas.InvalidRequestError) as info:
        client.files.create(b"twice", filename="f", idempotency_key="once-and-only")
    assert info.value.code == "idempotency_key_reused"


def test_files_are_listed_page_by_page_and_from_a_cursor(client: aiaas.Client) -> None:
    ids = [client.files.create(io.BytesIO(b"%d" % n), purpose="pages").id for n in range(5)]
    listed = [file.id for file in client.files.list(purpose="pages", limit=2)]
    assert listed == ids[::-1]
    first = next(client.files.list(purpose="pages", limit=2).pages())
    rest = client.files.list(purpose="pages", limit=2, cursor=first.next_cursor)
    assert [file.id for file in [*first.data, *rest]] == ids[::-1]


async def test_the_asynchronous_client_gives_the_same(live: ServerProcess, api_key: str) -> None:
    async with aiaas.AsyncClient(api_key, base_url=live.url) as client:
        stored = await client.files.create(DATA, filename="numbers.bin")
        async with client.files.content(stored.id) as content:
            assert b"".join([piece async for piece in content]) == DATA
        await client.files.delete(stored.id)


def test_usage_counts_what_was_asked(client: aiaas.Client) -> None:
    client.models.retrieve("fashion-cnn")
    (row,) = client.usage.retrieve(operation="models.retrieve").data
    assert row.requests >= 1
