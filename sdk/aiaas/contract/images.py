"""Images: classification and embedding."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import (
    Embedded,
    EncodingFormat,
    InferenceAnswer,
    Prediction,
    ResultOr,
)

MAX_INPUTS: Final = 64
"""Most pictures in one request."""


class ImageData(RequestModel):
    """A picture in a JSON body.

    Attributes:
        data: The bytes of a JPEG, PNG, WebP, GIF or BMP file, base64 (RFC 4648 section 4).
    """

    data: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


ImageInputs = Annotated[
    tuple[ImageData, ...], Field(min_length=1, max_length=MAX_INPUTS, strict=False)
]


class ClassifyImagesOptions(RequestModel):
    """How to classify.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
        top_k: Most labels in each result, best first.
        min_score: Leave out labels that score less, 0 to 1.
    """

    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    top_k: Annotated[Integer, Field(ge=1, le=1000)] = 5
    min_score: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0


class ClassifyImagesRequest(ClassifyImagesOptions):
    """Options and 1 to 64 pictures."""

    inputs: ImageInputs


class ImageClassification(ResponseModel):
    """What one picture shows.

    Attributes:
        index: Position of the picture in the request, from 0.
        predictions: Labels with scores, best first.
        width: Width in pixels of the picture as decoded (after EXIF rotation).
        height: Height in pixels.
        format: ``jpeg``, ``png``, ``webp``, ``gif`` or ``bmp``.
    """

    index: int
    predictions: tuple[Prediction, ...]
    width: int
    height: int
    format: str

    @property
    def label(self) -> str | None:
        """The best label, or None when ``min_score`` left none."""
        return self.predictions[0].label if self.predictions else None

    @property
    def score(self) -> float:
        """The score of the best label, 0 to 1; 0 when there is none."""
        return self.predictions[0].score if self.predictions else 0.0


class ClassifyImagesResponse(InferenceAnswer):
    """One result per picture, in the order of the request."""

    results: tuple[ResultOr[ImageClassification], ...]


class EmbedImagesOptions(RequestModel):
    """How to embed.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
        dimensions: Keep only the first so many numbers and normalise again; all when omitted.
        encoding_format: ``float`` for JSON numbers, ``base64`` for packed little-endian float32
            (a quarter of the bytes, and quicker to read).
    """

    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    dimensions: Annotated[Integer, Field(ge=1, le=65536)] | None = None
    encoding_format: EncodingFormat = "float"


class EmbedImagesRequest(EmbedImagesOptions):
    """Options and 1 to 64 pictures."""

    inputs: ImageInputs


class ImageEmbedding(Embedded):
    """A picture as a vector; the dot product of two is their cosine similarity.

    Attributes:
        index: Position of the picture in the request, from 0.
        embedding: L2-normalised vector: numbers, or base64 of packed little-endian float32.
        width: Width in pixels of the picture as decoded (after EXIF rotation).
        height: Height in pixels.
        format: ``jpeg``, ``png``, ``webp``, ``gif`` or ``bmp``.
    """

    width: int
    height: int
    format: str


class EmbedImagesResponse(InferenceAnswer):
    """One vector per picture, in the order of the request.

    Attributes:
        dimensions: Length of each vector.
    """

    dimensions: int
    results: tuple[ResultOr[ImageEmbedding], ...]


CLASSIFY: Final[Operation[ClassifyImagesRequest, ClassifyImagesResponse]] = Operation(
    name="images.classify",
    method="POST",
    path="/v1/images/classify",
    summary="Say what pictures show: the best labels of each, with scores.",
    request=ClassifyImagesRequest,
    options=ClassifyImagesOptions,
    bodies=("multipart", "image", "json"),
    response=ClassifyImagesResponse,
    scope="images:infer",
    effect="pure",
)

EMBED: Final[Operation[EmbedImagesRequest, EmbedImagesResponse]] = Operation(
    name="images.embed",
    method="POST",
    path="/v1/images/embed",
    summary="Turn pictures into L2-normalised vectors for search and comparison.",
    request=EmbedImagesRequest,
    options=EmbedImagesOptions,
    bodies=("multipart", "image", "json"),
    response=EmbedImagesResponse,
    scope="images:infer",
    effect="pure",
)

OPERATIONS: Final = (CLASSIFY, EMBED)
