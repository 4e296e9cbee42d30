"""Pictures of every kind that customers send, and those that nobody should."""

import io
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.preprocess.exif import UPRIGHT, orientation_of, split_jpeg
from aiaas_mock.inference.preprocess.images import (
    DecodedImage,
    ImageLimits,
    InvalidImage,
    decode_image,
    to_input,
)

GREY = ImageInput(width=8, height=8, mode="L", dtype="uint8")
COLOUR = ImageInput(width=8, height=8, mode="RGB", dtype="uint8")
LIMITS = ImageLimits()
ORIENTATION = 0x0112


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decode(data: bytes, spec: ImageInput = COLOUR, limits: ImageLimits = LIMITS) -> DecodedImage:
    return decode_image(data, spec, limits)


def mean_colour(decoded: DecodedImage) -> list[int]:
    return [round(float(value)) for value in decoded.array.mean(axis=(0, 1))]


def fault_of(data: bytes, limits: ImageLimits = LIMITS) -> InvalidImage:
    with pytest.raises(InvalidImage) as caught:
        decode(data, limits=limits)
    assert caught.value.detail == str(caught.value)
    return caught.value


def gradient(width: int, height: int) -> Image.Image:
    """Red grows to the right, green downwards, so that every rotation is told apart."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)[None, :]
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    return Image.fromarray(pixels)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_size(width: int, height: int) -> bytes:
    """Make a PNG whose header claims a size that its few pixels do not fill."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("JPEG", {"quality": 95}, "jpeg"),
        ("JPEG", {"progressive": True, "quality": 95}, "jpeg"),
        ("PNG", {}, "png"),
        ("WEBP", {"lossless": True}, "webp"),
        ("WEBP", {"quality": 95}, "webp"),
        ("GIF", {}, "gif"),
        ("BMP", {}, "bmp"),
    ],
)
def test_each_format_is_decoded_and_named(kind: str, options: dict[str, Any], name: str) -> None:
    decoded = decode(encode(Image.new("RGB", (40, 30), (200, 100, 50)), kind, **options))
    assert (decoded.width, decoded.height, decoded.format) == (40, 30, name)
    assert decoded.array.shape == (8, 8, 3)
    assert decoded.array.dtype == np.uint8
    np.testing.assert_allclose(mean_colour(decoded), [200, 100, 50], atol=3)


def test_a_picture_of_the_models_size_is_not_touched() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    decoded = decode(encode(Image.fromarray(pixels)), GREY)
    np.testing.assert_array_equal(decoded.array[..., 0], pixels)


def test_float_values_are_the_bytes_scaled_by_the_card() -> None:
    spec = ImageInput(width=8, height=8, mode="L", dtype="float32", scale=2 / 255, offset=-1.0)
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    decoded = decode(encode(Image.fromarray(pixels)), spec)
    assert decoded.array.dtype == np.float32
    np.testing.assert_allclose(decoded.array[..., 0], pixels * (2 / 255) - 1, atol=1e-6)
    np.testing.assert_array_equal(decoded.array, to_input(pixels, spec)[..., None])


def test_colour_becomes_grey_for_a_grey_model() -> None:
    decoded = decode(encode(Image.new("RGB", (9, 9), (255, 0, 0))), GREY)
    assert decoded.array.shape == (8, 8, 1)
    assert mean_colour(decoded) == [76]


def test_a_16_bit_picture_is_scaled_and_not_clipped() -> None:
    values = np.full((8, 8), 0x8000, np.uint16)
    decoded = decode(encode(Image.fromarray(values)), GREY)
    assert mean_colour(decoded) == [128]
    assert mean_colour(decode(encode(Image.fromarray(values)))) == [128, 128, 128]


def test_a_16_bit_colour_picture_works() -> None:
    row = b"\0" + struct.pack(">3H", 0xFFFF, 0x8000, 0) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            png_chunk(b"IHDR", header),
            png_chunk(b"IDAT", zlib.compress(row * 8)),
            png_chunk(b"IEND", b""),
        ]
    )
    assert mean_colour(decode(data)) == [255, 128, 0]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_cmyk_picture_works(mode: Any) -> None:
    data = encode(Image.new("CMYK", (20, 20), (0, 0, 0, 0)), "JPEG")
    decoded = decode(data, COLOUR.model_copy(update={"mode": mode}))
    assert set(mean_colour(decoded)) == {255}


def test_a_palette_picture_works() -> None:
    image = Image.new("RGB", (20, 20), (10, 200, 30)).quantize(4)
    assert image.mode == "P"
    assert mean_colour(decode(encode(image))) == [10, 200, 30]


