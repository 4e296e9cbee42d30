"""The in-process limit: what the engines do without HTTP, and decoding with them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np

from aiaas_mock.inference.bundles import SHIPPED, Catalogue, ModelRef
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.engines import Engine, EngineName, load_engine
from aiaas_mock.inference.preprocess.images import ImageLimits, decode_image

BATCHES = (1, 8, 32, 64)


def per_s(work: Callable[[], object], units: int, *, seconds: float = 0.15) -> float:
    """Return how many units a second `work` does, each call doing so many."""
    calls = 0
    started = time.perf_counter()
    while (took := time.perf_counter() - started) < seconds:
        work()
        calls += 1
    return calls * units / took


def engine_rates(engines: tuple[EngineName, ...], rounds: int) -> dict[str, dict[str, float]]:
    """Measure images a second of ``fashion-cnn`` for each engine and batch size."""
    ref = fashion_cnn()
    loaded = {name: load_engine(ref, name) for name in engines}
    rates: dict[str, dict[str, list[float]]] = {
        name: {f"batch {size}": [] for size in BATCHES} for name in engines
    }
    for _ in range(rounds):  # interleaved, so that a busy moment hits all alike
        for name, engine in loaded.items():
            for size in BATCHES:
                rows = np.random.default_rng(0).random((size, 28, 28, 1), np.float32)
                engine.run(rows)
                rates[name][f"batch {size}"].append(per_s(partial(engine.run, rows), size))
    return {
        name: {size: median(found) for size, found in sizes.items()}
        for name, sizes in rates.items()
    }


class DecodeAndRun:
    """The work of a request without HTTP: decode its pictures, run the model on them."""

    def __init__(self, engine: EngineName) -> None:
        ref = fashion_cnn()
        spec = ref.card.input
        assert isinstance(spec, ImageInput)
        self._spec = spec
        self._engine: Engine = load_engine(ref, engine)

    def __call__(self, pngs: list[bytes]) -> None:
        """Answer one request."""
        limits = ImageLimits()
        rows = np.stack([decode_image(png, self._spec, limits).array for png in pngs])
        self._engine.run(rows)


def fashion_cnn() -> ModelRef:
    """Return the model that is measured."""
    return Catalogue.scan(SHIPPED).resolve("fashion-cnn")
