"""Read the entities, and how sure they are, out of a tagger's scores (a linear-chain CRF)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.card_outputs import TagsOutput
from aiaas_mock.inference.preprocess.words import Span, windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text.

    Attributes:
        start: Its first code point.
        end: The code point after its last.
        label: Its type.
        score: The probability that exactly this span is an entity of exactly this type.
    """

    start: int
    end: int
    label: str
    score: float


class EntityDecoder:
    """What comes after a tagger.

    Args:
        spec: The input of the model's card.
        output: The output of the model's card.
        labels: The tags, in the order of the output.
    """

    def __init__(self, spec: WordsInput, output: TagsOutput, labels: Sequence[str]) -> None:
        self._spec, self._labels = spec, tuple(labels)
        self._start = np.array(output.start, np.float64)
        self._moves = np.array(output.transitions, np.float64)
        self._temperature = output.temperature

    def decode(self, outputs: NDArray[np.float32], spans: Sequence[Span]) -> list[Entity]:
        """Find the entities of one text.

        Args:
            outputs: The model's answer to each row of the text.
            spans: Where the words lie.
        """
        if not spans:
            return []
        scores = self.scores(outputs, len(spans))
        found = chunks([self._labels[tag] for tag in self.best(scores)])
        chances = _Chances(scores, self._start, self._moves, self._temperature)
        return [
            Entity(
                spans[first][0],
                spans[last][1],
                label,
                chances.of(first, last, self._tag("B", label), self._tag("I", label)),
            )
            for first, last, label in found
        ]

    def scores(self, outputs: NDArray[np.float32], words: int) -> Floats:
        """Put the rows of one text together: a score for each tag of each word."""
        rows = outputs.reshape(len(outputs), self._spec.length, len(self._labels))
        parts = [
            row[first - start : end - start]
            for row, (start, first, end) in zip(rows, windows(words, self._spec), strict=True)
        ]
        return np.concatenate(parts).astype(np.float64)

    def best(self, scores: Floats) -> list[int]:
        """Return the tags whose scores and transitions have the highest sum (Viterbi)."""
        total, came_from = self._start + scores[0], []
        for score in scores[1:]:
            ways = total[:, None] + self._moves
            came_from.append(ways.argmax(axis=0))
            total = ways.max(axis=0) + score
        tags = [int(total.argmax())]
        for origins in reversed(came_from):
            tags.append(int(origins[tags[-1]]))
        return tags[::-1]

    def _tag(self, place: str, label: str) -> int:
        return self._labels.index(f"{place}-{label}")


def chunks(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the first word, the last word and the type of each entity."""
    found: list[tuple[int, int, str]] = []
    for word, tag in enumerate(tags):
        place, _, label = tag.partition("-")
        if place == "I" and found and found[-1][1:] == (word - 1, label):
            found[-1] = (found[-1][0], word, label)
        elif tag != OUTSIDE:
            found.append((word, word, label))
    return found


class _Chances:
    """Probabilities of parts of the row of tags, by the forward-backward algorithm."""

    def __init__(self, scores: Floats, start: Floats, moves: Floats, temperature: float) -> None:
        self._scores, self._moves = scores / temperature, moves / temperature
        forward = [start / temperature + self._scores[0]]
        for score in self._scores[1:]:
            forward.append(_log_sum(forward[-1][:, None] + self._moves, axis=0) + score)
        backward = [np.zeros_like(start)]
        for score in self._scores[:0:-1]:
            backward.append(_log_sum(self._moves + (score + backward[-1])[None, :], axis=1))
        self._forward, self._backward = forward, backward[::-1]
        self._all = _log_sum(forward[-1], axis=0)

    def of(self, first: int, last: int, begin: int, inside: int) -> float:
        """Return the probability of an entity from word `first` to word `last`, and no further."""
        total = self._forward[first][begin]
        tag = begin
        for word in range(first + 1, last + 1):
            total += self._moves[tag, inside] + self._scores[word, inside]
            tag = inside
        if last + 1 < len(self._scores):
            after = self._moves[tag] + self._scores[last + 1] + self._backward[last + 1]
            total += _log_sum(np.delete(after, inside), axis=0)
        return float(np.exp(min(total - self._all, 0.0)))


def _log_sum(values: Floats, *, axis: int) -> Floats:
    highest = values.max(axis=axis, keepdims=True)
    result: Floats = np.log(np.exp(values - highest).sum(axis=axis)) + highest.squeeze(axis)
    return result
