"""Images: decode, run the model, say what it answered."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from aiaas.contract.answers import ItemError
from aiaas.contract.headers import RETRY_AFTER
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
    ModelBackend,
    ModelUnavailable,
    Overloaded,
)
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.inference.cards import ImageInput, ScoresOutput
from aiaas_mock.inference.preprocess.headers import is_small_png
from aiaas_mock.inference.preprocess.images import (
    DecodedImage,
    ImageLimits,
    InvalidImage,
    decode_image,
)
from aiaas_mock.services.inputs import FileInput, InputsRequest
from aiaas_mock.services.models import ModelDirectory

_BLOCK = 16
"""Pictures decoded at a time: while a block runs in the model, the next one is decoded."""

_SCORE_DIGITS = 6

Decoded = DecodedImage | ApiError


@dataclass(frozen=True, slots=True)
class _Answered:
    """What became of the inputs of a request.

    Attributes:
        items: The decoded pictures, and what was wrong with the others, in the order sent.
        rows: The model's output, one row per decoded picture.
    """

    items: list[Decoded]
    rows: Floats


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
        self, request: InputsRequest[ClassifyImagesOptions], context: RequestContext
    ) -> ClassifyImagesResponse:
        """Answer ``images.classify``."""
        options = request.options
        ref = self._models.find(options.model, CLASSIFY.name)
        answered = await self._infer(ref, request.inputs, context)
        best = _best_labels(ref, answered.rows, options.top_k, options.min_score)
        return ClassifyImagesResponse.model_validate(
            {
                "id": context.new_id("icl"),
                "object": "images.classification",
                "model": ref.id,
                "usage": {"inputs": len(answered.rows)},
                "results": _results(answered.items, "predictions", best),
            }
        )

    async def embed(
        self, request: InputsRequest[EmbedImagesOptions], context: RequestContext
    ) -> EmbedImagesResponse:
        """Answer ``images.embed``."""
        options = request.options
        ref = self._models.find(options.model, EMBED.name)
        size = _dimensions(ref, options.dimensions)
        answered = await self._infer(ref, request.inputs, context)
        vectors = _normalised(answered.rows[:, :size])
        encode = _packed if options.encoding_format == "base64" else _numbers
        return EmbedImagesResponse.model_validate(
            {
                "id": context.new_id("iem"),
                "object": "images.embedding",
                "model": ref.id,
                "dimensions": size,
                "usage": {"inputs": len(vectors)},
                "results": _results(answered.items, "embedding", map(encode, vectors)),
            }
        )

    async def _infer(
        self, ref: ModelRef, inputs: Sequence[FileInput], context: RequestContext
    ) -> _Answered:
        """Decode and run all inputs, block by block, in their order."""
        context.trace.model = ref.id
        context.trace.inputs = len(inputs)
        spec = _image_input(self._backend, ref)
        blocks = [inputs[at : at + _BLOCK] for at in range(0, len(inputs), _BLOCK)]
        with _refusals(ref), self._backend.admit(ref, len(inputs)):
            if len(blocks) == 1:
                answered = await self._infer_block(ref, spec, blocks[0], context)
            else:
                answered = await _together(
                    [self._infer_block(ref, spec, block, context) for block in blocks]
                )
        context.trace.failed_inputs = len(inputs) - len(answered.rows)
        return answered

    async def _infer_block(
        self,
        ref: ModelRef,
        spec: ImageInput,
        block: Sequence[FileInput],
        context: RequestContext,
    ) -> _Answered:
        if _is_quick(block):
            items = self._decode(block, spec)
        else:
            loop = asyncio.get_running_loop()
            items = await loop.run_in_executor(self._decoder, self._decode, block, spec)
        arrays = [item.array for item in items if isinstance(item, DecodedImage)]
        if not arrays:
            return _Answered(items, np.empty((0, ref.card.output.size), np.float32))
        rows = np.stack(arrays)
        inference = await self._backend.infer(ref, rows, deadline=context.deadline)
        trace = context.trace
        trace.batch_size = max(trace.batch_size, inference.batch_size)
        trace.queue_s = max(trace.queue_s, inference.queue_s)
        return _Answered(items, inference.outputs)

    def _decode(self, block: Sequence[FileInput], spec: ImageInput) -> list[Decoded]:
        return [
            item if isinstance(item, ApiError) else _decoded(item, spec, self._limits)
            for item in block
        ]


@contextmanager
def _refusals(ref: ModelRef) -> Iterator[None]:
    """Turn what a backend may refuse into the contract's problems."""
    try:
        yield
    except Overloaded as error:
        raise ApiError(
            "overloaded",
            f"Too many inputs are under way for model {ref.id}.",
            headers={RETRY_AFTER: str(round(error.retry_after_s))},
        ) from error
    except DeadlineExceeded as error:
        raise ApiError(
            "deadline_exceeded", "The deadline passed while inputs waited for the model."
        ) from error
    except ModelUnavailable as error:
        raise ApiError("model_unavailable", f"Model {ref.id} cannot be loaded here.") from error


