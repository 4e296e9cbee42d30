"""The cards of the Fashion-MNIST models, but for what only training knows."""

from datetime import date
from typing import Final

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.cards import Card, Training, Variant
from aiaas_mock.zoo.data_sets import FASHION_LABELS, FASHION_MNIST

INPUT: Final = ImageInput(width=28, height=28, mode="L", dtype="float32", scale=1 / 255)
LABELS_FILE: Final = "labels.txt"

_LIMITS: Final = (
    "For pictures like Fashion-MNIST's: one garment, light grey on black, centred, 28x28. On "
    "ordinary photos the answer means nothing: use `clothing`. Shirts are the weak class: they "
    "are taken for T-shirts, pullovers and coats."
)


def draft(
    name: str,
    *,
    summary: str,
    architecture: str,
    parameters: int,
    training: Training,
    variants: dict[str, Variant],
    created: date,
) -> Card:
    """Return a card that has everything but the metrics and the checksums."""
    return Card(
        name=name,
        version="1",
        task="image-classification",
        summary=summary,
        origin="trained-by-us",
        input=INPUT,
        output=ScoresOutput(size=len(FASHION_LABELS), labels_file=LABELS_FILE),
        max_batch=64,
        architecture=architecture,
        parameters=parameters,
        data=FASHION_MNIST,
        limits=_LIMITS,
        licence="Apache-2.0",
        created=created,
        training=training,
        variants=variants,
        default_variant="float32",
    )
