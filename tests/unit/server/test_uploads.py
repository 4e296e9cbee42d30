"""Uploads: pieces, fingerprints, and names that are no paths."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas.contract.files import CreateFileRequest
from aiaas_mock.http.answers import disposition
from aiaas_mock.http.uploads import safe_name
from aiaas_mock.services.uploads import PIECE_BYTES, Upload


def upload(*chunks: bytes, filename: str = "f") -> Upload[CreateFileRequest]:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return Upload(
        options=CreateFileRequest(), filename=filename, media_type="text/plain", source=source()
    )


@pytest.mark.parametrize("chunk_bytes", [1000, PIECE_BYTES, 3 * PIECE_BYTES + 1])
async def test_pieces_have_one_length_however_the_bytes_arrive(chunk_bytes: int) -> None:
    data = bytes(range(256)) * 3000
    chunks = [data[at : at + chunk_bytes] for at in range(0, len(data), chunk_bytes)]
    arriving = upload(*chunks)
    pieces = [piece async for piece in arriving.pieces()]
    assert b"".join(pieces) == data
    assert {len(piece) for piece in pieces[:-1]} == {PIECE_BYTES}
    assert arriving.size_bytes == len(data)
    assert arriving.sha256 == hashlib.sha256(data).hexdigest()


async def test_an_empty_file_has_no_pieces() -> None:
    assert [piece async for piece in upload().pieces()] == []


async def test_the_fingerprint_is_of_the_bytes_and_not_of_how_they_arrive() -> None:
    assert await upload(b"ab", b"c").fingerprint() == await upload(b"abc").fingerprint()
    assert await upload(b"abc").fingerprint() != await upload(b"abd").fingerprint()
    assert await upload(b"a").fingerprint() != await upload(b"a", filename="g").fingerprint()


async def test_the_fingerprint_is_the_same_before_and_after_reading() -> None:
    read = upload(b"ab", b"c")
    async for _ in read.pieces():
        pass
    assert await read.fingerprint() == await upload(b"abc").fingerprint()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("/etc/passwd", "passwd"),
        ("C:\\windows\\system.ini", "system.ini"),
        ("..", "file"),
        ("a/..", "file"),
        ("", "file"),
        (None, "file"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("n" * 300, "n" * 255),
    ],
)
def test_a_name_is_never_a_path(given: str | None, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text())
def test_any_name_fits_into_a_header(name: str) -> None:
    header = disposition(safe_name(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
