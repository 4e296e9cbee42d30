"""What one text comes to, as the contract says it; no service and no model is needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from aiaas.contract.text._common import Span
from aiaas.contract.text.extraction import (
    DetectedLanguage,
    Keyphrase,
    LanguageScore,
    RedactedText,
    Redaction,
    SummarySentence,
    TextKeyphrases,
    TextSummary,
)
from aiaas_mock.inference import document_frequencies
from aiaas_mock.services.text import redaction
from aiaas_mock.services.text.keyphrases import find_keyphrases
from aiaas_mock.services.text.languages import LanguageDetector, Supported
from aiaas_mock.services.text.summaries import find_central_sentences

_DIGITS: Final = 6


def keyphrases(index: int, text: str, *, language: Supported | None, top_k: int) -> TextKeyphrases:
    """Find the key phrases of a text."""
    taken_for = language or LanguageDetector.of(text)
    frequencies = document_frequencies.shipped()[taken_for]
    return TextKeyphrases(
        index=index,
        language=taken_for,
        keyphrases=tuple(
            Keyphrase(
                text=phrase.text,
                score=round(phrase.score, _DIGITS),
                tf=round(phrase.tf, _DIGITS),
                idf=round(phrase.idf, _DIGITS),
                spans=tuple(Span(start=start, end=end) for start, end in phrase.spans),
            )
            for phrase in find_keyphrases(text, taken_for, frequencies, top_k)
        ),
    )


def summary(
    index: int, text: str, *, language: Supported | None, max_sentences: int
) -> TextSummary:
    """Find the most central sentences of a text."""
    taken_for = language or LanguageDetector.of(text)
    frequencies = document_frequencies.shipped()[taken_for]
    sentences = tuple(
        SummarySentence(
            start=sentence.start,
            end=sentence.end,
            text=text[sentence.start : sentence.end],
            score=round(sentence.score, _DIGITS),
        )
        for sentence in find_central_sentences(text, taken_for, frequencies, max_sentences)
    )
    between = "" if taken_for == "zh" else " "
    return TextSummary(
        index=index,
        language=taken_for,
        summary=between.join(sentence.text for sentence in sentences),
        sentences=sentences,
    )


def language(index: int, text: str, *, detector: LanguageDetector, top_k: int) -> DetectedLanguage:
    """Say which languages a text may be in."""
    scores = tuple(
        LanguageScore(language=share.language, score=round(share.probability, _DIGITS))
        for share in detector.detect(text)[:top_k]
    )
    best = scores[0]
    return DetectedLanguage(index=index, language=best.language, score=best.score, languages=scores)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What was found in a text.

    Attributes:
        index: Position of the text in the request.
        text: The text.
        matches: The matches so far, overlapping or not.
    """

    index: int
    text: str = field(repr=False)
    matches: list[redaction.Match] = field(repr=False)

    def add_names(self, names: Iterable[redaction.FoundName], model: str, min_score: float) -> None:
        """Add the names of people that a model found, without titles alone."""
        self.matches.extend(
            redaction.match_of_name(self.text, name, model)
            for name in names
            if name.score >= min_score
            and not redaction.is_only_title(self.text[name.start : name.end])
        )


def personal_data(
    index: int, text: str, *, types: Collection[str], min_score: float
) -> PersonalData:
    """Find personal data in a text by rules."""
    return PersonalData(index, text, redaction.find_matches(text, types, min_score))


def redacted(found: PersonalData, writer: redaction.Writer) -> RedactedText:
    """Write over the personal data in a text."""
    text, placed = redaction.redact(found.text, found.matches, writer)
    return RedactedText(
        index=found.index,
        text=text,
        redactions=tuple(
            Redaction(
                start=one.match.start,
                end=one.match.end,
                type=one.match.type,
                replacement=one.replacement,
                redacted_start=one.start,
                redacted_end=one.end,
                score=round(one.match.score, _DIGITS),
                recognizer=one.match.recognizer,
                reason=one.match.reason,
            )
            for one in placed
        ),
    )
