"""What a picture may be, and what is sent for it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import aiaas
from aiaas._core.pictures import UNKNOWN_MEDIA_TYPE, in_memory, media_type_of, read


def png(size: tuple[int, int] = (3, 2), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_paths_bytes_and_files_are_sent_as_they_are(tmp_path: Path) -> None:
    content = png()
    path = tmp_path / "photo.weird"
    path.write_bytes(content)
    with path.open("rb") as file:
        given: list[aiaas.Picture] = [
            content,
            bytearray(content),
            memoryview(content),
            path,
            str(path),
            file,
        ]
        assert {read(picture) for picture in given} == {(content, "image/png")}
    assert read(io.BytesIO(content)).content == content


def test_bytes_are_not_copied() -> None:
    content = png()
    assert read(content).content is content


def test_a_string_is_always_a_path() -> None:
    with pytest.raises(FileNotFoundError):
        read("data:image/png;base64,AAAA")


@pytest.mark.parametrize("address", ["http://a.test/cat.jpg", "https://a.test/cat.jpg"])
def test_an_address_is_told_to_be_downloaded_first(address: str) -> None:
    with pytest.raises(FileNotFoundError, match="download it first"):
        read(address)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"GIF87a....", "image/gif"),
        (b"BM......", "image/bmp"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", UNKNOWN_MEDIA_TYPE),
        (b"II*\0....", "image/tiff"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x1cftypheic", "image/heic"),
        (b"\0\0\0\x1cftypmp42", UNKNOWN_MEDIA_TYPE),
        (b"", UNKNOWN_MEDIA_TYPE),
        (b"%PDF-1.7", UNKNOWN_MEDIA_TYPE),
    ],
)
def test_the_media_type_is_read_from_the_first_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 3), (2, 3, 4)])
def test_arrays_of_pixels_arrive_unchanged(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    sent = read(pixels)
    assert sent.media_type == "image/png"
    assert np.array_equal(np.asarray(opened(sent.content)), pixels.squeeze())


def test_arrays_that_are_not_contiguous_arrive_unchanged() -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)[::2, ::-1]
    assert np.array_equal(np.asarray(opened(read(pixels).content)), pixels)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3), np.float32),
        np.zeros((2, 3), np.int64),
        np.zeros((2, 3, 2), np.uint8),
        np.zeros((1, 2, 3, 3), np.uint8),
        np.zeros(6, np.uint8),
        np.zeros((0, 3), np.uint8),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(array: Any) -> None:
    with pytest.raises(TypeError, match=r"uint8 array of shape \(H, W\).*got a"):
        read(array)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pillow_images_keep_their_mode(mode: str) -> None:
    assert opened(read(Image.new(mode, (3, 2))).content).size == (3, 2)


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "F"])
def test_pillow_images_that_png_cannot_hold_are_converted(mode: str) -> None:
    assert opened(read(Image.new(mode, (3, 2))).content).mode == "RGB"


def test_the_rotation_a_camera_noted_travels_along() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4, 2)).save(file, "JPEG", exif=exif)
    assert opened(read(opened(file.getvalue())).content).getexif()[0x0112] == 6


def test_an_array_without_pillow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)  # as an import of a missing package fails
    with pytest.raises(aiaas.MissingDependencyError, match=r"pip install 'aiaas\[images\]'"):
        read(np.zeros((2, 3), np.uint8))


@pytest.mark.parametrize("thing", [None, 3, ["photo.png"], object(), {"data": b""}])
def test_anything_else_is_refused_and_what_is_taken_is_named(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"a path, bytes, a file .* PIL image"):
        read(thing)


def test_a_file_opened_as_text_is_refused() -> None:
    with pytest.raises(TypeError, match="mode 'rb'"):
        read(io.StringIO("x"))  # type: ignore[arg-type]


def test_a_file_that_reads_nothing_is_refused() -> None:
    class Closed:
        def read(self) -> None:
            return None

    with pytest.raises(TypeError, match="must read bytes; got NoneType"):
        read(Closed())  # type: ignore[arg-type]


def test_only_what_waits_for_a_disk_or_encodes_leaves_the_event_loop(tmp_path: Path) -> None:
    assert in_memory(b"")
    assert in_memory(memoryview(b""))
    assert not in_memory(tmp_path)
    assert not in_memory(np.zeros((2, 3), np.uint8))
