"""What the first bytes of a picture say: its format and, where needed early, its size."""

import struct
from typing import Literal

ImageFormat = Literal["jpeg", "png", "gif", "webp", "bmp"]

_PNG = b"\x89PNG\r\n\x1a\n"
_SMALL_PIXELS = 64 * 64
_SMALL_BYTES = 16_384
_FOREIGN = (
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"8BPS", "Photoshop"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"<svg", "SVG"),
    (b"%PDF", "PDF"),
)


def sniff_format(data: bytes) -> ImageFormat | None:
    """Name the format of a picture that we accept, None for all else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(_PNG):
        return "png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return "bmp" if data.startswith(b"BM") else None


def sniff_foreign(data: bytes) -> str | None:
    """Name the format of a picture or document that we know but do not accept."""
    if data[4:8] == b"ftyp":
        return "HEIF or AVIF" if data[8:12] in {b"heic", b"heix", b"mif1", b"avif"} else "video"
    return next((name for magic, name in _FOREIGN if data.startswith(magic)), None)


def is_small_png(data: bytes) -> bool:
    """Say whether a file is a PNG of few bytes and at most 64 x 64 pixels in any shape."""
    if not 24 <= len(data) <= _SMALL_BYTES or not data.startswith(_PNG):
        return False
    width, height = struct.unpack_from(">II", data, 16)
    return bool(width * height <= _SMALL_PIXELS)


def early_size(data: bytes, kind: ImageFormat) -> tuple[int, int]:
    """Read width and height of the formats whose decoder reserves memory when it is opened.

    The others give (0, 0): Pillow opens them without touching pixels and reports their size.

    Raises:
        struct.error: The header is cut off.
        ValueError: The header makes no sense.
    """
    if kind == "webp":
        return _webp_size(data)
    if kind == "gif":
        return _gif_size(data)
    return 0, 0


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        flags = struct.unpack_from("<II", data[24:27] + b"\0" + data[27:30] + b"\0")
        return flags[0] + 1, flags[1] + 1
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown WebP chunk")


def _gif_size(data: bytes) -> tuple[int, int]:
    """Return the size that holds both the screen and the first frame, which may exceed it."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + _colour_table_bytes(flags)
    while data[position : position + 1] == b"!":
        position = _after_sub_blocks(data, position + 2)
    if data[position : position + 1] != b",":
        raise ValueError("no frame")
    left, top, frame_width, frame_height = struct.unpack_from("<HHHH", data, position + 1)
    return max(width, left + frame_width), max(height, top + frame_height)


def _colour_table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    while True:
        (length,) = struct.unpack_from("<B", data, position)
        position += 1 + length
        if length == 0:
            return position
