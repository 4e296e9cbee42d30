"""Bodies that travel compressed: whole or refused, and never larger than allowed."""

import gzip
import zlib

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.protocols.oip.compression import chosen, compressed, decompressed

TEXT = b"the same again, " * 100


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "deflate", " GZIP "])
def test_what_was_compressed_comes_back(encoding: str) -> None:
    packed = {"gzip": gzip.compress(TEXT), "deflate": zlib.compress(TEXT)}
    body = packed.get(encoding.strip().lower(), TEXT)
    assert decompressed(body, encoding, max_bytes=len(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_compressed_here_others_can_read(encoding: str) -> None:
    packed = compressed(TEXT, encoding)
    assert (gzip.decompress(packed) if encoding == "gzip" else zlib.decompress(packed)) == TEXT
    assert len(packed) < len(TEXT) / 5


def test_a_small_body_that_becomes_large_is_refused_before_it_is_large() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(ApiError, match="request_too_large"):
        decompressed(bomb, "gzip", max_bytes=1000)


@pytest.mark.parametrize(
    "body",
    [b"", b"not compressed", gzip.compress(TEXT)[:-9], gzip.compress(TEXT) + b"more"],
    ids=["empty", "plain", "cut off", "followed by more"],
)
def test_a_body_that_is_not_whole_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError, match="not whole"):
        decompressed(body, "gzip", max_bytes=10_000)


def test_an_encoding_that_is_not_known_is_refused() -> None:
    with pytest.raises(ApiError, match="gzip or deflate") as caught:
        decompressed(TEXT, "br", max_bytes=10_000)
    assert caught.value.code == "unsupported_media_type"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("br", None),
        ("gzip", "gzip"),
        ("deflate, gzip", "deflate"),
        ("br, GZIP;q=0.5", "gzip"),
        ("gzip; q=0, deflate", "deflate"),
    ],
)
def test_the_first_encoding_that_is_accepted_is_chosen(accepted: str, encoding: str | None) -> None:
    assert chosen(accepted) == encoding
