"""Texts as vectors: embedding, similarity, ranking."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from aiaas.contract._base import Integer, RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Embedded, EncodingFormat, InferenceAnswer, ResultOr
from aiaas.contract.text._common import MAX_INPUTS, SCOPE, ModelName, TextsRequest

MAX_DOCUMENTS: Final = 1000
"""Most documents that are ranked in one request."""


class EmbedTextsOptions(RequestModel):
    """How to embed.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
        dimensions: Keep only the first so many numbers and normalise again; all when omitted.
        encoding_format: ``float`` for JSON numbers, ``base64`` for packed little-endian float32
            (a quarter of the bytes, and quicker to read).
    """

    model: ModelName | None = None
    dimensions: Annotated[Integer, Field(ge=1, le=65536)] | None = None
    encoding_format: EncodingFormat = "float"


class EmbedTextsRequest(EmbedTextsOptions, TextsRequest):
    """Options and 1 to 256 texts."""


class TextEmbedding(Embedded):
    """A text as a vector; the dot product of two is their cosine similarity."""


class EmbedTextsResponse(InferenceAnswer):
    """One vector per text, in the order of the request.

    Attributes:
        dimensions: Length of each vector.
    """

    dimensions: int
    results: tuple[ResultOr[TextEmbedding], ...]


class TextPair(RequestModel):
    """Two texts to compare."""

    a: str
    b: str


class SimilarityOptions(RequestModel):
    """How to compare.

    Attributes:
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
    """

    model: ModelName | None = None


class SimilarityRequest(SimilarityOptions):
    """Options and 1 to 256 pairs of texts."""

    inputs: Annotated[
        tuple[TextPair, ...], Field(min_length=1, max_length=MAX_INPUTS, strict=False)
    ]


class TextSimilarity(ResponseModel):
    """How alike the two texts of a pair are.

    Attributes:
        index: Position of the pair in the request, from 0.
        similarity: Cosine of the angle between their vectors, -1 to 1; 1 is the same meaning.
    """

    index: int
    similarity: float


class SimilarityResponse(InferenceAnswer):
    """One result per pair, in the order of the request."""

    results: tuple[ResultOr[TextSimilarity], ...]


class RerankRequest(RequestModel):
    """What to rank, and by what.

    Attributes:
        query: What is looked for.
        documents: 1 to 1,000 texts.
        top_n: Most documents in the answer, best first; all when omitted.
        return_documents: Whether to repeat the texts in the answer.
        model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
    """

    query: Annotated[str, Field(min_length=1)]
    documents: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=MAX_DOCUMENTS, strict=False)
    ]
    top_n: Annotated[Integer, Field(ge=1, le=MAX_DOCUMENTS)] | None = None
    return_documents: bool = False
    model: ModelName | None = None


class RankedDocument(ResponseModel):
    """A document and how well it fits the query.

    Attributes:
        index: Position of the document in the request, from 0.
        relevance_score: Cosine similarity of document and query, below 0 counted as 0; 0 to 1.
        document: The text, when asked for.
    """

    index: int
    relevance_score: float
    document: str | None = None


class RerankResponse(InferenceAnswer):
    """The documents, best first; documents that could not be read come last as errors."""

    results: tuple[ResultOr[RankedDocument], ...]


EMBED: Final[Operation[EmbedTextsRequest, EmbedTextsResponse]] = Operation(
    name="text.embed",
    method="POST",
    path="/v1/text/embed",
    summary="Turn texts into L2-normalised vectors for search and comparison.",
    request=EmbedTextsRequest,
    bodies=("json",),
    response=EmbedTextsResponse,
    scope=SCOPE,
    effect="pure",
)

SIMILARITY: Final[Operation[SimilarityRequest, SimilarityResponse]] = Operation(
    name="text.similarity",
    method="POST",
    path="/v1/text/similarity",
    summary="Say how alike the texts of each pair are.",
    request=SimilarityRequest,
    bodies=("json",),
    response=SimilarityResponse,
    scope=SCOPE,
    effect="pure",
)

RERANK: Final[Operation[RerankRequest, RerankResponse]] = Operation(
    name="text.rerank",
    method="POST",
    path="/v1/text/rerank",
    summary="Order documents by how well they fit a query.",
    request=RerankRequest,
    bodies=("json",),
    response=RerankResponse,
    scope=SCOPE,
    effect="pure",
)

OPERATIONS: Final = (EMBED, SIMILARITY, RERANK)
