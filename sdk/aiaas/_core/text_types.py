"""Results of the text resource: the contract's types and where each came from."""

from __future__ import annotations

from aiaas._core.results import Answered, Traced
from aiaas.contract.answers import ItemError
from aiaas.contract.text import classification, extraction, generation, vectors

# The answers below are the contract's with the results above each. Pyright minds that a field is
# narrowed, as it could be assigned to; these models are frozen.
# pyright: reportIncompatibleVariableOverride=false


class TextSentiment(Traced, classification.TextSentiment):
    __doc__ = classification.TextSentiment.__doc__


class SentimentResponse(classification.SentimentResponse):
    """Sentiments."""

    results: tuple[TextSentiment | ItemError, ...]


class TextEmotions(Answered, classification.TextEmotions):
    __doc__ = classification.TextEmotions.__doc__


class EmotionsResponse(classification.EmotionsResponse):
    """Emotions."""

    results: tuple[TextEmotions | ItemError, ...]


class TextClassification(Answered, classification.TextClassification):
    __doc__ = classification.TextClassification.__doc__


class ClassifyTextsResponse(classification.ClassifyTextsResponse):
    """Classes."""

    results: tuple[TextClassification | ItemError, ...]


class TextKeyphrases(Answered, extraction.TextKeyphrases):
    __doc__ = extraction.TextKeyphrases.__doc__


class KeyphrasesResponse(extraction.KeyphrasesResponse):
    """Key phrases."""

    results: tuple[TextKeyphrases | ItemError, ...]


class TextEntities(Answered, extraction.TextEntities):
    __doc__ = extraction.TextEntities.__doc__


class EntitiesResponse(extraction.EntitiesResponse):
    """Entities."""

    results: tuple[TextEntities | ItemError, ...]


class RedactedText(Answered, extraction.RedactedText):
    __doc__ = extraction.RedactedText.__doc__


class RedactResponse(extraction.RedactResponse):
    """Redacted texts."""

    results: tuple[RedactedText | ItemError, ...]


class DetectedLanguage(Answered, extraction.DetectedLanguage):
    __doc__ = extraction.DetectedLanguage.__doc__


class DetectLanguageResponse(extraction.DetectLanguageResponse):
    """Languages."""

    results: tuple[DetectedLanguage | ItemError, ...]


class TextSummary(Answered, extraction.TextSummary):
    __doc__ = extraction.TextSummary.__doc__


class SummarizeResponse(extraction.SummarizeResponse):
    """Summaries."""

    results: tuple[TextSummary | ItemError, ...]


class TextEmbedding(Answered, vectors.TextEmbedding):
    """A text as a vector; the dot product of two is their cosine similarity.

    Attributes:
        index: Position of the text among those given, from 0.
        embedding: The vector as it travelled; read `vector` instead.
    """


class EmbedTextsResponse(vectors.EmbedTextsResponse):
    """Vectors."""

    results: tuple[TextEmbedding | ItemError, ...]


class TextSimilarity(Answered, vectors.TextSimilarity):
    __doc__ = vectors.TextSimilarity.__doc__

    def __float__(self) -> float:
        return self.similarity


class SimilarityResponse(vectors.SimilarityResponse):
    """Similarities."""

    results: tuple[TextSimilarity | ItemError, ...]


class TokenCount(Answered, generation.TokenCount):
    __doc__ = generation.TokenCount.__doc__


class CountTokensResponse(generation.CountTokensResponse):
    """Numbers of tokens."""

    results: tuple[TokenCount | ItemError, ...]


class RerankResult(Traced, vectors.RerankResponse):
    """Documents in the order in which they fit a query.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
        results: The documents, best first, then those that could not be read, as errors.
    """

    @property
    def ranked(self) -> tuple[vectors.RankedDocument, ...]:
        """The documents that could be read, best first."""
        return tuple(one for one in self.results if not isinstance(one, ItemError))

    @property
    def errors(self) -> tuple[ItemError, ...]:
        """What was wrong with the others."""
        return tuple(one for one in self.results if isinstance(one, ItemError))


class GeneratedText(Traced, generation.GenerateTextResponse):
    """A generated text.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
        text: What follows the prompt.
        finish_reason: ``length`` after ``max_tokens``, ``stop`` at a stop text or at the end that
            the model gave it.
        seed: Give it again to get the same text.
    """
