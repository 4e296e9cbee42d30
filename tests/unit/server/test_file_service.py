"""The file service where HTTP does not reach: what happens half-way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import anyio
import pytest

from aiaas.contract.files import CreateFileRequest, FileRequest, ListFilesRequest
from aiaas_mock.context import Principal, RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.services.cursors import encode_cursor
from aiaas_mock.services.files import FileService
from aiaas_mock.services.uploads import PIECE_BYTES, Upload
from aiaas_mock.storage.sql import SqlStore
from aiaas_mock.storage.sql.store import IN_MEMORY

DATA = bytes(3 * PIECE_BYTES)


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "postgresql"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SqlStore]:
    url = request.getfixturevalue("postgres_tables") if request.param == "postgresql" else IN_MEMORY
    store = SqlStore(url, now=now)
    yield store
    await store.close()


@pytest.fixture
def context(store: SqlStore) -> RequestContext:
    return RequestContext(
        request_id="req_1",
        namespace="ours",
        principal=Principal(key_id="key_1", namespace="ours", scopes=frozenset({"*"})),
        deadline=float("1e9"),
        commit=store.run,
        now=now,
        new_id=lambda prefix: f"{prefix}_1",
    )


def upload(*chunks: bytes) -> Upload[CreateFileRequest]:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk
            await anyio.lowlevel.checkpoint()

    return Upload(
        options=CreateFileRequest(), filename="f", media_type="text/plain", source=source()
    )


async def test_a_file_that_is_deleted_half_way_ends_the_stream_with_an_error(
    store: SqlStore, context: RequestContext
) -> None:
    service = FileService(store, quota_bytes=2**30)
    file = await service.create(upload(DATA), context)
    content = await service.content(FileRequest(file=file.id), context)
    assert len(await anext(content.pieces)) == PIECE_BYTES
    await service.delete(FileRequest(file=file.id), context)
    with pytest.raises(ApiError, match="file_not_found"):
        await anext(content.pieces)


async def test_an_upload_stops_as_soon_as_there_is_no_room(
    store: SqlStore, context: RequestContext
) -> None:
    service = FileService(store, quota_bytes=PIECE_BYTES)
    arriving = upload(*(bytes(PIECE_BYTES) for _ in range(10)))
    with pytest.raises(ApiError, match="storage_full"):
        await service.create(arriving, context)
    assert arriving.size_bytes == 2 * PIECE_BYTES


async def test_room_that_others_took_meanwhile_is_taken(
    store: SqlStore, context: RequestContext
) -> None:
    service = FileService(store, quota_bytes=100)
    other = RequestContext(
        request_id="req_2",
        namespace="ours",
        principal=context.principal,
        deadline=context.deadline,
        commit=store.run,
        now=now,
        new_id=lambda prefix: f"{prefix}_2",
    )

    async def source() -> AsyncIterator[bytes]:
        yield bytes(60)
        await service.create(upload(bytes(60)), other)

    late = Upload(
        options=CreateFileRequest(), filename="f", media_type="text/plain", source=source()
    )
    with pytest.raises(ApiError, match="storage_full"):
        await service.create(late, context)
    page = await service.list(ListFilesRequest(), context)
    assert [file.id for file in page.data] == ["file_2"]


@pytest.mark.parametrize("place", ["", "x", "-1", "9" * 30, "\u0663"])
async def test_a_cursor_that_is_no_place_is_refused(
    store: SqlStore, context: RequestContext, place: str
) -> None:
    service = FileService(store, quota_bytes=1)
    cursor = encode_cursor(place) or "="
    with pytest.raises(ApiError, match="cursor"):
        await service.list(ListFilesRequest(cursor=cursor), context)
