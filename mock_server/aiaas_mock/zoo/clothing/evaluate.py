"""Measure the clothing model on the official test split, through its base and its head."""

from pathlib import Path

from aiaas_mock.inference.cards import Card, Metric, verify_bundle
from aiaas_mock.zoo.clothing.embeddings import embed, served_view
from aiaas_mock.zoo.data_sets import iter_clothing
from aiaas_mock.zoo.measuring import Interpreter, accuracy, picture_input

BASE = ("imagenet-mobilenet-v1-embedding", "1")


def load_base(bundles: Path) -> tuple[Card, Interpreter]:
    """Load the embedding model that the head stands on.

    Raises:
        BundleError: It is missing or damaged.
    """
    folder = bundles.joinpath(*BASE)
    card = verify_bundle(folder)
    return card, Interpreter(folder, card, variant=card.default_variant)


def evaluate(*, card: Card, folder: Path, data: Path, bundles: Path) -> tuple[Metric, ...]:
    """Return the test accuracy of the head on the embeddings of its base."""
    base, model = load_base(bundles)
    test = embed(iter_clothing(data, "test"), model, picture_input(base), served_view)
    variant = card.default_variant
    scores = Interpreter(folder, card, variant=variant).run(test.values[:, 0])
    return (
        Metric(
            name="accuracy",
            split=f"test, {len(test.labels)} photos",
            value=accuracy(scores, test.labels),
            variant=variant,
            command=f"aiaas-mock evaluate {card.name} --data DIR",
            note="with so few photos, one standard error is 1.8 points",
        ),
    )
