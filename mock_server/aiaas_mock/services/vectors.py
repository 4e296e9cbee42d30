"""Vectors as they are answered: cut, scaled to length 1, written as numbers or bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.bundles import ModelRef

if TYPE_CHECKING:
    from aiaas.contract.answers import EncodingFormat


def dimensions(ref: ModelRef, wanted: int | None) -> int:
    """Return how many numbers of each vector are kept.

    Raises:
        ApiError: The model gives fewer than are wanted.
    """
    size = ref.card.output.size
    if wanted is not None and wanted > size:
        raise ApiError(
            "invalid_request",
            f"Model {ref.id} gives vectors of {size} numbers; ask for at most that many.",
            param="/dimensions",
        )
    return wanted or size


def normalised(vectors: Floats) -> Floats:
    """Scale each row to length 1; a row of zeros has no direction and stays as it is."""
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    lengths[lengths == 0] = 1
    scaled: Floats = vectors / lengths
    return scaled


def written(encoding_format: EncodingFormat) -> Callable[[Floats], tuple[float, ...] | str]:
    """Return what writes a vector in a format of the contract."""
    return _packed if encoding_format == "base64" else _numbers


def _numbers(vector: Floats) -> tuple[float, ...]:
    return tuple(vector.tolist())


def _packed(vector: Floats) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()
