"""Answers are never swapped, however many clients ask at once and whichever way they send."""

import base64
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.engines import load_engine
from aiaas_mock.inference.preprocess.images import ImageLimits, decode_image

SAMPLE = Path(__file__).parents[1] / "data" / "fashion_mnist_sample.npz"
CLASSIFY = "/v1/images/classify"
MODEL = "fashion-cnn"
PICTURES = 3_000
CLIENTS = 32
MOST_IN_A_REQUEST = 4
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Material:
    """Pictures, and what the model alone says of each: scores in the order of the labels."""

    pictures: Sequence[bytes]
    scores: NDArray[np.float32]
    labels: Sequence[str]


@pytest.fixture(scope="module")
def material() -> Material:
    pictures = blended_pictures()
    ref = Catalogue.scan(SHIPPED).resolve(MODEL)
    spec = ref.card.input
    assert isinstance(spec, ImageInput)
    rows = np.stack([decode_image(data, spec, ImageLimits()).array for data in pictures])
    engine = load_engine(ref, "litert")
    scores = np.concatenate([engine.run(rows[at : at + 64]) for at in range(0, len(rows), 64)])
    return Material(pictures, scores, ref.bundle.labels)


def blended_pictures() -> list[bytes]:
    """Blend garments by twos, so that every picture has an answer of its own."""
    with np.load(SAMPLE) as sample:
        images = sample["images"].astype(np.float32)
    chance = np.random.default_rng(7)
    firsts, seconds = chance.integers(len(images), size=(2, PICTURES))
    shares = chance.uniform(0.2, 0.8, (PICTURES, 1, 1)).astype(np.float32)
    blends = images[firsts] * shares + images[seconds] * (1 - shares)
    return [as_png(blend) for blend in blends.astype(np.uint8)]


def as_png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def test_the_answers_differ_enough_to_notice_a_swap(material: Material) -> None:
    assert len(np.unique(material.scores.round(4), axis=0)) > 0.97 * PICTURES


async def test_thousands_of_interleaved_pictures_get_their_own_answers(
    live: ServerProcess, api_key: str, material: Material
) -> None:
    chance = random.Random(11)  # nothing secret
    jobs = iter(in_requests(chance))
    answered: list[int] = []

    async def work(client: httpx.AsyncClient) -> None:
        for numbers in jobs:
            body = await ask(client, [material.pictures[n] for n in numbers], chance.random())
            check(body, numbers, material)
            answered.extend(numbers)

    headers = {"Authorization": f"Bearer {api_key}"}
    limits = httpx.Limits(max_connections=CLIENTS)
    async with (
        httpx.AsyncClient(base_url=live.url, headers=headers, limits=limits, timeout=60) as client,
        anyio.create_task_group() as group,
    ):
        for _ in range(CLIENTS):
            group.start_soon(work, client)
    assert sorted(answered) == list(range(PICTURES))


def in_requests(chance: random.Random) -> list[list[int]]:
    """Deal the pictures' numbers out, 1 to 4 a request."""
    numbers = list(range(PICTURES))
    chance.shuffle(numbers)
    requests = []
    while numbers:
        count = chance.randint(1, MOST_IN_A_REQUEST)
        requests.append(numbers[:count])
        del numbers[:count]
    return requests


async def ask(client: httpx.AsyncClient, pictures: Sequence[bytes], way: float) -> dict[str, Any]:
    """Send pictures raw (when it is one), as JSON or as a form."""
    options = {"model": MODEL, "top_k": 10}
    if len(pictures) == 1 and way < 0.7:
        query = {"model": MODEL, "top_k": "10"}
        headers = {"Content-Type": "image/png"}
        response = await client.post(CLASSIFY, params=query, content=pictures[0], headers=headers)
    elif way < 0.5:
        inputs = [{"data": base64.b64encode(data).decode()} for data in pictures]
        response = await client.post(CLASSIFY, json={**options, "inputs": inputs})
    else:
        form: list[tuple[str, Any]] = [("inputs", ("p.png", data)) for data in pictures]
        form.append(("request", (None, b'{"model": "fashion-cnn", "top_k": 10}')))
        response = await client.post(CLASSIFY, files=form)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def check(body: dict[str, Any], numbers: Sequence[int], material: Material) -> None:
    assert [result["index"] for result in body["results"]] == list(range(len(numbers)))
    for number, result in zip(numbers, body["results"], strict=True):
        scores = {p["label"]: p["score"] for p in result["predictions"]}
        found = [scores[label] for label in material.labels]
        np.testing.assert_allclose(found, material.scores[number], atol=TOLERANCE, rtol=0)
