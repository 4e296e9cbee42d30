"""Photos turned into the embeddings that the head is trained and measured on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.preprocess.images import ImageLimits, decode_image
from aiaas_mock.zoo.data_sets import LabelledPhoto
from aiaas_mock.zoo.measuring import Interpreter

LIMITS = ImageLimits()
CROPS = 3
"""Random crops of each training photo, beside the whole photo."""
LARGEST_CROP_MARGIN = 64

Views = Callable[[bytes, ImageInput], list[NDArray[Any]]]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Embeddings of shape (photos, views, size) and the photos' classes of shape (photos,)."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]


def embed(
    photos: Iterable[LabelledPhoto], model: Interpreter, spec: ImageInput, views: Views
) -> Embeddings:
    """Embed every view of every photo."""
    values, labels = [], []
    for photo in photos:
        values.append(model.run(np.stack(views(photo.jpeg, spec))))
        labels.append(photo.label)
    return Embeddings(np.stack(values), np.array(labels))


def served_view(jpeg: bytes, spec: ImageInput) -> list[NDArray[Any]]:
    """Return the photo as the server sees it, and nothing else."""
    return [decode_image(jpeg, spec, LIMITS).array]


def random_views(rng: np.random.Generator) -> Views:
    """Return a function that gives the photo as served, mirrored, squeezed and cropped."""

    def views(jpeg: bytes, spec: ImageInput) -> list[NDArray[Any]]:
        whole = served_view(jpeg, spec)[0]
        squeezed = served_view(jpeg, spec.model_copy(update={"resize": "stretch"}))[0]
        crops = [_random_crop(jpeg, spec, rng) for _ in range(CROPS)]
        return [whole, whole[:, ::-1], squeezed, *crops]

    return views


def _random_crop(jpeg: bytes, spec: ImageInput, rng: np.random.Generator) -> NDArray[Any]:
    margin = int(rng.integers(8, LARGEST_CROP_MARGIN + 1))
    larger = {"width": spec.width + margin, "height": spec.height + margin}
    pixels = decode_image(jpeg, spec.model_copy(update=larger), LIMITS).array
    top, left = rng.integers(0, margin + 1, 2)
    crop = pixels[top : top + spec.height, left : left + spec.width]
    return crop[:, ::-1] if rng.random() < 0.5 else crop
