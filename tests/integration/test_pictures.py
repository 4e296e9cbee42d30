"""Pictures as people send them: odd but valid ones work, broken ones fail alone."""

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.conformance.material import ANKLE_BOOT, CUT_OFF, NOT_A_PICTURE, grey_png, in_base64

PHOTOS = Path(__file__).parents[2] / "examples" / "photos"
CAT = (PHOTOS / "cat.jpg").read_bytes()
CLASSIFY = "/v1/images/classify"
STATUS = Path("/proc/self/status")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def cat(mode: str = "RGB") -> Image.Image:
    return Image.open(io.BytesIO(CAT)).convert(mode)


def animated() -> bytes:
    others = [Image.new("RGB", cat().size, colour) for colour in ("red", "blue")]
    return encoded(cat(), "GIF", save_all=True, append_images=others)


def deep_grey() -> bytes:
    values = np.asarray(cat("L")).astype(np.uint16) * 257
    return encoded(Image.fromarray(values), "PNG")


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(cat().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


@pytest.fixture
def headers(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}", "Content-Type": "image/any"}


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (animated, "gif"),
        (deep_grey, "png"),
        (lambda: encoded(cat("CMYK"), "JPEG"), "jpeg"),
        (lambda: encoded(cat("P"), "PNG"), "png"),
        (lambda: encoded(cat("LA"), "PNG"), "png"),
        (lambda: encoded(cat("RGBA"), "WEBP"), "webp"),
        (lambda: encoded(cat(), "BMP"), "bmp"),
        (lambda: encoded(cat(), "JPEG", progressive=True), "jpeg"),
        (turned, "jpeg"),
    ],
    ids=[
        "animated",
        "16 bit",
        "CMYK",
        "palette",
        "grey+alpha",
        "webp",
        "bmp",
        "progressive",
        "turned",
    ],
)
async def test_odd_but_valid_pictures_show_what_they_show(
    in_process: httpx.AsyncClient,
    headers: dict[str, str],
    make: Callable[[], bytes],
    kind: str,
) -> None:
    response = await in_process.post(CLASSIFY, content=make(), headers=headers)
    assert response.status_code == 200
    (result,) = response.json()["results"]
    assert result["format"] == kind
    assert (result["width"], result["height"]) == cat().size
    best = [prediction["label"].lower() for prediction in result["predictions"]]
    assert any("cat" in label or "tabby" in label for label in best), best


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_input"),
        (NOT_A_PICTURE, "invalid_image"),
        (CUT_OFF, "invalid_image"),
        (CAT[:2000], "invalid_image"),
        (b"\xff\xd8\xff", "invalid_image"),
        (b"%PDF-1.7", "unsupported_image_format"),
        (b"<svg/>", "unsupported_image_format"),
        (grey_png(16_385, 1), "image_too_large"),
    ],
    ids=["nothing", "text", "cut PNG", "cut JPEG", "stub", "PDF", "SVG", "too wide"],
)
async def test_a_picture_that_cannot_be_used_is_an_item_error(
    in_process: httpx.AsyncClient, headers: dict[str, str], data: bytes, code: str
) -> None:
    response = await in_process.post(CLASSIFY, content=data, headers=headers)
    assert response.status_code == 200
    body = response.json()
    assert body["usage"] == {"inputs": 0}
    (result,) = body["results"]
    assert result["error"]["code"] == code
    assert result["error"]["status"] == 422


@pytest.mark.skipif(not STATUS.exists(), reason="the kernel does not tell the peak of memory")
def test_a_bomb_is_refused_without_moving_memory(
    live: ServerProcess, headers: dict[str, str]
) -> None:
    bomb = grey_png(20_000, 20_000)  # 400 MB of pixels
    with httpx.Client(base_url=live.url, headers=headers, timeout=30) as client:
        client.post(CLASSIFY, content=ANKLE_BOOT).raise_for_status()
        client.post(CLASSIFY, content=bytes(len(bomb))).raise_for_status()
        before = peak_kib(live.pid)
        response = client.post(CLASSIFY, content=bomb)
        after = peak_kib(live.pid)
    (result,) = response.json()["results"]
    assert result["error"]["code"] == "image_too_large"
    assert "20000 x 20000" in result["error"]["detail"]
    assert after - before < 16 * 1024


def peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


@pytest.fixture
def batch() -> tuple[list[bytes], dict[int, str]]:
    """64 pictures of which three are bad, and what is wrong with those."""
    pictures = [ANKLE_BOOT] * 64
    pictures[5], pictures[31], pictures[63] = NOT_A_PICTURE, CUT_OFF, b""
    return pictures, {5: "invalid_image", 31: "invalid_image", 63: "empty_input"}


Batch = tuple[list[bytes], dict[int, str]]


async def test_64_pictures_in_a_form_with_3_bad_ones_give_61_answers(
    in_process: httpx.AsyncClient, api_key: str, batch: Batch
) -> None:
    pictures, bad = batch
    response = await in_process.post(
        CLASSIFY,
        files=[("inputs", ("picture", data)) for data in pictures],
        headers={"Authorization": f"Bearer {api_key}"},
    )
    assert_61_and_3(response, bad)


async def test_64_pictures_in_json_with_3_bad_ones_give_61_answers(
    in_process: httpx.AsyncClient, api_key: str, batch: Batch
) -> None:
    pictures, bad = batch
    response = await in_process.post(
        CLASSIFY,
        json={"inputs": [{"data": in_base64(data)} for data in pictures]},
        headers={"Authorization": f"Bearer {api_key}"},
    )
    assert_61_and_3(response, bad)


def assert_61_and_3(response: httpx.Response, bad: dict[int, str]) -> None:
    assert response.status_code == 200
    body = response.json()
    assert body["usage"] == {"inputs": 61}
    assert [result["index"] for result in body["results"]] == list(range(64))
    errors = {r["index"]: r["error"]["code"] for r in body["results"] if "error" in r}
    assert errors == bad
    assert all(r["predictions"] for r in body["results"] if "error" not in r)
