"""The most central sentences of a text.

LexRank with weights (Erkan and Radev, 2004: "continuous LexRank"): a sentence is central when it
is like many sentences that are central themselves, by the cosine of TF-IDF vectors. Sentences are
then chosen by maximal marginal relevance (Carbonell and Goldstein, 1998), so that the summary does
not say one thing twice. The matrix of similarities is never made: with its two thin factors every
step takes time linear in the words of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.document_frequencies import DocumentFrequencies
from aiaas_mock.inference.preprocess.content_words import Language, words_of
from aiaas_mock.services.text.sentences import split_sentences

METHOD: Final = "lexrank@1"
_DAMPING: Final = 0.85
_ITERATIONS: Final = 50
_CLOSE_ENOUGH: Final = 1e-6
_RELEVANCE: Final = 0.6
"""Weight of centrality beside that of being unlike what is chosen already."""

_SAME: Final = 0.95
"""Sentences so alike say the same; a second one is only taken when there is nothing else."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CentralSentence:
    """A sentence of the summary.

    Attributes:
        start: Its first position in the text, in code points.
        end: The position after its last.
        score: How central it is, relative to the most central sentence of the text.
    """

    start: int
    end: int
    score: float


def find_central_sentences(
    text: str, language: Language, frequencies: DocumentFrequencies, max_sentences: int
) -> list[CentralSentence]:
    """Return the sentences of a summary, in the order of the text.

    Args:
        text: Any text without lone surrogates.
        language: How its words are told apart.
        frequencies: How common words are elsewhere.
        max_sentences: Most sentences to return.
    """
    sentences = split_sentences(text)
    if not sentences:
        return []
    vectors = _Vectors.of([text[start:end] for start, end in sentences], language, frequencies)
    scores = _centrality(vectors)
    chosen = _choose(vectors, scores, max_sentences)
    return [CentralSentence(*sentences[at], float(scores[at])) for at in sorted(chosen)]


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Unit vectors of sentences, sparse.

    Attributes:
        rows: For each value, its sentence.
        columns: For each value, its word.
        values: The values that are not zero.
        squares: For each sentence, its similarity to itself: 1, or 0 where it has no words.
        shape: Number of sentences and of words.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: Vector
    squares: Vector
    shape: tuple[int, int]

    @classmethod
    def of(
        cls, sentences: list[str], language: Language, frequencies: DocumentFrequencies
    ) -> _Vectors:
        """Make the TF-IDF vectors of sentences."""
        ids: dict[str, int] = {}
        weights: dict[tuple[int, int], float] = {}
        for row, sentence in enumerate(sentences):
            for word in words_of(sentence, language):
                if word.is_content:
                    place = row, ids.setdefault(word.key, len(ids))
                    weights[place] = weights.get(place, 0.0) + frequencies.idf(word.key)
        places = np.array(list(weights), np.intp).reshape(-1, 2)
        rows, columns = places[:, 0], places[:, 1]
        values = np.fromiter(weights.values(), np.float64, len(weights))
        lengths = np.sqrt(_sums(rows, values**2, len(sentences)))
        lengths[lengths == 0.0] = 1.0
        values /= lengths[rows]
        squares = _sums(rows, values**2, len(sentences))
        return cls(rows, columns, values, squares, (len(sentences), len(ids)))

    def similarities(self, weights: Vector) -> Vector:
        """Return, for each sentence, its similarities to all others times their weights."""
        words = _sums(self.columns, self.values * weights[self.rows], self.shape[1])
        others: Vector = np.maximum(self.along(words) - weights * self.squares, 0.0)
        return others

    def along(self, words: Vector) -> Vector:
        """Return the scalar product of each sentence with a vector over the words."""
        return _sums(self.rows, self.values * words[self.columns], self.shape[0])

    def one(self, row: int) -> Vector:
        """Return the vector of one sentence over all words."""
        words = np.zeros(self.shape[1])
        mine = self.rows == row
        words[self.columns[mine]] = self.values[mine]
        return words


def _sums(places: NDArray[np.intp], values: Vector, size: int) -> Vector:
    """Return, for each place, the sum of the values there."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _centrality(vectors: _Vectors) -> Vector:
    """Return how central each sentence is, relative to the most central one."""
    count = vectors.shape[0]
    degrees = vectors.similarities(np.ones(count))
    degrees[degrees < _CLOSE_ENOUGH] = 1.0  # such a sentence is like no other
    ranks = np.full(count, 1.0 / count)
    for _ in range(_ITERATIONS):
        before = ranks
        ranks = (1.0 - _DAMPING) / count + _DAMPING * vectors.similarities(before / degrees)
        if np.abs(ranks - before).sum() < _CLOSE_ENOUGH:
            break
    relative: Vector = ranks / ranks.max()
    return relative


def _choose(vectors: _Vectors, scores: Vector, most: int) -> list[int]:
    """Choose sentences one by one: central ones that are unlike those chosen before."""
    chosen: list[int] = []
    likest = np.zeros(len(scores))
    for _ in range(min(most, len(scores))):
        gains = _RELEVANCE * scores - (1.0 - _RELEVANCE) * likest
        gains[likest > _SAME] -= 1.0
        gains[chosen] = -np.inf
        at = int(np.argmax(gains))  # the first of equal ones
        chosen.append(at)
        likest = np.maximum(likest, vectors.along(vectors.one(at)))
    return chosen
