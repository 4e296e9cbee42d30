"""Small real pictures, made of whatever bytes were drawn."""

from __future__ import annotations

import hashlib
import io
from typing import Final

from hypothesis import strategies as st
from PIL import Image

MEDIA_TYPES: Final = {"image/png": "PNG", "image/gif": "GIF", "image/bmp": "BMP"}
_MOST_PIXELS: Final = 24


def picture_of(drawn: bytes, media_type: str = "image/png") -> bytes:
    """Return a picture whose size and colours follow from some bytes, the same for the same."""
    digest = hashlib.sha256(drawn).digest()
    size = (1 + digest[0] % _MOST_PIXELS, 1 + digest[1] % _MOST_PIXELS)
    picture = Image.new("RGB", size, (digest[2], digest[3], digest[4]))
    picture.putpixel((digest[5] % size[0], digest[6] % size[1]), (digest[7], digest[8], digest[9]))
    file = io.BytesIO()
    picture.save(file, MEDIA_TYPES[media_type])
    return file.getvalue()


def pictures(media_type: str) -> st.SearchStrategy[bytes]:
    """Return the strategy of pictures of a content type."""
    return st.binary(max_size=4).map(lambda drawn: picture_of(drawn, media_type))
