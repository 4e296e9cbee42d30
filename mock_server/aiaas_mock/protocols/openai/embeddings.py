"""``embeddings``: our own embedding of texts, asked and answered in OpenAI's words."""

from __future__ import annotations

from aiaas.contract.answers import ItemError
from aiaas.contract.text._common import MAX_INPUTS
from aiaas.contract.text.generation import CountTokensRequest, CountTokensResponse
from aiaas.contract.text.vectors import EmbedTextsRequest, EmbedTextsResponse
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.endpoint import Handler
from aiaas_mock.protocols.openai.answers import Embedding, Embeddings, EmbeddingsUsage
from aiaas_mock.protocols.openai.types import EmbeddingsRequest


class EmbeddingsAdapter:
    """Answers ``embeddings``.

    Args:
        embed: Answers ``text.embed``.
        count: Answers ``text.count_tokens``.
    """

    def __init__(self, embed: Handler, count: Handler) -> None:
        self._embed = embed
        self._count = count

    async def create(self, request: EmbeddingsRequest, context: RequestContext) -> Answer:
        """Embed texts, as many at a time as our own operation takes."""
        found: list[Embedding] = []
        tokens, model = 0, request.model
        for start in range(0, len(request.input), MAX_INPUTS):
            texts = request.input[start : start + MAX_INPUTS]
            embedded = await self._embedded(texts, request, context)
            tokens += await self._tokens(texts, embedded.model, context)
            model = embedded.model
            found += _vectors(embedded, start)
        context.trace.inputs = len(found)
        usage = EmbeddingsUsage(prompt_tokens=tokens, total_tokens=tokens)
        answer = Embeddings(data=tuple(found), model=model, usage=usage)
        return Answer(answer.model_dump_json().encode())

    async def _embedded(
        self, texts: tuple[str, ...], request: EmbeddingsRequest, context: RequestContext
    ) -> EmbedTextsResponse:
        ours = EmbedTextsRequest(
            inputs=texts,
            model=request.model,
            dimensions=request.dimensions,
            encoding_format=request.encoding_format,
        )
        answer: EmbedTextsResponse = await self._embed(ours, context)
        return answer

    async def _tokens(self, texts: tuple[str, ...], model: str, context: RequestContext) -> int:
        counted: CountTokensResponse = await self._count(
            CountTokensRequest(inputs=texts, model=model), context
        )
        return sum(one.tokens for one in counted.results if not isinstance(one, ItemError))


def _vectors(embedded: EmbedTextsResponse, start: int) -> list[Embedding]:
    """Return the vectors; one text that failed fails them all, as OpenAI has no place for it."""
    found = []
    for result in embedded.results:
        index = start + result.index
        if isinstance(result, ItemError):
            raise ApiError(result.error.code, result.error.detail, param=f"/input/{index}")
        found.append(Embedding(index=index, embedding=result.embedding))
    return found
