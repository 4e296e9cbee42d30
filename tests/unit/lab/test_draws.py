"""What is drawn from a seed."""

import re
from typing import Any

import pytest

from aiaas_mock.lab import draws as module
from aiaas_mock.lab.draws import Draws, Unforeseen
from aiaas_mock.lab.identity import identify

ASK, OTHER = b"a" * 16, b"b" * 16


def seeded(seed: int) -> Draws:
    draws = Draws()
    draws.seed = seed
    return draws


def ids(draws: Draws, request: bytes = ASK, *kinds: str) -> list[str]:
    drawing, _ = draws.of(request)
    return [drawing.new_id(kind) for kind in kinds or ("req",)]


def test_the_same_seed_gives_the_same_to_the_same_requests() -> None:
    one, other = seeded(7), seeded(7)
    for request in (ASK, OTHER, ASK):
        assert ids(one, request, "req", "file", "file") == ids(
            other, request, "req", "file", "file"
        )
    assert one.of(ASK)[0].random_bits(53) == other.of(ASK)[0].random_bits(53)


def test_the_order_of_requests_changes_nothing() -> None:
    one, other = seeded(7), seeded(7)
    forth = {request: ids(one, request) for request in (ASK, OTHER)}
    back = {request: ids(other, request) for request in (OTHER, ASK)}
    assert forth == back


def test_another_seed_request_kind_or_time_gives_other_ids() -> None:
    draws = seeded(7)
    found = [
        *ids(draws, ASK, "a", "b", "a"),
        *ids(draws, ASK, "a"),
        *ids(draws, OTHER, "a"),
        *ids(seeded(8), ASK, "a"),
    ]
    assert len({one.partition("_")[2] for one in found}) == len(found)


def test_ids_look_alike_with_and_without_a_seed() -> None:
    for drawing in (Unforeseen(), seeded(7).of(ASK)[0]):
        assert re.fullmatch(r"req_[a-z0-9]{24}", drawing.new_id("req"))
        assert 0 <= drawing.random_bits(31) < 2**31


def test_without_a_seed_nobody_can_tell_what_comes() -> None:
    drawing = Unforeseen()
    assert drawing.new_id("req") != drawing.new_id("req")
    assert drawing.random_bits(64) != drawing.random_bits(64)


def test_a_seed_that_is_set_again_gives_no_id_for_the_second_time() -> None:
    draws = seeded(7)
    first = ids(draws)
    draws.seed = 7
    assert ids(draws) != first
    draws.reset()
    assert (draws.seed, ids(draws)) == (7, first)


def test_a_copy_draws_on_from_where_it_was_made() -> None:
    draws = seeded(7)
    ids(draws)
    copied = draws.copy()
    second = ids(draws)
    draws.seed = 8
    draws.restore(copied)
    assert (draws.seed, ids(draws)) == (7, second)


def test_what_is_counted_has_an_end_and_no_id_comes_twice() -> None:
    draws = seeded(7)
    first = ids(draws)
    for number in range(module._MOST_REQUESTS):
        draws.of(number.to_bytes(16))
    assert ids(draws) != first
    assert len(draws.copy()[1]) <= module._MOST_REQUESTS


# What a request asks


async def digest(body: bytes = b"", *, pieces: int = 1, **head: Any) -> tuple[bytes, bytes]:
    """Return the digest of a request, and its body as it is read afterwards."""
    size = max(1, -(-len(body) // pieces))
    parts = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": place < len(parts) - 1}
        for place, part in enumerate(parts)
    ]
    left = iter([*messages, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(left)

    scope = {"method": "POST", "path": "/v1/files", "query_string": b"", "headers": [], **head}
    found, again = await identify(scope, receive)
    read = b""
    while (message := await again())["type"] != "http.disconnect":
        read += message["body"]
    return found, read


@pytest.mark.parametrize("pieces", [1, 3, 50])
async def test_the_body_is_read_and_is_still_there(pieces: int) -> None:
    body = b"x" * (3 * 2**20)
    found, read = await digest(body, pieces=pieces)
    assert read == body
    assert found == (await digest(body))[0]


async def test_method_path_query_and_body_tell_requests_apart() -> None:
    found = [
        await digest(),
        await digest(b"a"),
        await digest(b"b"),
        await digest(method="PUT"),
        await digest(path="/v1/models"),
        await digest(query_string=b"a=1"),
    ]
    assert len({one for one, _ in found}) == len(found)


async def test_the_boundary_that_a_client_draws_does_not() -> None:
    def form(boundary: bytes, quote: bytes = b"") -> dict[str, Any]:
        value = b"multipart/form-data; boundary=" + quote + boundary + quote
        return {"headers": [(b"host", b"t"), (b"content-type", value)]}

    one, _ = await digest(b"--aaa\r\ncontent--aaa--", **form(b"aaa"))
    other, _ = await digest(b"--bbbb\r\ncontent--bbbb--", **form(b"bbbb", b'"'))
    different, _ = await digest(b"--aaa\r\nelse--aaa--", **form(b"aaa"))
    assert one == other != different


async def test_a_client_that_leaves_half_way_is_told_of() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": []}
    _, again = await identify(scope, receive)
    assert (await again())["type"] == "http.disconnect"
