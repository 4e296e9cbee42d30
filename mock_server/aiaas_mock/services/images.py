"""Images: decode, run the model, say what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, Final

from aiaas.contract.images import (
    CLASSIFY,
    EMBED,
    ClassifyImagesOptions,
    ClassifyImagesResponse,
    EmbedImagesOptions,
    EmbedImagesResponse,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError, as_sentence
from aiaas_mock.inference.backend import Array, ModelBackend
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.card_inputs import ImageInput
from aiaas_mock.inference.preprocess.headers import is_small_png
from aiaas_mock.inference.preprocess.images import (
    DecodedImage,
    ImageLimits,
    InvalidImage,
    decode_image,
)
from aiaas_mock.services.blocks import Answered, BlockRunner, Preparation, failures, in_places
from aiaas_mock.services.inputs import FileInput, InputsRequest
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.plain import Plain
from aiaas_mock.services.scores import best_labels, probabilities
from aiaas_mock.services.vectors import dimensions, normalised, written

_BLOCK: Final = 16
"""Pictures decoded at a time: while a block runs in the model, the next one is decoded."""


class ImageService:
    """Answers ``images.*``.

    Args:
        backend: What runs the models.
        models: Finds the model that a request means.
        decoder: Threads that decode pictures, so that the event loop stays free.
        limits: The largest pictures that are decoded.
    """

    def __init__(
        self,
        backend: ModelBackend,
        models: ModelDirectory,
        decoder: Executor,
        limits: ImageLimits,
    ) -> None:
        self._runner = BlockRunner(backend, decoder)
        self._models = models
        self._limits = limits

    async def classify(
        self, request: InputsRequest[ClassifyImagesOptions], context: RequestContext
    ) -> Plain[ClassifyImagesResponse]:
        """Answer ``images.classify``."""
        options = request.options
        ref = self._models.find(options.model, CLASSIFY.name)
        answered = await self.infer(ref, request.inputs, context)
        best = best_labels(
            ref,
            probabilities(ref, answered.rows),
            top_k=options.top_k,
            min_score=options.min_score,
        )
        return Plain(
            ClassifyImagesResponse,
            {
                "id": context.new_id("icl"),
                "object": "images.classification",
                "model": ref.id,
                "usage": {"inputs": len(answered.rows)},
                "warnings": (),
                "results": in_places(answered.items, best, partial(_result, "predictions")),
            },
        )

    async def embed(
        self, request: InputsRequest[EmbedImagesOptions], context: RequestContext
    ) -> Plain[EmbedImagesResponse]:
        """Answer ``images.embed``."""
        options = request.options
        ref = self._models.find(options.model, EMBED.name)
        size = dimensions(ref, options.dimensions)
        answered = await self.infer(ref, request.inputs, context)
        vectors = map(written(options.encoding_format), normalised(answered.rows[:, :size]))
        return Plain(
            EmbedImagesResponse,
            {
                "id": context.new_id("iem"),
                "object": "images.embedding",
                "model": ref.id,
                "usage": {"inputs": len(answered.rows)},
                "warnings": (),
                "dimensions": size,
                "results": in_places(answered.items, vectors, partial(_result, "embedding")),
            },
        )

    async def infer(
        self, ref: ModelRef, inputs: Sequence[FileInput], context: RequestContext
    ) -> Answered[DecodedImage]:
        """Decode and run all inputs, in their order.

        Raises:
            ApiError: The model takes no pictures, is busy, cannot be loaded, or is out of time.
        """
        trace = context.trace
        trace.model, trace.inputs = ref.id, len(inputs)
        spec = self._runner.first_model(ref).card.input
        if not isinstance(spec, ImageInput):
            raise ApiError("model_unavailable", f"Model {ref.id} does not take pictures.")
        preparation = Preparation(
            block=_BLOCK,
            prepare=partial(_decoded, spec=spec, limits=self._limits),
            row_of=_pixels,
            is_quick=_is_quick,
        )
        answered = await self._runner.run(ref, inputs, preparation, context)
        trace.failed_inputs = failures(answered.items)
        return answered


def _is_quick(block: Sequence[FileInput]) -> bool:
    """Say whether a block may be decoded on the event loop.

    Tiny pictures need some 40 us each and hold Python's lock while they are decoded: another
    thread would gain nothing and cost more.
    """
    return all(isinstance(item, ApiError) or is_small_png(item) for item in block)


def _decoded(data: bytes, *, spec: ImageInput, limits: ImageLimits) -> DecodedImage | ApiError:
    try:
        return decode_image(data, spec, limits)
    except InvalidImage as error:
        return ApiError(error.code, as_sentence(error.detail))


def _pixels(image: DecodedImage) -> Array:
    return image.array


def _result(field: str, index: int, image: DecodedImage, value: object) -> dict[str, Any]:
    return {
        "index": index,
        field: value,
        "width": image.width,
        "height": image.height,
        "format": image.format,
    }
