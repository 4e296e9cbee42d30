"""Bodies that travel compressed: gzip, and deflate with zlib's frame (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib
from types import MappingProxyType
from typing import Final

from aiaas_mock.errors import ApiError

_FRAMES: Final = MappingProxyType({"gzip": 31, "deflate": 15})
"""What zlib calls each: the largest window and, from 16 on, the frame of gzip."""

_LEVEL: Final = 1  # the numbers of models hardly shrink more for the time of a higher one
_WORTH_BYTES: Final = 512


def decompressed(body: bytes, encoding: str, *, max_bytes: int) -> bytes:
    """Undo the ``Content-Encoding`` of a body.

    Args:
        body: What arrived.
        encoding: The header; empty when there is none.
        max_bytes: The most that it may become.

    Raises:
        ApiError: It is not what the header says, or becomes too large.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    frame = _FRAMES.get(encoding)
    if frame is None:
        raise ApiError("unsupported_media_type", "The Content-Encoding may be gzip or deflate.")
    worker = zlib.decompressobj(frame)
    try:
        content = worker.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise _broken(encoding) from error
    if len(content) > max_bytes:
        raise ApiError("request_too_large", f"The body becomes larger than {max_bytes} bytes.")
    if not worker.eof or worker.unused_data:
        raise _broken(encoding)
    return content


def chosen(accepted: str) -> str | None:
    """Return the encoding that an ``Accept-Encoding`` asks for first, if there is one here."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in _FRAMES and weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00"):
            return name.strip()
    return None


def is_worth_it(size_bytes: int) -> bool:
    """Say whether an answer of a size is compressed for those who asked for it."""
    return size_bytes >= _WORTH_BYTES


def compressed(body: bytes, encoding: str) -> bytes:
    """Compress a body."""
    worker = zlib.compressobj(_LEVEL, zlib.DEFLATED, _FRAMES[encoding])
    return worker.compress(body) + worker.flush()


def _broken(encoding: str) -> ApiError:
    return ApiError("invalid_request", f"The body is not whole and in the encoding {encoding}.")