def _is_quick(block: Sequence[FileInput]) -> bool:
    """Say whether a block may be decoded on the event loop.

    Tiny pictures need some 40 us each and hold Python's lock while they are decoded: another
    thread would gain nothing and cost more.
    """
    return all(isinstance(item, ApiError) or is_small_png(item) for item in block)


async def _together(running: Sequence[Coroutine[Any, Any, _Answered]]) -> _Answered:
    """Run blocks side by side; when one fails, stop the others and fail with it."""
    # No TaskGroup: before Python 3.13, one that fails leaves its caller's task marked as cancelled.
    tasks = [asyncio.create_task(block) for block in running]
    try:
        parts = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    items = [item for part in parts for item in part.items]
    return _Answered(items, np.concatenate([part.rows for part in parts]))


def _best_labels(
    ref: ModelRef, rows: Floats, top_k: int, min_score: float
) -> list[list[dict[str, Any]]]:
    """Turn each row of scores into its best labels."""
    labels, output = ref.bundle.labels, ref.card.output
    ignored = list(output.ignored) if isinstance(output, ScoresOutput) else []
    if ignored:
        rows = rows.copy()
        rows[:, ignored] = -1.0
    # A stable sort of the negated scores: equal scores keep the order of the labels.
    best = np.argsort(-rows, axis=1, kind="stable")[:, : min(top_k, len(labels) - len(ignored))]
    picked = rows[np.arange(len(rows))[:, None], best]
    scores = picked.astype(np.float64).round(_SCORE_DIGITS)
    return [
        [
            {"label": labels[index], "score": score}
            for index, score in zip(indices, values, strict=True)
            if score >= min_score
        ]
        for indices, values in zip(best.tolist(), scores.tolist(), strict=True)
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
    items: Sequence[Decoded], field: str, values: Iterable[object]
) -> list[dict[str, Any] | ItemError]:
    """Put what the model said of the decoded pictures between the errors of the others."""
    said = iter(values)
    return [
        ItemError(index=index, error=item.as_problem(None, param=f"/inputs/{index}"))
        if isinstance(item, ApiError)
        else {
            "index": index,
            field: next(said),
            "width": item.width,
            "height": item.height,
            "format": item.format,
        }
        for index, item in enumerate(items)
    ]


def _dimensions(ref: ModelRef, wanted: int | None) -> int:
    size = ref.card.output.size
    if wanted is not None and wanted > size:
        raise ApiError(
            "invalid_request",
            f"Model {ref.id} gives vectors of {size} numbers; ask for at most that many.",
            param="/dimensions",
        )
    return wanted or size


def _normalised(vectors: Floats) -> Floats:
    """Scale each row to length 1; a row of zeros has no direction and stays as it is."""
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    lengths[lengths == 0] = 1
    scaled: Floats = vectors / lengths
    return scaled


def _numbers(vector: Floats) -> list[float]:
    numbers: list[float] = vector.tolist()
    return numbers


def _packed(vector: Floats) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()
