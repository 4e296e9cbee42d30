"""The pictures that cases send."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Final

ANKLE_BOOT: Final = (Path(__file__).parent / "pictures" / "ankle_boot.png").read_bytes()
"""A 28x28 grey PNG of Fashion-MNIST's test set (MIT, Zalando SE)."""

NOT_A_PICTURE: Final = b"this is a text, not a picture"
CUT_OFF: Final = ANKLE_BOOT[: len(ANKLE_BOOT) // 2]
TIFF: Final = b"II*\x00" + bytes(64)
"""The beginning of a format that is not read."""


def in_base64(data: bytes) -> str:
    """Return `data` as it travels in JSON."""
    return base64.b64encode(data).decode()


def grey_png(width: int, height: int) -> bytes:
    """Make a black grey-scale PNG; its pixels are compressed line by line, never held at once."""
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(bytes(1 + width)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
