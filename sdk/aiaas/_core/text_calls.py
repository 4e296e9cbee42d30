"""The calls of the text resource: operations, and the SDK's types for their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiaas._core import text_types as types
from aiaas._core.errors import TooManyInputsError
from aiaas._core.event_streams import EventCall
from aiaas._core.inference import InferenceCall, parse_whole
from aiaas._core.requests import Outgoing
from aiaas._core.responses import RawResponse, invalid
from aiaas._core.sse import MEDIA_TYPE
from aiaas._core.texts import JsonFields, body
from aiaas.contract.text import classification, extraction, generation, vectors
from aiaas.contract.text.generation import GeneratedToken
from aiaas.contract.text.vectors import MAX_DOCUMENTS

SENTIMENT: Final = InferenceCall(
    classification.SENTIMENT, types.SentimentResponse, types.TextSentiment
)
EMOTIONS: Final = InferenceCall(classification.EMOTIONS, types.EmotionsResponse, types.TextEmotions)
CLASSIFY: Final = InferenceCall(
    classification.CLASSIFY, types.ClassifyTextsResponse, types.TextClassification
)
KEYPHRASES: Final = InferenceCall(
    extraction.KEYPHRASES, types.KeyphrasesResponse, types.TextKeyphrases
)
ENTITIES: Final = InferenceCall(extraction.ENTITIES, types.EntitiesResponse, types.TextEntities)
REDACT: Final = InferenceCall(extraction.REDACT, types.RedactResponse, types.RedactedText)
DETECT_LANGUAGE: Final = InferenceCall(
    extraction.DETECT_LANGUAGE, types.DetectLanguageResponse, types.DetectedLanguage
)
SUMMARIZE: Final = InferenceCall(extraction.SUMMARIZE, types.SummarizeResponse, types.TextSummary)
EMBED: Final = InferenceCall(vectors.EMBED, types.EmbedTextsResponse, types.TextEmbedding)
SIMILARITY: Final = InferenceCall(
    vectors.SIMILARITY, types.SimilarityResponse, types.TextSimilarity
)
COUNT_TOKENS: Final = InferenceCall(
    generation.COUNT_TOKENS, types.CountTokensResponse, types.TokenCount
)
GENERATE: Final = EventCall(generation.GENERATE, {"token": GeneratedToken}, types.GeneratedText)

_TOO_MANY: Final = (
    "Rank them in parts and the best of each part once more, or keep their vectors: embed_many() "
    "takes any number, and the dot product of two vectors is their similarity."
)


def generate_request(fields: JsonFields, *, stream: bool) -> Outgoing:
    """Make the request that continues a text.

    Raises:
        InvalidInputError: A text in it cannot be written.
    """
    if not stream:
        return body(generation.GENERATE, fields)
    return replace(body(generation.GENERATE, {**fields, "stream": True}), accept=MEDIA_TYPE)


def rerank_request(query: str, documents: list[str], fields: JsonFields) -> Outgoing:
    """Make the request that ranks documents.

    Raises:
        TooManyInputsError: There are more than one request takes.
    """
    if len(documents) > MAX_DOCUMENTS:
        raise TooManyInputsError(
            "documents to rank", given=len(documents), limit=MAX_DOCUMENTS, hint=_TOO_MANY
        )
    return body(vectors.RERANK, {"query": query, "documents": documents, **fields})


def rerank_result(response: RawResponse, *, documents: int) -> types.RerankResult:
    """Take the answer apart.

    Raises:
        ResponseValidationError: It names a document that there is not, or one twice.
    """
    answer = parse_whole(vectors.RERANK, response, types.RerankResult)
    seen: set[int] = set()
    for position, result in enumerate(answer.results):
        if not 0 <= result.index < documents or result.index in seen:
            reason = f"index {result.index} of {documents} documents, or twice"
            raise invalid(vectors.RERANK, response, reason, f"results.{position}.index")
        seen.add(result.index)
    return answer
