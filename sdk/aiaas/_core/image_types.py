"""Results of the images resource: the contract's types and where each came from."""

from __future__ import annotations

from aiaas._core.results import Answered
from aiaas.contract import images
from aiaas.contract.answers import ItemError


class ImageClassification(Answered, images.ImageClassification):
    """What one picture shows.

    Attributes:
        index: Position of the picture among those given, from 0.
        predictions: Labels with scores, best first.
        width: Width in pixels of the picture as decoded (after EXIF rotation).
        height: Height in pixels.
        format: ``jpeg``, ``png``, ``webp``, ``gif`` or ``bmp``.
    """


class ClassifyImagesResponse(images.ClassifyImagesResponse):
    """The contract's answer, with the results above."""

    # Pyright minds that a field is narrowed, as it could be assigned to; these models are frozen.
    results: tuple[ImageClassification | ItemError, ...]  # pyright: ignore[reportIncompatibleVariableOverride]


class ImageEmbedding(Answered, images.ImageEmbedding):
    """A picture as a vector; the dot product of two is their cosine similarity.

    Attributes:
        index: Position of the picture among those given, from 0.
        embedding: The vector as it travelled; read `vector` instead.
        width: Width in pixels of the picture as decoded (after EXIF rotation).
        height: Height in pixels.
        format: ``jpeg``, ``png``, ``webp``, ``gif`` or ``bmp``.
    """


class EmbedImagesResponse(images.EmbedImagesResponse):
    """The contract's answer, with the results above."""

    results: tuple[ImageEmbedding | ItemError, ...]  # pyright: ignore[reportIncompatibleVariableOverride]
