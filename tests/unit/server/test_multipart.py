"""Forms are read as they arrive, wherever the network cuts them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from aiaas_mock.errors import ApiError
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.multipart import Form, read_form

BOUNDARY = "cut-here"
Receive = Callable[[], Awaitable[dict[str, Any]]]


def part(name: str, data: bytes, headers: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n{headers}\r\n'
    return head.encode() + data + b"\r\n"


def form_of(*parts: bytes) -> bytes:
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def channel(chunks: Sequence[bytes]) -> Receive:
    """Play an ASGI server that passes a body on in these chunks, then the client leaves."""
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number + 1 < len(chunks)}
        for number, chunk in enumerate(chunks)
    ]
    remaining = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(remaining, {"type": "http.disconnect"})

    return receive


async def read(*chunks: bytes, max_bytes: int = 1_000_000) -> Form:
    return await read_form(BodyReader(channel(chunks), None, max_bytes), BOUNDARY)


async def refusal_of(*chunks: bytes) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await read(*chunks)
    return caught.value


@given(
    st.lists(st.binary(max_size=200) | st.just(b"\r\n--cut-her\r\n--"), max_size=4),
    st.lists(st.integers(min_value=0, max_value=1200), max_size=30),
)
def test_a_form_is_the_same_however_it_is_cut(inputs: list[bytes], cuts: list[int]) -> None:
    request = b'{"top_k": 3}'
    body = form_of(part("request", request), *(part("inputs", data) for data in inputs))
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    chunks = [body[a:b] for a, b in pairwise(places)]
    form = asyncio.run(read(*chunks))
    assert form.request == request
    assert form.inputs == inputs


async def test_a_form_is_the_same_byte_by_byte() -> None:
    body = form_of(part("inputs", b"one\r\n"), part("request", b"{}"), part("inputs", b""))
    form = await read(*(body[at : at + 1] for at in range(len(body))))
    assert (form.request, form.inputs) == (b"{}", [b"one\r\n", b""])


async def test_a_form_without_options_has_empty_ones() -> None:
    form = await read(form_of(part("inputs", b"one")))
    assert form.request == b"{}"


async def test_file_names_and_types_of_parts_do_not_matter() -> None:
    form = await read(form_of(part("inputs", b"one", "Content-Type: image/png\r\n")))
    assert form.inputs == [b"one"]


@pytest.mark.parametrize("cut", [10, -30, -1])
async def test_a_form_that_ends_early_is_refused(cut: int) -> None:
    body = form_of(part("inputs", b"one"))
    if cut == -1:
        body = body.removesuffix(b"--\r\n")
    error = await refusal_of(body[:cut])
    assert error.code == "invalid_multipart"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        form_of(b"--cut-here\r\nContent-Disposition: attachment\r\n\r\nx\r\n"),
        form_of(b"--cut-here\r\nno header\r\n\r\nx\r\n"),
        form_of(part("inputs", b"x", "X-Long: " + "y" * 5000 + "\r\n")),
    ],
    ids=["empty", "text", "no form-data", "bad header", "endless header"],
)
async def test_what_is_no_form_is_refused(body: bytes) -> None:
    assert (await refusal_of(body)).code == "invalid_multipart"


async def test_more_parts_than_anybody_needs_are_refused() -> None:
    error = await refusal_of(form_of(*[part("inputs", b"")] * 1025))
    assert error.code == "invalid_multipart"


async def test_a_part_of_another_name_is_refused() -> None:
    error = await refusal_of(form_of(part("picture", b"one")))
    assert error.errors is not None
    assert error.errors[0].code == "unknown_field"


async def test_a_second_request_part_is_refused() -> None:
    error = await refusal_of(form_of(part("request", b"{}"), part("request", b"{}")))
    assert error.param == "/request"


async def test_a_form_over_the_limit_is_refused_where_it_grows_over_it() -> None:
    body = form_of(part("inputs", bytes(1000)))
    with pytest.raises(ApiError) as caught:
        await read(body[:500], body[500:], max_bytes=len(body) - 1)
    assert caught.value.code == "request_too_large"
    assert (await read(body[:500], body[500:], max_bytes=len(body))).inputs == [bytes(1000)]


async def test_an_announced_length_over_the_limit_is_refused_unread() -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing may be read")

    with pytest.raises(ApiError) as caught:
        await BodyReader(receive, 11, 10).read()
    assert caught.value.headers == {"Connection": "close"}


async def test_a_client_that_leaves_half_way_is_noticed() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await BodyReader(receive, None, 10).read()


async def test_a_body_in_one_piece_is_passed_on_as_it_is() -> None:
    body = b"in one piece"
    assert await BodyReader(channel([body]), None, 100).read() is body


async def test_a_body_in_pieces_is_joined() -> None:
    assert await BodyReader(channel([b"in ", b"", b"pieces"]), None, 100).read() == b"in pieces"
