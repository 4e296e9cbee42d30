"""Measure a Fashion-MNIST model on the official test split."""

from pathlib import Path

from aiaas_mock.inference.cards import Card, Metric
from aiaas_mock.inference.preprocess.images import to_input
from aiaas_mock.zoo.data_sets import load_fashion_mnist
from aiaas_mock.zoo.measuring import Interpreter, accuracy, litert_variants, picture_input


def evaluate(*, card: Card, folder: Path, data: Path, bundles: Path) -> tuple[Metric, ...]:
    """Return the test accuracy of each variant that runs on LiteRT."""
    test = load_fashion_mnist(data, "test")
    pixels = to_input(test.images, picture_input(card))[..., None]
    return tuple(
        Metric(
            name="accuracy",
            split=f"test, {len(test):,} images",
            value=accuracy(Interpreter(folder, card, variant=variant).run(pixels), test.labels),
            variant=variant,
            command=f"aiaas-mock evaluate {card.name} --data DIR",
        )
        for variant in litert_variants(card)
    )
