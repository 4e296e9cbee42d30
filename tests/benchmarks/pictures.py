"""The pictures that are sent, and the requests that carry them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

_SAMPLE = Path(__file__).parent.parent / "data" / "fashion_mnist_sample.npz"
_BOUNDARY = "benchmark-boundary"


def fashion_pngs(count: int) -> list[bytes]:
    """Return Fashion-MNIST test pictures as PNG files."""
    with np.load(_SAMPLE) as sample:
        images = sample["images"][:count]
    pngs = []
    for image in images:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "png")
        pngs.append(buffer.getvalue())
    return pngs


def json_body(pngs: list[bytes]) -> tuple[bytes, str]:
    """Return a JSON body with base64 pictures, and its content type."""
    inputs = [{"data": base64.b64encode(png).decode()} for png in pngs]
    return json.dumps({"inputs": inputs}).encode(), "application/json"


def multipart_body(pngs: list[bytes]) -> tuple[bytes, str]:
    """Return a multipart body, and its content type."""
    parts = [_part(number) + png + b"\r\n" for number, png in enumerate(pngs)]
    body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={_BOUNDARY}"


def _part(number: int) -> bytes:
    disposition = f'form-data; name="inputs"; filename="{number}.png"'
    head = f"Content-Disposition: {disposition}\r\nContent-Type: image/png"
    return f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode()
