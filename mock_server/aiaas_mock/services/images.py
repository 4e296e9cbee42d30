"""Images: decode, run the model, say what it answered."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiaas.contract.answers import ItemError
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
from aiaas_mock.inference.backend import (
    DeadlineExceeded,
    Floats,
    Inference,
    ModelBackend,
    ModelUnavailable,
    Overloaded,
)
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.cards import ImageInput, ScoresOutput
from aiaas_mock.inference.preprocess.images import (
    DecodedImage,
    ImageLimits,
    InvalidImage,
    decode_image,
)
from aiaas_mock.services.files import FileInput, FileRequest
from aiaas_mock.services.models import ModelDirectory

_BLOCK = 16
"""Pictures decoded at a time: while a block runs in the model, the next one is decoded."""

_SCORE_DIGITS = 6

Decoded = DecodedImage | ApiError


@dataclass(frozen=True, slots=True)
class _Answered:
    """A picture and the model's output for it."""

    image: DecodedImage
    row: Floats


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
        self._backend = backend
        self._models = models
        self._decoder = decoder
        self._limits = limits

    async def classify(
        self, request: FileRequest[ClassifyImagesOptions], context: RequestContext
    ) -> ClassifyImagesResponse:
        """Answer ``images.classify``."""
        options = request.options
        ref = self._models.find(options.model, CLASSIFY.name)
        answers = await self._infer(ref, request.inputs, context)
        picker = _LabelPicker(ref, options.top_k, options.min_score)
        return ClassifyImagesResponse.model_validate(
            {
                "id": context.new_id("icl"),
                "object": "images.classification",
                "model": ref.id,
                "usage": _usage(answers),
                "results": _results(answers, lambda row: {"predictions": picker.pick(row)}),
            }
        )

    async def embed(
        self, request: FileRequest[EmbedImagesOptions], context: RequestContext
    ) -> EmbedImagesResponse:
        """Answer ``images.embed``."""
        options = request.options
        ref = self._models.find(options.model, EMBED.name)
        size = _dimensions(ref, options.dimensions)
        answers = await self._infer(ref, request.inputs, context)
        encode = _packed if options.encoding_format == "base64" else _numbers
        return EmbedImagesResponse.model_validate(
            {
                "id": context.new_id("iem"),
                "object": "images.embedding",
                "model": ref.id,
                "dimensions": size,
                "usage": _usage(answers),
                "results": _results(
                    answers, lambda row: {"embedding": encode(_normalised(row[:size]))}
                ),
            }
        )

    async def _infer(
        self, ref: ModelRef, inputs: Sequence[FileInput], context: RequestContext
    ) -> list[_Answered | ApiError]:
        """Decode and run all inputs, block by block, in their order."""
        spec = _image_input(self._backend, ref)
        blocks = [inputs[at : at + _BLOCK] for at in range(0, len(inputs), _BLOCK)]
        running = [self._infer_block(ref, spec, block, context) for block in blocks]
        parts = await asyncio.gather(*running) if len(running) > 1 else [await running[0]]
        answers = [answer for part in parts for answer in part]
        trace = context.trace
        trace.model = ref.id
        trace.inputs = len(answers)
        trace.failed_inputs = sum(isinstance(answer, ApiError) for answer in answers)
        return answers

    async def _infer_block(
        self,
        ref: ModelRef,
        spec: ImageInput,
        block: Sequence[FileInput],
        context: RequestContext,
    ) -> list[_Answered | ApiError]:
        loop = asyncio.get_running_loop()
        decoded = await loop.run_in_executor(self._decoder, self._decode, block, spec)
        images = [item for item in decoded if isinstance(item, DecodedImage)]
        if not images:
            return [item for item in decoded if isinstance(item, ApiError)]
        inference = await self._run(ref, images, context)
        rows = iter(inference.outputs)
        return [
            item if isinstance(item, ApiError) else _Answered(item, next(rows)) for item in decoded
        ]

    def _decode(self, block: Sequence[FileInput], spec: ImageInput) -> list[Decoded]:
        return [
            item if isinstance(item, ApiError) else _decoded(item, spec, self._limits)
            for item in block
        ]

    async def _run(
        self, ref: ModelRef, images: Sequence[DecodedImage], context: RequestContext
    ) -> Inference:
        rows = np.stack([image.array for image in images])
        try:
            inference = await self._backend.infer(ref, rows, deadline=context.deadline)
        except Overloaded as error:
            raise ApiError(
                "overloaded",
                "Too many pictures wait for this model.",
                headers={"Retry-After": str(round(error.retry_after_s))},
            ) from error
        except DeadlineExceeded as error:
            raise ApiError(
                "deadline_exceeded", "The deadline passed while pictures waited for the model."
            ) from error
        except ModelUnavailable as error:
            raise ApiError("model_unavailable", f"Model {ref.id} cannot be loaded here.") from error
        trace = context.trace
        trace.batch_size = max(trace.batch_size, inference.batch_size)
        trace.queue_s = max(trace.queue_s, inference.queue_s)
        return inference


