# Generated from aiaas/_async/text_vectors.py by `make sync`; edit that file instead.
"""Text: embedding, similarity, ranking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiaas._core import text_calls as calls
from aiaas._core.bulk import Progress
from aiaas._core.text_types import RerankResult, TextEmbedding, TextSimilarity
from aiaas._core.texts import write, write_pair
from aiaas._sync.text_calls import TextCalls
from aiaas.contract.answers import ItemError

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class TextComparing(TextCalls):
    """How texts compare."""

    def embed(
        self,
        text: str,
        *,
        model: str | None = None,
        dimensions: int | None = None,
        **options: Unpack[CallOptions],
    ) -> TextEmbedding:
        """Turn a text into an L2-normalised vector.

        Args:
            text: The text.
            model: ``name``, ``name@version`` or an alias; the deployment's default when
                omitted.
            dimensions: Keep only the first so many numbers and normalise again.
            options: Options for this call; see `CallOptions`.

        Returns:
            The vector in ``vector``; the dot product of two is their cosine similarity.

        Raises:
            InvalidInputError: The text is empty or too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> one = client.text.embed("a warm coat")
            >>> two = client.text.embed("a winter jacket")
            >>> print(sum(a * b for a, b in zip(one.vector, two.vector)))
        """
        fields = _embedding_fields(model, dimensions)
        return self._one(calls.EMBED, write(text), fields, options)

    def embed_many(
        self,
        texts: Iterable[str],
        *,
        model: str | None = None,
        dimensions: int | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextEmbedding | ItemError]:
        """Turn many texts into vectors.

        Args:
            texts: The texts; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when
                omitted.
            dimensions: Keep only the first so many numbers and normalise again.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of texts answered so
                far and the number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per text, in the order given: its embedding, or an `ItemError` if
            that text alone could not be used. ``index`` counts over all texts.

        Raises:
            AiaasError: A whole request failed; texts that were not sent yet are not sent.
        """
        fields = _embedding_fields(model, dimensions)
        return self._many(calls.EMBED, texts, write, fields, options, concurrency, progress)

    def similarity(
        self, a: str, b: str, *, model: str | None = None, **options: Unpack[CallOptions]
    ) -> TextSimilarity:
        """Say how alike two texts are.

        Args:
            a: One text.
            b: The other.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The cosine of their vectors, -1 to 1, in ``similarity``; ``float()`` of the result is
            the same.

        Raises:
            InvalidInputError: A text is empty or too long.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> print(client.text.similarity("a boot", "a shoe").similarity)
        """
        pair = write_pair((a, b))
        return self._one(calls.SIMILARITY, pair, {"model": model}, options)

    def similarity_many(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        model: str | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
        **options: Unpack[CallOptions],
    ) -> list[TextSimilarity | ItemError]:
        """Say how alike the texts of many pairs are.

        Args:
            pairs: The pairs; a generator is read only as fast as they are sent.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            concurrency: Most requests under way at a time.
            progress: Called after every request with the number of pairs answered so far and the
                number of all, or None if that is not known.
            options: Options for each request; see `CallOptions`.

        Returns:
            One entry per pair, in the order given: its similarity, or an `ItemError` if that pair
            alone could not be used. ``index`` counts over all pairs.

        Raises:
            AiaasError: A whole request failed; pairs that were not sent yet are not sent.
        """
        return self._many(
            calls.SIMILARITY, pairs, write_pair, {"model": model}, options, concurrency, progress
        )

    def rerank(
        self,
        query: str,
        documents: Iterable[str],
        *,
        top_n: int | None = None,
        return_documents: bool = False,
        model: str | None = None,
        **options: Unpack[CallOptions],
    ) -> RerankResult:
        """Order documents by how well they fit a query.

        Args:
            query: What is looked for.
            documents: 1 to 1,000 texts.
            top_n: Most documents to answer, best first; all when omitted.
            return_documents: Whether to repeat the texts in the answer.
            model: ``name``, ``name@version`` or an alias; the deployment's default when omitted.
            options: Options for this call; see `CallOptions`.

        Returns:
            The documents in ``ranked``, best first, each with its ``index`` among those given and
            its ``relevance_score``; documents that could not be read in ``errors``.

        Raises:
            TooManyInputsError: There are more than 1,000 documents; nothing was sent.
            InvalidInputError: A text cannot be written in UTF-8.
            InvalidRequestError: There is no document, or the query is empty.
            NotFoundError: There is no such model.
            AiaasError: Anything else that the SDK raises.

        Example:
            >>> found = client.text.rerank("warm shoes", ["a boot", "a hat"], top_n=1)
            >>> print(found.ranked[0].index, found.ranked[0].relevance_score)
        """
        if isinstance(documents, str):  # its letters would be taken for documents
            raise TypeError("one text was given where many are expected: put it in a list")
        texts = list(documents)
        fields = {"top_n": top_n, "return_documents": return_documents, "model": model}
        outgoing = calls.rerank_request(query, texts, fields)
        response = self._pipeline.send(outgoing, options)
        return calls.rerank_result(response, documents=len(texts))


def _embedding_fields(model: str | None, dimensions: int | None) -> dict[str, object]:
    # Packed floats are a quarter of the bytes of JSON numbers, and quicker to read.
    return {"model": model, "dimensions": dimensions, "encoding_format": "base64"}
