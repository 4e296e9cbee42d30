"""The two ImageNet models that a third party has trained: measured here, not made here."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.card_outputs import EmbeddingOutput, ScoresOutput
from aiaas_mock.inference.cards import Card, DataSet, Metric, Source, Variant, read_labels
from aiaas_mock.inference.preprocess.images import ImageLimits, decode_image
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.clothing.embeddings import embed, served_view
from aiaas_mock.zoo.data_sets import Split, iter_clothing
from aiaas_mock.zoo.errors import ZooError
from aiaas_mock.zoo.measuring import Interpreter, picture_input

_PROBED_SPLITS: tuple[Split, Split] = ("train", "test")
_SOURCE = Source(
    url="https://github.com/google-coral/test_data",
    commit="104342d2d3480b3e66203073dac24f4e2dbb4c41",
)
_IMAGENET = DataSet(
    name="ImageNet-1k (ILSVRC 2012)",
    licence="research use; only the weights are distributed here, under Apache-2.0",
    source="https://www.image-net.org",
    split="official train split, by the third party",
)
_CREATED = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class ReferencePhoto:
    """A photo whose answer is known: the top label and its score."""

    file: str
    label: str


REFERENCE_PHOTOS: Final = (
    ReferencePhoto("cat.jpg", "Egyptian cat"),
    ReferencePhoto("parrot.jpg", "macaw"),
    ReferencePhoto("hot_dog.jpg", "hotdog, hot dog, red hot"),
)

MOBILENET_V2: Final = Card(
    name="imagenet-mobilenet-v2",
    version="1",
    task="image-classification",
    summary="Names what is in a photo: 1,000 kinds of things, animals, foods and places",
    origin="third-party",
    input=ImageInput(width=224, height=224, mode="RGB", dtype="uint8", resize="stretch"),
    output=ScoresOutput(size=1001, labels_file="labels.txt", ignored=(0,)),
    max_batch=64,
    fixed_batch=1,
    architecture="MobileNet v2, width 1.0, 224x224, quantised to 8 bits",
    data=_IMAGENET,
    limits="Knows only the 1,000 ImageNet classes and always names one of them. Not for people, "
    "medical pictures or any decision about a person. Biased towards the photos that were on "
    "the web around 2010.",
    licence="Apache-2.0",
    source=_SOURCE,
    created=_CREATED,
    variants={"int8": Variant(engine="litert", file="model.tflite")},
    default_variant="int8",
)
MOBILENET_V1_EMBEDDING: Final = Card(
    name="imagenet-mobilenet-v1-embedding",
    version="1",
    task="image-embedding",
    summary="Turns a photo into 1,024 numbers: near pictures get near vectors",
    origin="third-party",
    # "cover" because a head on it does better so: see the card of `clothing`.
    input=ImageInput(width=224, height=224, mode="RGB", dtype="uint8", resize="cover"),
    output=EmbeddingOutput(size=1024),
    max_batch=64,
    fixed_batch=1,
    architecture="MobileNet v1, width 1.0, 224x224, up to its global pooling, quantised to 8 bits",
    data=_IMAGENET,
    limits="For similarity of photos of things. Not for telling people apart. All numbers are "
    "positive, so that even unlike pictures have a cosine similarity well above zero.",
    licence="Apache-2.0",
    source=_SOURCE,
    created=_CREATED,
    variants={"int8": Variant(engine="litert", file="model.tflite")},
    default_variant="int8",
)


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Refuse: these models come as they are.

    Raises:
        ZooError: Always.
    """
    raise ZooError(
        "not_trainable",
        f"{name} was pre-trained by a third party and is shipped unchanged from {_SOURCE.url}; "
        "train fashion-cnn, fashion-resnet or clothing instead",
    )


def adopt(card: Card, *, weights: Path, labels: Sequence[str], data: Path, out: Path) -> Path:
    """Make the bundle of a third party's model from its unchanged file.

    Args:
        card: `MOBILENET_V2` or `MOBILENET_V1_EMBEDDING`.
        weights: The `.tflite` file.
        labels: Its labels, for a classifier.
        data: Folder that `evaluate` needs.
        out: Folder of bundles.
    """
    folder = new_bundle_folder(out, card)
    (variant,) = card.variants.values()
    shutil.copyfile(weights, folder / variant.file)
    measure = evaluate_photos if isinstance(card.output, ScoresOutput) else evaluate_embedding
    return finish_bundle(
        folder,
        card,
        labels=labels,
        measure=lambda draft: measure(card=draft, folder=folder, data=data, bundles=out),
    )


def evaluate_photos(*, card: Card, folder: Path, data: Path, bundles: Path) -> tuple[Metric, ...]:
    """Return the score of each reference photo's label, 0 where another label came first."""
    output = card.output
    if not isinstance(output, ScoresOutput):
        raise TypeError(f"{card.id} is no classifier")
    labels = read_labels(folder, output)
    model = Interpreter(folder, card, variant=card.default_variant)
    return tuple(
        Metric(
            name=f"score of {photo.label!r}",
            split=f"reference photo {photo.file}",
            value=_score_if_first(model, card, labels, photo, data),
            variant=card.default_variant,
            command=f"aiaas-mock evaluate {card.name} --data examples/photos",
            note="the label came first",
        )
        for photo in REFERENCE_PHOTOS
    )


def evaluate_embedding(
    *, card: Card, folder: Path, data: Path, bundles: Path
) -> tuple[Metric, ...]:
    """Return how often the nearest training photo of clothing is of the test photo's kind."""
    model = Interpreter(folder, card, variant=card.default_variant)
    train, test = (
        embed(iter_clothing(data, split), model, picture_input(card), served_view)
        for split in _PROBED_SPLITS
    )
    similarity = _unit(test.values[:, 0]) @ _unit(train.values[:, 0]).T
    return (
        Metric(
            name="nearest_neighbour_accuracy",
            split="clothing-dataset-small: 372 test photos against 3,068 train photos",
            value=round(float((train.labels[similarity.argmax(axis=1)] == test.labels).mean()), 4),
            variant=card.default_variant,
            command=f"aiaas-mock evaluate {card.name} --data DIR",
            note="share of test photos whose nearest train photo by cosine is of the same kind",
        ),
    )


def _score_if_first(
    model: Interpreter, card: Card, labels: Sequence[str], photo: ReferencePhoto, data: Path
) -> float:
    path = data / photo.file
    if not path.is_file():
        raise ZooError("data_missing", f"no {path}; give --data examples/photos")
    decoded = decode_image(path.read_bytes(), picture_input(card), ImageLimits())
    scores = model.run(decoded.array[None])[0]
    top = int(scores.argmax())
    return round(float(scores[top]), 4) if labels[top] == photo.label else 0.0


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
