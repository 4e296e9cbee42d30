"""Anything that holds a picture, as bytes and a media type.

Neither Pillow nor numpy is imported unless one of their objects is given, and then the caller
has imported them already.
"""

from __future__ import annotations

import io
import os
from errno import ENOENT
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, cast

from aiaas._core.errors import MissingDependencyError

UNKNOWN_MEDIA_TYPE: Final = "image/x-unknown"
"""For bytes that are no known picture: the deployment looks for itself and says what is wrong."""


class ReadableBinary(Protocol):
    """A file opened in binary mode, or anything else that reads bytes."""

    def read(self) -> bytes:
        """Return everything up to the end."""
        ...


class PillowImage(Protocol):
    """A ``PIL.Image.Image``, described by what is needed of it."""

    @property
    def mode(self) -> str:
        """The kind of pixels."""
        ...

    def tobytes(self) -> bytes:
        """Return the pixels."""
        ...

    def getexif(self) -> Any:
        """Return the EXIF data."""
        ...


class PixelArray(Protocol):
    """A ``numpy.ndarray`` of pixels, described by what is needed of it."""

    @property
    def dtype(self) -> Any:
        """The kind of numbers."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""
        ...


Picture = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | ReadableBinary
    | PillowImage
    | PixelArray
)
"""A picture: a path, the bytes of a file, a file opened in binary mode, a Pillow image, or a
numpy array of ``uint8`` with shape ``(height, width)`` or ``(height, width, 1 | 3 | 4)``."""

_ACCEPTED: Final = (
    "a path, bytes, a file opened in binary mode, a PIL image, "
    "or a numpy uint8 array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)"
)


class Encoded(NamedTuple):
    """The bytes of a picture file and what kind of file it is."""

    content: bytes
    media_type: str


def in_memory(picture: Picture) -> bool:
    """Say whether `read` neither waits for a disk nor encodes pixels."""
    return isinstance(picture, bytes | bytearray | memoryview)


def read(picture: Picture) -> Encoded:
    """Return the picture as the bytes of a file.

    Raises:
        FileNotFoundError: There is no file at this path.
        TypeError: It is nothing that holds a picture.
        MissingDependencyError: A numpy array needs Pillow to be encoded.
    """
    content = _content_of(picture)
    return Encoded(content, media_type_of(content))


def _content_of_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if path.parts[:1] not in (("http:",), ("https:",)):
            raise
    reason = "Pictures are not fetched from addresses; download it first"
    raise FileNotFoundError(ENOENT, reason, str(path))


def _content_of(picture: Picture) -> bytes:
    if isinstance(picture, bytes):
        return picture
    if isinstance(picture, bytearray | memoryview):
        return bytes(picture)
    if isinstance(picture, str | os.PathLike):
        return _content_of_file(Path(picture))
    # Arrays and images before files: numpy has no `read`, but be sure of the order all the same.
    if _comes_from(picture, "numpy") and hasattr(picture, "dtype"):
        return _encode_array(cast("PixelArray", picture))
    if _comes_from(picture, "PIL") and hasattr(picture, "save"):
        return _encode_image(picture)
    if hasattr(picture, "read"):
        return _read_file(cast("ReadableBinary", picture))
    raise TypeError(f"a picture is {_ACCEPTED}; got {type(picture).__name__}")


def media_type_of(content: bytes) -> str:
    """Return the media type that the first bytes of a file speak of."""
    for prefix, media_type in _PREFIXES:
        if content.startswith(prefix):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], UNKNOWN_MEDIA_TYPE)
    return UNKNOWN_MEDIA_TYPE


# Also formats that are not read today, so that the refusal can name them.
_PREFIXES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_BRANDS: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
}


def _comes_from(picture: object, package: str) -> bool:
    # Subclasses live elsewhere, so every ancestor is asked.
    return any(kind.__module__.partition(".")[0] == package for kind in type(picture).__mro__)


def _read_file(file: ReadableBinary) -> bytes:
    content: object = file.read()
    if isinstance(content, str):
        raise TypeError("the file was opened in text mode; open it with mode 'rb'")
    if not isinstance(content, bytes | bytearray | memoryview):
        raise TypeError(f"a file must read bytes; got {type(content).__name__}")
    return bytes(content)


def _encode_array(array: PixelArray) -> bytes:
    shape = tuple(array.shape)
    if str(array.dtype) != "uint8" or not _is_picture_shape(shape):
        raise TypeError(
            f"a picture is {_ACCEPTED}; got a {array.dtype} array of shape {shape}. "
            "Scale floats with (array * 255).astype('uint8')."
        )
    try:
        from PIL import Image
    except ImportError:
        raise MissingDependencyError(
            "Sending a numpy array", package="Pillow", extra="images"
        ) from None
    flat = cast("Any", array)
    return _encode_image(Image.fromarray(flat[:, :, 0] if shape[2:] == (1,) else flat))


def _is_picture_shape(shape: tuple[int, ...]) -> bool:
    return len(shape) in (2, 3) and all(shape) and shape[2:] in ((), (1,), (3,), (4,))


def _encode_image(image: Any) -> bytes:
    if image.mode not in _PNG_MODES:
        image = image.convert("RGB")
    file = io.BytesIO()
    # The rotation a camera noted is not in the pixels: without it the picture would arrive lying.
    exif = image.getexif()
    options = {"exif": exif} if exif else {}
    # Level 1 is several times quicker than the default and little larger for photos.
    image.save(file, format="PNG", compress_level=1, **options)
    return file.getvalue()


_PNG_MODES: Final = frozenset({"1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA"})
