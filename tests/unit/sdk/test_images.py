"""Pictures go out as asked, and every answer comes back to its picture."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import aiaas
from aiaas._core.bulk import Chunk, Chunker, shift_error
from aiaas._core.pictures import Encoded
from aiaas.contract.answers import ItemError
from aiaas.contract.problems import problem

if TYPE_CHECKING:
    from tests.unit.sdk.conftest import Cloud

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def pictures(count: int) -> list[bytes]:
    return [f"picture {index}".encode() for index in range(count)]


def parts_of(request: httpx.Request) -> int:
    return request.content.count(b'name="inputs"')


def test_one_picture_is_the_whole_body(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(PNG, model="a/b@1", top_k=3, min_score=0.25))

    request = cloud.requests[0]
    assert (request.method, request.url.path) == ("POST", "/v1/images/classify")
    assert request.content == PNG
    assert request.headers["content-type"] == "image/png"
    assert dict(request.url.params) == {"model": "a/b@1", "top_k": "3", "min_score": "0.25"}


def test_what_is_not_given_is_not_sent(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(PNG))
    assert str(cloud.requests[0].url) == "http://cloud.test/v1/images/classify"


def test_a_path_in_the_base_url_is_kept(sync_cloud: Cloud) -> None:
    sync_cloud.run(lambda c: c.images.classify(PNG), base_url="http://cloud.test/team/")
    assert sync_cloud.requests[0].url.path == "/team/v1/images/classify"


def test_the_sdk_says_who_it_is(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify(PNG))
    headers = cloud.requests[0].headers
    assert (
        headers["user-agent"]
        == f"aiaas-python/{aiaas.__version__} " + (headers["user-agent"].partition(" ")[2])
    )
    assert headers["aiaas-client-version"] == f"python/{aiaas.__version__}"


def test_a_picture_may_be_a_file(cloud: Cloud, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    cloud.run(lambda client: client.images.classify(path))
    assert cloud.requests[0].content == PNG


def test_many_pictures_are_files_beside_their_options(cloud: Cloud) -> None:
    cloud.run(lambda client: client.images.classify_many([PNG, b"y"], top_k=2))

    body = cloud.requests[0].content
    assert b'name="request"' in body
    assert b'Content-Type: application/json\r\n\r\n{"top_k": 2}' in body
    assert b'name="inputs"; filename="input-0"\r\nContent-Type: image/png' in body
    assert b'name="inputs"; filename="input-1"\r\nContent-Type: image/x-unknown' in body


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_many_pictures_come_back_in_order(cloud: Cloud, concurrency: int) -> None:
    given = pictures(300)
    results = cloud.run(
        lambda client: client.images.classify_many(iter(given), concurrency=concurrency)
    )
    assert [result.label.encode() for result in results] == given
    assert [result.index for result in results] == list(range(300))
    assert {result.model for result in results} == {"small@1"}
    assert sorted(map(parts_of, cloud.requests)) == [44, 64, 64, 64, 64]


def test_no_pictures_is_no_request(cloud: Cloud) -> None:
    assert cloud.run(lambda client: client.images.classify_many([])) == []
    assert cloud.requests == []


def test_an_item_error_stands_in_its_place_and_counts_over_all(cloud: Cloud) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        response = cloud._infer(request)
        body = response.json()
        if parts_of(request) == 6:
            body["results"][2] = {
                "index": 2,
                "error": problem("invalid_image", "Bad.", param="/inputs/2").model_dump(),
            }
        return cloud.json(body)

    cloud.answers(answer, answer)
    results = cloud.run(lambda client: client.images.classify_many(pictures(70), concurrency=1))

    assert [result.index for result in results] == list(range(70))
    failed = results[66]
    assert isinstance(failed, ItemError)
    assert failed.error.param == "/inputs/66"
    assert sum(isinstance(result, ItemError) for result in results) == 1


@pytest.mark.parametrize(
    ("param", "shifted"),
    [("/inputs/3", "/inputs/13"), ("/inputs/3/data", "/inputs/13/data"), ("/inputs/31", None)],
)
def test_a_pointer_into_a_chunk_becomes_one_into_all(param: str, shifted: str | None) -> None:
    error = ItemError(index=3, error=problem("invalid_image", "Bad.", param=param))
    assert shift_error(error, 10).error.param == (shifted or param)
    assert shift_error(ItemError(index=3, error=problem("empty_input", "No.")), 10).index == 13


def test_progress_is_told_how_many_are_done(cloud: Cloud) -> None:
    told: list[tuple[int, int | None]] = []

    def progress(done: int, total: int | None) -> None:
        told.append((done, total))

    cloud.run(lambda client: client.images.classify_many(list(pictures(150)), progress=progress))
    assert told == sorted(told)
    assert (len(told), told[-1]) == (3, (150, 150))
    cloud.run(lambda client: client.images.classify_many(iter(pictures(2)), progress=progress))
    assert told[-1] == (2, None)


def test_pictures_are_taken_only_as_fast_as_they_are_sent(cloud: Cloud) -> None:
    taken = 0
    ahead: list[int] = []

    def generate() -> Iterator[bytes]:
        nonlocal taken
        for picture in pictures(64 * 20):
            taken += 1
            yield picture

    def answer(request: httpx.Request) -> httpx.Response:
        ahead.append(taken - 64 * len(ahead))
        return cloud._infer(request)

    cloud.answers(*[answer] * 20)
    cloud.run(lambda client: client.images.classify_many(generate(), concurrency=2))
    # Two chunks under way, one being gathered, and one picture that did not fit it.
    assert max(ahead) <= 3 * 64 + 1


def test_a_chunk_is_closed_before_it_grows_too_large() -> None:
    def chunks(sizes: list[int]) -> list[tuple[int, list[int]]]:
        chunker = Chunker[Encoded](max_inputs=3, max_bytes=10)
        added = [chunker.add(Encoded(bytes(size), "image/png")) for size in sizes]
        found: list[Chunk[Encoded] | None] = [*added, chunker.close()]
        return [(c.start, [len(i.content) for i in c.inputs]) for c in found if c]

    assert chunks([]) == []
    assert chunks([4, 6, 1]) == [(0, [4, 6]), (2, [1])]
    assert chunks([1, 1, 1, 1]) == [(0, [1, 1, 1]), (3, [1])]
    assert chunks([99, 1, 99]) == [(0, [99]), (1, [1]), (2, [99])]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_failed_request_ends_the_call(cloud: Cloud, concurrency: int) -> None:
    cloud.answers(*(cloud.problem("invalid_api_key") for _ in range(20)))
    with pytest.raises(aiaas.AuthenticationError):
        cloud.run(
            lambda client: client.images.classify_many(
                iter(pictures(64 * 20)), concurrency=concurrency
            )
        )
    assert len(cloud.requests) <= 2 * concurrency


@pytest.mark.parametrize("bad", ["/no/such/file", 3])
def test_an_unreadable_picture_ends_the_call(cloud: Cloud, bad: Any) -> None:
    given = [*pictures(100), bad]
    with pytest.raises((FileNotFoundError, TypeError)):
        cloud.run(lambda client: client.images.classify_many(given))


def test_an_error_of_the_callers_own_generator_is_raised_as_it_is(cloud: Cloud) -> None:
    def generate() -> Iterator[bytes]:
        yield from pictures(100)
        raise KeyError("from the caller's own code")

    with pytest.raises(KeyError, match="own code"):
        cloud.run(lambda client: client.images.classify_many(generate()))


@pytest.mark.parametrize("concurrency", [0, -1])
def test_no_concurrency_is_refused(cloud: Cloud, concurrency: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cloud.run(lambda client: client.images.classify_many([b"x"], concurrency=concurrency))


def test_numbers_that_json_has_not_are_refused(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="JSON"):
        cloud.run(lambda client: client.images.classify_many([b"x"], min_score=math.nan))


def test_threads_are_bounded(sync_cloud: Cloud) -> None:
    lock, now, most = threading.Lock(), 0, 0
    together = threading.Barrier(3, timeout=5)

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1
        return sync_cloud._infer(request)

    sync_cloud.answers(*[answer] * 6)
    sync_cloud.run(lambda c: c.images.classify_many(pictures(64 * 6), concurrency=3))
    assert most == 3


async def test_tasks_are_bounded_and_cancelled() -> None:
    now = most = cancelled = 0

    async def handler(request: httpx.Request) -> httpx.Response:
        nonlocal now, most, cancelled
        now += 1
        most = max(most, now)
        try:
            await asyncio.sleep(30 if now < 3 else 0)
        except asyncio.CancelledError:
            cancelled += 1
            raise
        return httpx.Response(200, html="<h1>broken</h1>")

    transport = httpx.MockTransport(handler)
    async with httpx.AsyncClient(transport=transport) as http_client:
        client = aiaas.AsyncClient("k", http_client=http_client)
        with pytest.raises(aiaas.ResponseValidationError):
            await client.images.classify_many(iter(pictures(64 * 9)), concurrency=3)
    assert (most, cancelled) == (3, 2)


async def test_cancelling_the_call_cancels_its_requests() -> None:
    begun = asyncio.Event()
    ended: list[str] = []

    async def handler(request: httpx.Request) -> httpx.Response:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("cancelled")
        raise AssertionError("not cancelled")

    transport = httpx.MockTransport(handler)
    async with httpx.AsyncClient(transport=transport) as http_client:
        client = aiaas.AsyncClient("k", http_client=http_client)
        task = asyncio.create_task(client.images.classify_many([b"x"]))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert ended == ["cancelled"]


def test_a_vector_travels_packed_and_is_read_as_numbers(cloud: Cloud) -> None:
    result = cloud.run(lambda client: client.images.embed(PNG, dimensions=2, model="m"))

    sent = dict(cloud.requests[0].url.params)
    assert sent == {"encoding_format": "base64", "dimensions": "2", "model": "m"}
    assert result.vector == (1.0, 0.0)
    assert (result.model, result.request_id) == ("small@1", "req_json")


def test_many_vectors_come_back_in_order(cloud: Cloud) -> None:
    results = cloud.run(lambda client: client.images.embed_many(pictures(70)))
    assert [result.index for result in results] == list(range(70))
    assert b'{"encoding_format": "base64"}' in cloud.requests[0].content


@pytest.mark.parametrize("method", ["classify_many", "embed_many"])
@pytest.mark.parametrize("one", ["cat.jpg", b"bytes", bytearray(b"bytes"), Path("cat.jpg")])
def test_a_single_picture_is_no_list_of_them(cloud: Cloud, method: str, one: Any) -> None:
    with pytest.raises(TypeError, match=f"^{method} takes several inputs: pass a list; got a sing"):
        cloud.run(lambda client: getattr(client.images, method)(one))
    assert cloud.requests == []
