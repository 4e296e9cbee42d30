"""Texts as vectors: embedding, similarity, ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from aiaas.contract.answers import ItemError, Usage
from aiaas.contract.text.vectors import (
    EMBED,
    RERANK,
    SIMILARITY,
    EmbedTextsRequest,
    EmbedTextsResponse,
    RankedDocument,
    RerankRequest,
    RerankResponse,
    SimilarityRequest,
    SimilarityResponse,
    TextEmbedding,
    TextSimilarity,
)
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.services.blocks import failures, in_places, item_error
from aiaas_mock.services.models import ModelDirectory
from aiaas_mock.services.scores import SCORE_DIGITS
from aiaas_mock.services.text.inputs import TextRunner, checked, truncation
from aiaas_mock.services.vectors import dimensions, normalised, written

_DOCUMENT: Final = "/documents/{index}"


class TextVectors:
    """Answers ``text.embed``, ``text.similarity`` and ``text.rerank``.

    Args:
        runner: Runs texts.
        models: Finds the model that a request means.
    """

    def __init__(self, runner: TextRunner, models: ModelDirectory) -> None:
        self._runner = runner
        self._models = models

    async def embed(
        self, request: EmbedTextsRequest, context: RequestContext
    ) -> EmbedTextsResponse:
        """Answer ``text.embed``."""
        ref = self._models.find(request.model, EMBED.name)
        size = dimensions(ref, request.dimensions)
        _note(context, ref, len(request.inputs))
        texts = [checked(text) for text in request.inputs]
        answered = await self._runner.run(ref, texts, context)
        context.trace.failed_inputs = failures(texts)
        vectors = map(written(request.encoding_format), normalised(answered.rows[:, :size]))
        results = in_places(
            answered.items,
            vectors,
            lambda index, item, vector: TextEmbedding(index=index, embedding=vector),
        )
        return EmbedTextsResponse(
            id=context.new_id("tev"),
            object="text.embedding",
            model=ref.id,
            dimensions=size,
            usage=Usage(inputs=len(answered.rows)),
            warnings=truncation(answered.items, range(len(texts))),
            results=tuple(results),
        )

    async def similarity(
        self, request: SimilarityRequest, context: RequestContext
    ) -> SimilarityResponse:
        """Answer ``text.similarity``."""
        ref = self._models.find(request.model, SIMILARITY.name)
        _note(context, ref, len(request.inputs))
        pairs = [_checked_pair(index, pair.a, pair.b) for index, pair in enumerate(request.inputs)]
        good = [index for index, pair in enumerate(pairs) if not isinstance(pair, ApiError)]
        texts = [text for pair in pairs if not isinstance(pair, ApiError) for text in pair]
        answered = await self._runner.run(ref, texts, context)
        context.trace.failed_inputs = failures(pairs)
        vectors = normalised(answered.rows)
        cosines = np.einsum("ij,ij->i", vectors[::2], vectors[1::2])
        results = in_places(
            pairs,
            _rounded(cosines, least=-1.0),
            lambda index, pair, cosine: TextSimilarity(index=index, similarity=cosine),
        )
        return SimilarityResponse(
            id=context.new_id("tsi"),
            object="text.similarity",
            model=ref.id,
            usage=Usage(inputs=len(good)),
            warnings=truncation(answered.items, (index for index in good for _ in "ab")),
            results=tuple(results),
        )

    async def rerank(self, request: RerankRequest, context: RequestContext) -> RerankResponse:
        """Answer ``text.rerank``."""
        ref = self._models.find(request.model, RERANK.name)
        _note(context, ref, len(request.documents))
        query = checked(request.query)
        if isinstance(query, ApiError):
            raise ApiError(query.code, query.detail, param="/query")
        documents = [checked(text) for text in request.documents]
        answered = await self._runner.run(ref, [query, *documents], context)
        context.trace.failed_inputs = failures(documents)
        vectors = normalised(answered.rows)
        ranked = _ranked(documents, _rounded(vectors[1:] @ vectors[0], least=0.0), request)
        return RerankResponse(
            id=context.new_id("trr"),
            object="text.ranking",
            model=ref.id,
            usage=Usage(inputs=len(vectors) - 1),
            warnings=truncation(answered.items, ("query", *range(len(documents)))),
            results=(*ranked, *_unread(documents)),
        )


def _note(context: RequestContext, ref: ModelRef, inputs: int) -> None:
    context.trace.model, context.trace.inputs = ref.id, inputs


def _checked_pair(index: int, a: str, b: str) -> tuple[str, str] | ApiError:
    for name, text in (("a", checked(a)), ("b", checked(b))):
        if isinstance(text, ApiError):
            return ApiError(text.code, text.detail, param=f"/inputs/{index}/{name}")
    return a, b


def _rounded(cosines: Floats, *, least: float) -> list[float]:
    """Write cosines within their bounds, which rounding errors may leave."""
    numbers: list[float] = cosines.astype(np.float64).clip(least, 1.0).round(SCORE_DIGITS).tolist()
    return numbers


def _ranked(
    documents: Sequence[str | ApiError], scores: Sequence[float], request: RerankRequest
) -> list[RankedDocument]:
    """Put the documents that were read in order; equal ones stay in the order of the request."""
    read = [index for index, text in enumerate(documents) if not isinstance(text, ApiError)]
    best = sorted(zip(scores, read, strict=True), key=lambda one: (-one[0], one[1]))
    return [
        RankedDocument(
            index=index,
            relevance_score=score,
            document=request.documents[index] if request.return_documents else None,
        )
        for score, index in best[: request.top_n]
    ]


def _unread(documents: Sequence[str | ApiError]) -> list[ItemError]:
    return [
        item_error(index, document, _DOCUMENT)
        for index, document in enumerate(documents)
        if isinstance(document, ApiError)
    ]