def test_transparent_palette_entries_become_white() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([1, 2, 3, 200, 0, 0])
    assert mean_colour(decode(encode(image, transparency=0))) == [255, 255, 255]


def test_a_transparent_colour_of_a_plain_picture_becomes_white() -> None:
    image = Image.new("RGB", (8, 8), (1, 2, 3))
    assert mean_colour(decode(encode(image, transparency=(1, 2, 3)))) == [255, 255, 255]


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (0, 0, 0, 0)), ("LA", (0, 0)), ("RGBA", (255, 255, 255, 128))]
)
def test_transparency_is_laid_on_white(mode: str, colour: tuple[int, ...]) -> None:
    data = encode(Image.new(mode, (8, 8), colour))
    assert mean_colour(decode(data)) == [255, 255, 255]
    assert mean_colour(decode(data, GREY)) == [255]


def test_half_transparent_black_is_grey() -> None:
    assert mean_colour(decode(encode(Image.new("RGBA", (8, 8), (0, 0, 0, 128))))) == [127] * 3


def test_a_one_bit_picture_works() -> None:
    assert mean_colour(decode(encode(Image.new("1", (8, 8), 1)), GREY)) == [255]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    data = encode(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert mean_colour(decode(data)) == [255, 0, 0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_honoured(kind: str, orientation: int) -> None:
    upright = gradient(64, 48)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options: dict[str, Any] = {"quality": 95} if kind != "PNG" else {}
    decoded = decode(encode(stored, kind, exif=exif.tobytes(), **options))
    assert (decoded.width, decoded.height) == (64, 48)
    expected = decode(encode(upright)).array.astype(int)
    assert np.abs(decoded.array.astype(int) - expected).mean() < 6


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0rubbish",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, ORIENTATION, 3, 1, 99, 0),
        b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, ORIENTATION, 2, 1, 6, 0),
    ],
)
def test_damaged_exif_leaves_the_picture_upright(exif: bytes) -> None:
    assert orientation_of(exif) == UPRIGHT
    data = encode(Image.new("RGB", (20, 10)), "JPEG", exif=b"Exif\0\0" + exif)
    assert decode(data).width == 20


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_is_read_in_both_byte_orders(order: str) -> None:
    prefix = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "IHHHIHH", 8, 1, ORIENTATION, 3, 1, 6, 0)
    assert orientation_of(b"Exif\0\0" + prefix + entry) == 6


def test_a_jpeg_without_exif_is_passed_on_as_it_is() -> None:
    data = encode(Image.new("RGB", (20, 10)), "JPEG")
    assert split_jpeg(data) == (data, UPRIGHT)
    assert split_jpeg(data[:3]) == (data[:3], UPRIGHT)


