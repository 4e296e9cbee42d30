"""The one EXIF tag that changes a picture: its orientation.

Read here and not through Pillow, which parses the whole block, thumbnail and all, and warns about
damaged ones. A damaged block never makes a picture invalid: it counts as "not rotated".
"""

import struct

UPRIGHT = 1
_ORIENTATION_TAG = 0x0112
_EXIF_PREFIX = b"Exif\x00\x00"
_START_OF_SCAN = 0xDA
_APP1 = 0xE1


def orientation_of(exif: bytes) -> int:
    """Return the orientation, 1 to 8, of an EXIF block with or without its `Exif` prefix."""
    tiff = exif.removeprefix(_EXIF_PREFIX)
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(count):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * index)
            if tag == _ORIENTATION_TAG:
                return value if kind == 3 and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass  # The directory leads out of the block.
    return UPRIGHT


def split_jpeg(data: bytes) -> tuple[bytes, int]:
    """Take the EXIF block out of a JPEG.

    Returns:
        The JPEG without its EXIF block, and the orientation that the block asked for.
    """
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == _START_OF_SCAN:
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if marker == _APP1 and data.startswith(_EXIF_PREFIX, position + 4):
            return data[:position] + data[end:], orientation_of(data[position + 4 : end])
        position = end
    return data, UPRIGHT
