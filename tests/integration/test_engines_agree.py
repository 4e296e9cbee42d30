"""LiteRT and TensorFlow give the same answers to the same pictures, over HTTP."""

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from aiaas_mock.conformance import ServerProcess
from aiaas_mock.inference.bundles import SHIPPED, Bundle, Catalogue

TOLERANCE = 1e-4
SAMPLE = Path(__file__).parents[1] / "data" / "fashion_mnist_sample.npz"
PHOTOS = sorted((Path(__file__).parents[2] / "examples" / "photos").glob("*.jpg"))

pytestmark = pytest.mark.tensorflow


def with_both(bundle: Bundle) -> bool:
    engines = {variant.engine for variant in bundle.card.variants.values()}
    return engines == {"litert", "tensorflow"}


BUNDLES = [
    bundle.card.id for bundle in Catalogue.scan(SHIPPED).bundles.values() if with_both(bundle)
]


@pytest.fixture(scope="module")
def tensorflow(api_key: str) -> Iterator[ServerProcess]:
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    options = ("--engine", "tensorflow", "--warm", "fashion-cnn")
    with ServerProcess("--api-key", api_key, *options) as server:
        server.wait_for_log('"ready"', timeout_s=60)
        yield server


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    """Garments and photos; a model must answer the same even to what it was not made for."""
    with np.load(SAMPLE) as sample:
        garments = sample["images"][::10]
    return [*(as_png(garment) for garment in garments), *(path.read_bytes() for path in PHOTOS)]


def as_png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def scores(server: ServerProcess, api_key: str, model: str, pictures: list[bytes]) -> Any:
    response = httpx.post(
        f"{server.url}/v1/images/classify",
        files=[
            ("request", (None, f'{{"model": "{model}", "top_k": 1000}}'.encode())),
            *(("inputs", ("picture", data)) for data in pictures),
        ],
        headers={"Authorization": f"Bearer {api_key}"},
        timeout=60,
    )
    assert response.status_code == 200, response.text
    results = response.json()["results"]
    return [sorted((p["label"], p["score"]) for p in r["predictions"]) for r in results]


@pytest.mark.parametrize("model", BUNDLES)
def test_both_engines_give_the_same_answers(
    live: ServerProcess, tensorflow: ServerProcess, api_key: str, pictures: list[bytes], model: str
) -> None:
    ours, theirs = (scores(s, api_key, model, pictures) for s in (live, tensorflow))
    for one, other in zip(ours, theirs, strict=True):
        assert [label for label, _ in one] == [label for label, _ in other]
        difference = np.subtract([score for _, score in one], [score for _, score in other])
        assert np.abs(difference).max() <= TOLERANCE


def test_a_model_without_tensorflow_weights_runs_under_either_engine(
    live: ServerProcess, tensorflow: ServerProcess, api_key: str, pictures: list[bytes]
) -> None:
    model = "imagenet-mobilenet-v2"
    ours, theirs = (scores(s, api_key, model, pictures[-2:]) for s in (live, tensorflow))
    assert ours == theirs