class _LabelPicker:
    """Turns a row of scores into the best labels."""

    def __init__(self, ref: ModelRef, top_k: int, min_score: float) -> None:
        output = ref.card.output
        self._labels = ref.bundle.labels
        self._ignored = list(output.ignored) if isinstance(output, ScoresOutput) else []
        self._top_k = min(top_k, len(self._labels) - len(self._ignored))
        self._min_score = min_score

    def pick(self, row: Floats) -> list[dict[str, Any]]:
        if self._ignored:
            row = row.copy()
            row[self._ignored] = -1.0
        # A stable sort of the negated scores: equal scores keep the order of the labels.
        best = np.argsort(-row, kind="stable")[: self._top_k].tolist()
        scores = row[best].astype(np.float64).round(_SCORE_DIGITS).tolist()
        labels = self._labels
        return [
            {"label": labels[index], "score": score}
            for index, score in zip(best, scores, strict=True)
            if score >= self._min_score
        ]


def _image_input(backend: ModelBackend, ref: ModelRef) -> ImageInput:
    """Return what the first model of the chain wants of a picture."""
    card = ref.card
    while card.base is not None:
        card = backend.catalogue.resolve(card.base).card
    if not isinstance(card.input, ImageInput):
        raise ApiError("model_unavailable", f"Model {ref.id} does not take pictures.")
    return card.input


def _decoded(data: bytes, spec: ImageInput, limits: ImageLimits) -> Decoded:
    try:
        return decode_image(data, spec, limits)
    except InvalidImage as error:
        return ApiError(error.code, as_sentence(error.detail))


def _results(
    answers: Sequence[_Answered | ApiError], describe: Callable[[Floats], dict[str, Any]]
) -> list[dict[str, Any] | ItemError]:
    results: list[dict[str, Any] | ItemError] = []
    for index, answer in enumerate(answers):
        if isinstance(answer, ApiError):
            results.append(ItemError(index=index, error=answer.as_problem(None)))
            continue
        image = answer.image
        size = {"width": image.width, "height": image.height, "format": image.format}
        results.append({"index": index, **describe(answer.row), **size})
    return results


def _usage(answers: Sequence[_Answered | ApiError]) -> dict[str, int]:
    return {"inputs": sum(not isinstance(answer, ApiError) for answer in answers)}


def _dimensions(ref: ModelRef, wanted: int | None) -> int:
    size = ref.card.output.size
    if wanted is not None and wanted > size:
        raise ApiError(
            "invalid_request",
            f"Model {ref.id} gives vectors of {size} numbers; ask for at most that many.",
            param="/dimensions",
        )
    return wanted or size


def _normalised(vector: Floats) -> Floats:
    """Scale to length 1; a vector of zeros has no direction and stays as it is."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


def _numbers(vector: Floats) -> list[float]:
    numbers: list[float] = vector.tolist()
    return numbers


def _packed(vector: Floats) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()
