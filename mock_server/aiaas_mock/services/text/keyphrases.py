"""The phrases that tell what a text is about, by TF-IDF, with the evidence for each.

A phrase is one to three words in a row, without signs between them and without stop words, but for
a linking one in its middle: ``supply of lithium``. Its idf is the sum of its words' idf over the
square root of their number: between the mean, by which a phrase could never beat its rarest word,
and the sum, by which the longest phrase would always win.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiaas_mock.inference.document_frequencies import DocumentFrequencies
from aiaas_mock.inference.preprocess.content_words import Language, Word, words_of

METHOD: Final = "tfidf-keyphrases@1"
_MOST_WORDS: Final = 3
_LINKING: Final = frozenset({"of", "and"})
_LONGEST_GAP: Final = 3
"""Blanks between two words of a phrase; more is a gap in the layout."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A key phrase.

    Attributes:
        text: As it is first written.
        score: tf x idf, relative to the best phrase of the text.
        tf: Occurrences over all words of the text.
        idf: How rare its words are elsewhere.
        spans: Where it occurs, in code points.
    """

    text: str
    score: float
    tf: float
    idf: float
    spans: tuple[tuple[int, int], ...]


def find_keyphrases(
    text: str, language: Language, frequencies: DocumentFrequencies, top_k: int
) -> list[Phrase]:
    """Return the best phrases of a text, best first.

    A phrase is left out where more than half of its occurrences share words with better phrases.

    Args:
        text: Any text without lone surrogates.
        language: How its words are told apart.
        frequencies: How common words are elsewhere.
        top_k: Most phrases.
    """
    words = words_of(text, language)
    places = _candidates(text, words)
    idf_of = {key: _idf(key, frequencies) for key in places}
    ranked = sorted(places, key=lambda key: (-len(places[key]) * idf_of[key], places[key][0]))
    best = len(places[ranked[0]]) * idf_of[ranked[0]] if ranked else 0.0
    taken = bytearray(len(words))
    found: list[Phrase] = []
    for key in ranked:
        if len(found) == top_k or best == 0.0:
            break
        at = places[key]
        free = [first for first in at if not any(taken[first : first + len(key)])]
        if 2 * len(free) < len(at):
            continue
        for first in at:
            taken[first : first + len(key)] = b"\1" * len(key)
        spans = tuple((words[first].start, words[first + len(key) - 1].end) for first in at)
        found.append(
            Phrase(
                text=text[spans[0][0] : spans[0][1]],
                score=len(at) * idf_of[key] / best,
                tf=len(at) / len(words),
                idf=idf_of[key],
                spans=spans,
            )
        )
    return found


def _candidates(text: str, words: Sequence[Word]) -> dict[tuple[str, ...], list[int]]:
    """Return all phrases and at which words each begins; its occurrences never overlap."""
    places: dict[tuple[str, ...], list[int]] = {}
    for first, last in _word_ranges(text, words):
        key = tuple(word.key for word in words[first:last])
        at = places.setdefault(key, [])
        if not at or first >= at[-1] + len(key):
            at.append(first)
    return places


def _word_ranges(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for first, word in enumerate(words):
        if not word.is_content:
            continue
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            if last > first and not _goes_on(text, words[last - 1].end, words[last].start):
                break
            if words[last].is_content:
                yield first, last + 1
            elif words[last].key not in _LINKING:
                break


def _goes_on(text: str, end: int, start: int) -> bool:
    """Say whether nothing but blanks is between two words."""
    gap = start - end
    if gap > _LONGEST_GAP:
        return False
    between = text[end:start]
    return not between or (between.isspace() and "\n" not in between and "\r" not in between)


def _idf(key: tuple[str, ...], frequencies: DocumentFrequencies) -> float:
    told = [frequencies.idf(word) for word in key if word not in _LINKING]
    return sum(told) / math.sqrt(len(told))
