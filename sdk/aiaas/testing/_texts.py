"""Results about texts that are quick to write and right by construction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiaas.contract.answers import Prediction
from aiaas.contract.text._common import Span
from aiaas.contract.text.classification import TextClassification, TextEmotions, TextSentiment
from aiaas.contract.text.extraction import (
    DetectedLanguage,
    Entity,
    Keyphrase,
    LanguageScore,
    RedactedText,
    Redaction,
    SummarySentence,
    TextEntities,
    TextKeyphrases,
    TextSummary,
)
from aiaas.contract.text.generation import TokenCount
from aiaas.contract.text.vectors import RankedDocument, TextEmbedding, TextSimilarity
from aiaas.testing._builders import best_first, unit_vector


def sentiment(
    label: str, score: float = 0.9, *, language: str = "en", **others: float
) -> TextSentiment:
    """Make what ``text.sentiment`` says about one text.

    Args:
        label: The best class.
        score: Its score, 0 to 1.
        language: Language that the text is taken to be in.
        others: Scores of other classes: ``negative=0.05``.

    Raises:
        ValueError: A score is not within 0 and 1, or another class scores better.

    Example:
        >>> sentiment("positive", 0.8, negative=0.2).label
        'positive'
    """
    return TextSentiment(
        index=0,
        language=language,
        model=f"sentiment-{language}@1",
        label=label,
        score=score,
        scores=best_first(label, score, others),
    )


def emotions(threshold: float = 0.5, /, **scores: float) -> TextEmotions:
    """Make what ``text.emotions`` says about one text.

    Args:
        threshold: Emotions of at least this score hold.
        scores: The score of each emotion, 0 to 1.

    Raises:
        ValueError: A score is not within 0 and 1.

    Example:
        >>> emotions(joy=0.9, anger=0.1).labels
        ('joy',)
    """
    ranked = _ranked(scores)
    return TextEmotions(
        index=0, labels=tuple(one.label for one in ranked if one.score >= threshold), scores=ranked
    )


def text_classification(
    label: str,
    score: float = 0.9,
    *,
    abstained: bool = False,
    out_of_scope: bool = False,
    **others: float,
) -> TextClassification:
    """Make what ``text.classify`` says about one text.

    Args:
        label: The best class.
        score: Its score, 0 to 1.
        abstained: Whether the model had better not answer; so it is for a text out of scope.
        out_of_scope: Whether none of the classes fits.
        others: Scores of other classes.

    Raises:
        ValueError: A score is not within 0 and 1, or another class scores better.
    """
    return TextClassification(
        index=0,
        label=label,
        score=score,
        abstained=abstained or out_of_scope,
        out_of_scope=out_of_scope,
        out_of_scope_score=0.9 if out_of_scope else 0.1,
        predictions=best_first(label, score, others),
    )


def keyphrases(text: str, /, *phrases: str, language: str = "en") -> TextKeyphrases:
    """Make the key phrases of a text, best first, with every place where they stand.

    Args:
        text: The text.
        phrases: Parts of it.
        language: Language that the text is taken to be in.

    Raises:
        ValueError: A phrase is not in the text.
    """
    words = len(text.split())
    return TextKeyphrases(
        index=0,
        language=language,
        keyphrases=tuple(
            _phrase(text, phrase, score=1 - rank / len(phrases), words=words)
            for rank, phrase in enumerate(phrases)
        ),
    )


def _phrase(text: str, phrase: str, *, score: float, words: int) -> Keyphrase:
    spans = tuple(Span(start=start, end=end) for start, end in _places(text, phrase))
    return Keyphrase(text=phrase, score=score, tf=len(spans) / words, idf=1.0, spans=spans)


def entities(text: str, /, names: Mapping[str, str], *, score: float = 0.9) -> TextEntities:
    """Make the entities of a text, where they stand.

    Args:
        text: The text.
        names: The type of each name: ``{"Paris": "location"}``.
        score: How sure the model is, 0 to 1.

    Raises:
        ValueError: A name is not in the text.

    Example:
        >>> entities("I love Paris", {"Paris": "location"}).entities[0].start
        7
    """
    found = [
        Entity(start=start, end=end, text=name, type=type_, score=score)
        for name, type_ in names.items()
        for start, end in _places(text, name)
    ]
    return TextEntities(index=0, entities=tuple(sorted(found, key=lambda one: one.start)))


def redacted(text: str, /, values: Mapping[str, str]) -> RedactedText:
    """Make a text without what it holds, as the mode ``replace`` does.

    Args:
        text: The text.
        values: The type of each value to remove: ``{"ada@example.com": "email"}``.

    Raises:
        ValueError: A value is not in the text.

    Example:
        >>> redacted("to ada@example.com", {"ada@example.com": "email"}).text
        'to [EMAIL]'
    """
    places = sorted(
        (start, end, type_)
        for value, type_ in values.items()
        for start, end in _places(text, value)
    )
    made, after, redactions = "", 0, []
    for start, end, type_ in places:
        replacement = f"[{type_.upper()}]"
        made += text[after:start]
        redactions.append(
            Redaction(
                start=start,
                end=end,
                type=type_,
                replacement=replacement,
                redacted_start=len(made),
                redacted_end=len(made) + len(replacement),
                score=1.0,
                recognizer="test",
                reason="the test says so",
            )
        )
        made, after = made + replacement, end
    return RedactedText(index=0, text=made + text[after:], redactions=tuple(redactions))


def detected_language(language: str, score: float = 0.9, **others: float) -> DetectedLanguage:
    """Make the language of one text.

    Args:
        language: The most probable language.
        score: Its score, 0 to 1.
        others: Scores of other languages: ``nl=0.05``.

    Raises:
        ValueError: A score is not within 0 and 1, or another language scores better.
    """
    ranked = best_first(language, score, others)
    languages = tuple(LanguageScore(language=one.label, score=one.score) for one in ranked)
    return DetectedLanguage(index=0, language=language, score=score, languages=languages)


def text_embedding(*numbers: float) -> TextEmbedding:
    """Make the vector of one text, scaled to length 1 as a deployment does.

    Args:
        numbers: The direction of the vector.

    Raises:
        ValueError: There is no number other than 0.
    """
    return TextEmbedding(index=0, embedding=unit_vector(numbers))


def similarity(value: float) -> TextSimilarity:
    """Make how alike two texts are.

    Args:
        value: The cosine of their vectors.

    Raises:
        ValueError: It is not within -1 and 1.
    """
    if not -1 <= value <= 1:
        raise ValueError(f"a similarity must be within -1 and 1; got {value}")
    return TextSimilarity(index=0, similarity=value)


def ranked_document(index: int, relevance_score: float) -> RankedDocument:
    """Make one document of an answer of ``text.rerank``; its text is that of the call.

    Args:
        index: Position of the document among those sent.
        relevance_score: How well it fits, 0 to 1.
    """
    return RankedDocument(index=index, relevance_score=relevance_score)


def summary(text: str, /, *sentences: str, language: str = "en") -> TextSummary:
    """Make the summary of a text.

    Args:
        text: The text.
        sentences: Those of its sentences that are kept, in their order.
        language: Language that the text is taken to be in.

    Raises:
        ValueError: A sentence is not in the text.
    """
    kept = tuple(
        SummarySentence(start=start, end=end, text=sentence, score=1.0)
        for sentence in sentences
        for start, end in list(_places(text, sentence))[:1]
    )
    return TextSummary(index=0, language=language, summary=" ".join(sentences), sentences=kept)


def token_count(tokens: int, *, max_tokens: int | None = None) -> TokenCount:
    """Make the number of tokens of one text.

    Args:
        tokens: The number.
        max_tokens: How many the model looks at; None for any number.
    """
    return TokenCount(index=0, tokens=tokens, max_tokens=max_tokens)


def _ranked(scores: Mapping[str, float]) -> tuple[Prediction, ...]:
    best = max(scores, key=lambda name: scores[name], default="")
    others = {name: score for name, score in scores.items() if name != best}
    return best_first(best, scores[best], others) if scores else ()


def _places(text: str, part: str) -> Iterator[tuple[int, int]]:
    if part not in text or not part:
        raise ValueError(f"{part!r} is not in the text {text!r}")
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + len(part))