def stripes(width: int, height: int) -> Image.Image:
    """White in the middle half of the longer side, black outside."""
    pixels: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
    if width >= height:
        pixels[:, width // 4 : width * 3 // 4] = 255
    else:
        pixels[height // 4 : height * 3 // 4] = 255
    return Image.fromarray(pixels)


@pytest.mark.parametrize("size", [(64, 32), (32, 64)])
def test_cover_cuts_the_middle_out_and_stretch_keeps_all(size: tuple[int, int]) -> None:
    data = encode(stripes(*size))
    cover = decode(data, GREY.model_copy(update={"resize": "cover"}))
    stretch = decode(data, GREY)
    assert cover.array.min() > 200
    assert mean_colour(stretch)[0] == pytest.approx(128, abs=2)
    assert (cover.width, cover.height) == size


def test_cover_works_at_every_size() -> None:
    for side in range(1, 400, 7):
        spec = GREY.model_copy(update={"width": 224 + side, "height": 224, "resize": "cover"})
        data = encode(Image.new("L", (240, 181 + side)))
        assert decode(data, spec).array.shape == (224, 224 + side, 1)


def test_a_large_jpeg_reports_its_size_and_not_that_of_the_draft() -> None:
    image = gradient(1280, 720)
    decoded = decode(encode(image, "JPEG", quality=95))
    assert (decoded.width, decoded.height) == (1280, 720)
    expected = np.asarray(image.resize((8, 8), Image.Resampling.BOX)).astype(int)
    assert np.abs(decoded.array - expected).max() < 8


def test_no_bytes_are_refused() -> None:
    fault = fault_of(b"")
    assert fault.code == "empty_input"
    assert "no bytes" in fault.detail


@pytest.mark.parametrize("data", [b"hello", b"{}", b"\0" * 100, b"<html>secret</html>", b"\xff"])
def test_what_is_no_picture_is_refused_without_repeating_it(data: bytes) -> None:
    fault = fault_of(data)
    assert fault.code == "invalid_image"
    assert "not a picture" in fault.detail
    assert "secret" not in fault.detail


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (encode(Image.new("RGB", (4, 4)), "TIFF"), "TIFF"),
        (encode(Image.new("RGB", (16, 16)), "ICO"), "ICO"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, name: str) -> None:
    fault = fault_of(data)
    assert fault.code == "unsupported_image_format"
    assert name in fault.detail
    assert "JPEG, PNG" in fault.detail


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("kept", [0.5, 0.1, 0.02])
def test_a_truncated_picture_is_refused(kind: str, kept: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = encode(Image.fromarray(noise), kind)
    fault = fault_of(data[: max(20, int(len(data) * kept))])
    assert fault.code == "invalid_image"
    assert "damaged or cut off" in fault.detail


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_random_damage_never_escapes_as_another_error(kind: str) -> None:
    rng = np.random.default_rng(1)
    good = encode(gradient(40, 40), kind)
    for _ in range(200):
        data = bytearray(good)
        for position in rng.integers(12, len(data), 8):
            data[position] = rng.integers(0, 256)
        try:
            decoded = decode(bytes(data), limits=ImageLimits(max_pixels=100_000))
        except InvalidImage:
            continue
        assert decoded.array.shape == (8, 8, 3)


def webp_of_size(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def lossless_webp_of_size(width: int, height: int) -> bytes:
    bits = struct.pack("<I", (width - 1) | (height - 1) << 14)
    chunk = b"VP8L" + struct.pack("<I", 5) + b"\x2f" + bits
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def gif_of_size(screen: int, frame: int) -> bytes:
    """Make a GIF that asks for its frame to be cleared, which makes Pillow fill it at once."""
    control = b"\x21\xf9\x04\x09\0\0\0\0"
    picture = b"," + struct.pack("<HHHHB", 0, 0, frame, frame, 0) + b"\x02\x02L\x01\0;"
    table = b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0x80, 0, 0) + table + control + picture


def bmp_of_size(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 10, 0, 0, 54) + header + b"\0" * 10


def jpeg_of_size(width: int, height: int) -> bytes:
    data = bytearray(encode(Image.new("L", (8, 8)), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        png_of_size(20_000, 20_000),
        png_of_size(2**31 - 1, 1),
        webp_of_size(16_384, 16_384),
        lossless_webp_of_size(16_383, 16_383),
        gif_of_size(20_000, 1),
        gif_of_size(1, 20_000),
        bmp_of_size(20_000, 20_000),
        jpeg_of_size(20_000, 20_000),
    ],
    ids=["png", "png side", "webp", "webp lossless", "gif screen", "gif frame", "bmp", "jpeg"],
)
def test_a_bomb_is_refused_before_it_takes_memory(data: bytes) -> None:
    resident_before = resident_bytes()
    tracemalloc.start()
    fault = fault_of(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.code == "image_too_large"
    assert "send a smaller one" in fault.detail
    assert peak < 1_000_000
    # Pillow's own memory is not traced: look at the whole process too.
    assert resident_bytes() - resident_before < 8_000_000


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_the_limits_are_inclusive_and_named_in_the_message() -> None:
    data = encode(Image.new("L", (100, 50)))
    assert decode(data, limits=ImageLimits(max_pixels=5_000, max_side=100)).width == 100
    for limits in (ImageLimits(max_pixels=4_999), ImageLimits(max_side=99)):
        fault = fault_of(data, limits)
        assert fault.code == "image_too_large"
        assert "100 x 50" in fault.detail


def test_a_lossy_webp_over_the_limit_is_refused() -> None:
    data = encode(Image.new("RGB", (300, 20)), "WEBP", quality=50)
    assert fault_of(data, ImageLimits(max_side=299)).code == "image_too_large"
    assert decode(data, limits=ImageLimits(max_side=300)).height == 20


def test_a_webp_of_unknown_kind_is_refused() -> None:
    assert fault_of(b"RIFF\x10\0\0\0WEBPVP9 \0\0\0\0").code == "invalid_image"


def test_a_gif_without_a_frame_is_refused() -> None:
    assert fault_of(b"GIF89a\x01\0\x01\0\0\0\0;").code == "invalid_image"
