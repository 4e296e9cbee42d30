"""The public data sets that our models are trained and measured on."""

import gzip
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.cards import DataSet
from aiaas_mock.zoo.errors import ZooError

Split = Literal["train", "validation", "test"]

FASHION_LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FASHION_MNIST = DataSet(
    name="Fashion-MNIST",
    licence="MIT, copyright 2017 Zalando SE",
    source="https://github.com/zalandoresearch/fashion-mnist (Debian package "
    "dataset-fashion-mnist)",
    split="official: 60,000 train, 10,000 test",
)
CLOTHING_LABELS = (
    "dress",
    "hat",
    "longsleeve",
    "outwear",
    "pants",
    "shirt",
    "shoes",
    "shorts",
    "skirt",
    "t-shirt",
)
CLOTHING_SMALL = DataSet(
    name="clothing-dataset-small",
    licence="CC0 1.0",
    source="https://github.com/alexeygrigorev/clothing-dataset-small at commit "
    "11961512516414bf9f6c150a832cfd21b54a6b54; shorter side scaled to 240 pixels",
    split="official: 3,068 train, 341 validation, 372 test",
)
_FASHION_PREFIX = {"train": "train", "test": "t10k"}
_CLOTHING_ARCHIVE = "clothing-small.tar"


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """Grey images of shape (N, 28, 28) and their classes of shape (N,), both uint8."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def subset(self, chosen: NDArray[np.intp]) -> "LabelledImages":
        """Return the chosen images, in the order in which they are chosen."""
        return LabelledImages(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A JPEG file and its class, an index into `CLOTHING_LABELS`."""

    name: str
    jpeg: bytes
    label: int


def load_fashion_mnist(data: Path, split: Literal["train", "test"]) -> LabelledImages:
    """Read one split of Fashion-MNIST.

    Args:
        data: The folder of the four `.gz` files, or a folder that has it as `fashion-mnist`.
        split: The official split.

    Raises:
        ZooError: The files are not there.
    """
    prefix = _FASHION_PREFIX[split]
    folder = _folder_with(
        data,
        "fashion-mnist",
        f"{prefix}-images-idx3-ubyte.gz",
        "apt-get install dataset-fashion-mnist and give --data /usr/share/datasets, or download "
        "the four files from https://github.com/zalandoresearch/fashion-mnist",
    )
    images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz", header_bytes=16)
    labels = _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", header_bytes=8)
    return LabelledImages(images.reshape(len(labels), 28, 28), labels)


def iter_clothing(data: Path, split: Split) -> Iterator[LabelledPhoto]:
    """Read one split of the clothing photos, in the order of the archive.

    Args:
        data: The folder of `clothing-small.tar`, or a folder that has it as `clothing-small`.
        split: The official split.

    Raises:
        ZooError: The archive is not there.
    """
    folder = _folder_with(
        data,
        "clothing-small",
        _CLOTHING_ARCHIVE,
        "clone https://github.com/alexeygrigorev/clothing-dataset-small and pack its folders "
        f"train, validation and test into {_CLOTHING_ARCHIVE}",
    )
    # Read from front to back as a stream; nothing is unpacked to disk.
    with tarfile.open(folder / _CLOTHING_ARCHIVE, "r|") as archive:
        for member in archive:
            parts = Path(member.name).parts
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and len(parts) == 3 and parts[0] == split:
                yield LabelledPhoto(member.name, file.read(), CLOTHING_LABELS.index(parts[1]))


def _folder_with(data: Path, name: str, file: str, remedy: str) -> Path:
    for folder in (data, data / name):
        if (folder / file).is_file():
            return folder
    raise ZooError("data_missing", f"no {file} in {data} or {data / name}: {remedy}")


def _read_idx(path: Path, *, header_bytes: int) -> NDArray[np.uint8]:
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header_bytes)
