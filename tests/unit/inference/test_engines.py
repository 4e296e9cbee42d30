"""Engines that need no TensorFlow: LiteRT and null."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiaas_mock.inference.backend import ModelUnavailable
from aiaas_mock.inference.bundles import SHIPPED, Catalogue
from aiaas_mock.inference.engines import load_engine
from aiaas_mock.inference.engines.litert import LiteRtEngine
from aiaas_mock.inference.engines.null import NullEngine

SAMPLE = Path(__file__).parents[2] / "data" / "fashion_mnist_sample.npz"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue.scan(SHIPPED)


@pytest.fixture(scope="module")
def garments() -> Any:
    with np.load(SAMPLE) as sample:
        return (sample["images"][..., None] / 255).astype(np.float32), sample["labels"]


def test_litert_recognises_garments(shipped: Catalogue, garments: Any) -> None:
    images, labels = garments
    scores = load_engine(shipped.resolve("fashion-cnn"), "litert").run(images)
    assert scores.dtype == np.float32
    assert scores.shape == (200, 10)
    np.testing.assert_allclose(scores.sum(axis=1), 1.0, atol=1e-5)
    assert (scores.argmax(axis=1) == labels).mean() > 0.8


def test_litert_answers_the_same_in_every_batch_size(shipped: Catalogue, garments: Any) -> None:
    images, _ = garments
    engine = load_engine(shipped.resolve("fashion-cnn"), "litert")
    whole = engine.run(images)
    for size in (1, 3, 64, 7):
        parts = [engine.run(images[at : at + size]) for at in range(0, len(images), size)]
        np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


def test_litert_runs_a_quantised_variant_on_request(shipped: Catalogue, garments: Any) -> None:
    images, labels = garments
    scores = load_engine(shipped.resolve("fashion-cnn:int8"), "litert").run(images)
    assert scores.dtype == np.float32
    assert (scores.argmax(axis=1) == labels).mean() > 0.8


def test_litert_runs_files_of_fixed_batch_row_by_row(shipped: Catalogue) -> None:
    ref = shipped.resolve("imagenet-mobilenet-v1-embedding")
    rows = np.random.default_rng(1).integers(0, 256, (3, 224, 224, 3), np.uint8)
    engine = load_engine(ref, "litert")
    vectors = engine.run(rows)
    assert vectors.shape == (3, 1024)
    np.testing.assert_array_equal(engine.run(rows[1:2])[0], vectors[1])


def test_the_answers_outlive_the_next_run(shipped: Catalogue, garments: Any) -> None:
    images, _ = garments
    engine = load_engine(shipped.resolve("fashion-cnn"), "litert")
    first = engine.run(images[:4])
    kept = first.copy()
    engine.run(images[4:8])
    np.testing.assert_array_equal(first, kept)


def test_litert_refuses_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match=r"cannot load model\.tflite"):
        LiteRtEngine(path)


def test_the_null_engine_computes_nothing_and_gives_equal_scores(shipped: Catalogue) -> None:
    ref = shipped.resolve("fashion-cnn")
    engine = load_engine(ref, "null")
    assert isinstance(engine, NullEngine)
    np.testing.assert_allclose(engine.run(np.zeros((3, 28, 28, 1))), np.full((3, 10), 0.1))


def test_under_tensorflow_a_bundle_without_such_weights_runs_on_litert(shipped: Catalogue) -> None:
    engine = load_engine(shipped.resolve("imagenet-mobilenet-v2"), "tensorflow")
    assert isinstance(engine, LiteRtEngine)


def test_a_missing_tensorflow_is_unavailable_with_the_command_to_run(
    shipped: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ModelUnavailable, match="pip install"):
        load_engine(shipped.resolve("fashion-cnn"), "tensorflow")


def test_weights_that_changed_since_the_catalogue_was_read_are_refused(
    write_bundle: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_bundle()
    ref = Catalogue.scan(tmp_path / "models").resolve("tiny")
    (folder / "model.tflite").unlink()
    with pytest.raises(ModelUnavailable, match="missing"):
        load_engine(ref, "litert")
