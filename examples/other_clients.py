"""Ask the same models through the clients of Triton, OpenAI and TensorFlow Serving.

Run it with AIAAS_API_KEY and AIAAS_BASE_URL set, and: pip install 'tritonclient[http]' openai
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import httpx
import numpy as np
import openai
import tritonclient.http as triton
from PIL import Image

BOOT = Path(__file__).parent / "photos" / "fashion_ankle_boot.png"
MODEL = "fashion-cnn"


def main() -> None:
    """Print what each of them is told."""
    url, key = os.environ["AIAAS_BASE_URL"], os.environ["AIAAS_API_KEY"]
    print("Triton:", classify_with_triton(url, key))
    print("TensorFlow Serving:", classify_with_tensorflow_serving(url, key))
    print("OpenAI:", compare_with_openai(url, key))


def classify_with_triton(url: str, key: str) -> str:
    """Send pixels as the model takes them; get the best class."""
    with Image.open(BOOT) as picture:
        pixels = np.asarray(picture.convert("L"), np.float32)[None, :, :, None] / np.float32(255)
    tensor = triton.InferInput("input", pixels.shape, "FP32")
    tensor.set_data_from_numpy(pixels)
    best = triton.InferRequestedOutput("output", class_count=1)
    with triton.InferenceServerClient(url.partition("://")[2]) as client:
        headers = {"Authorization": f"Bearer {key}"}
        answer = client.infer(MODEL, [tensor], outputs=[best], headers=headers)
    score, _, label = answer.as_numpy("output")[0, 0].decode().split(":")
    return f"{label} {float(score):.3f}"


def classify_with_tensorflow_serving(url: str, key: str) -> str:
    """Send a picture as it is; get the scores of all classes."""
    picture = base64.b64encode(BOOT.read_bytes()).decode()
    answer = httpx.post(
        f"{url}/compat/tfserving/v1/models/{MODEL}:predict",
        json={"instances": [{"b64": picture}]},
        headers={"Authorization": f"Bearer {key}"},
    )
    scores = answer.raise_for_status().json()["predictions"][0]
    return f"class {int(np.argmax(scores))} {max(scores):.3f}"


def compare_with_openai(url: str, key: str) -> str:
    """Embed three texts; get how alike the first is to the others."""
    texts = ["The parcel never arrived.", "My order was not delivered.", "I like your shoes."]
    with openai.OpenAI(api_key=key, base_url=f"{url}/compat/openai/v1") as client:
        answer = client.embeddings.create(model="word2vec", input=texts)
    first, *others = (np.array(one.embedding) for one in answer.data)
    return ", ".join(
        f"{first @ other:.2f} {text}" for other, text in zip(others, texts[1:], strict=True)
    )


if __name__ == "__main__":
    main()
