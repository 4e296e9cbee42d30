"""Cut a text into words, describe each in numbers, and read the entities out of a tagger's scores.

Training and serving both come through here, so that they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import HASHED_FEATURES, WordsInput

Ids = NDArray[np.int32]
Span = tuple[int, int]

PAD_ID: Final = 0
OTHER_ID: Final = 1
BEGINS, GOES_ON = 1, 2
"""The numbers of a word at the beginning of a listed name, and inside one."""

_MOST_WORDS_OF_A_NAME: Final = 6
# Every repetition that can fail is short, or is not begun again inside what it ran over: a text of
# any shape takes linear time. 64 characters before the @ are the most that RFC 5321 allows.
_WORD: Final = re.compile(
    r"""
    https?://\S+ | www\.\S+ | [^\W_][\w.+-]{0,63}@[\w-]+(?:\.[\w-]+)+  # addresses
    | [@#]\w+                                          # users and hashtags
    | [:;=8xX][-o^']?[()\[\]DPpO/\\|*3]+(?!\w) | <3       # faces
    | [^\W\d_]+(?=n['\u2019]t\b) | n['\u2019]t\b                     # do n't
    | ['\u2019](?:s|m|d|re|ve|ll)\b                            # it 's
    | (?:[^\W\d_]\.){2,}                                # U.S.
    | \d+(?:[.,:/]\d+)*\w*                              # 7:30pm
    | [^\W_]+(?:[-&_][^\W_]+|['\u2019](?!(?:s|m|d|re|ve|ll)\b)[^\W_]+)* # AT&T, O'Neill
    | ([^\w\s])\1* | _+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_REPEATED: Final = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class EncodedWords:
    """A text as a tagger takes it.

    Attributes:
        rows: Shape (rows, size of the card's input), int32; none for a text without words.
        spans: Where each word lies in the text: its first code point and the one after its last.
    """

    rows: Ids
    spans: tuple[Span, ...]


def split_words(text: str) -> list[Span]:
    """Cut a text into words, numbers, addresses and signs.

    Returns:
        Each one's first code point and the one after its last, in order.
    """
    return [match.span() for match in _WORD.finditer(text)]


class WordsEncoder:
    """The preprocessing of a tagger.

    Args:
        spec: The input of the model's card.
        vocabulary: The words that have an id, in order.
        names: The numbers of the lists that hold a name; see `WordsInput`.
    """

    def __init__(
        self,
        spec: WordsInput,
        vocabulary: Iterable[str],
        names: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        self._spec = spec
        self._ids = {word: OTHER_ID + place for place, word in enumerate(vocabulary, 1)}
        self._characters = {c: OTHER_ID + place for place, c in enumerate(spec.alphabet, 1)}
        self._names = names or {}

    @classmethod
    def of_bundle(cls, folder: Path, spec: WordsInput) -> WordsEncoder:
        """Read the vocabulary and the lists of a bundle."""
        vocabulary = (folder / spec.vocabulary_file).read_text("utf-8").splitlines()
        return cls(
            spec, vocabulary, read_names(folder / spec.lists_file) if spec.lists_file else {}
        )

    def encode(self, text: str) -> EncodedWords:
        """Turn one text into rows of numbers."""
        spans = split_words(text)
        return EncodedWords(self.rows([text[start:end] for start, end in spans]), tuple(spans))

    def rows(self, words: Sequence[str]) -> Ids:
        """Turn the words of one text into rows of numbers."""
        spec = self._spec
        described = self._describe(words)
        starts = [start for start, _, _ in windows(len(words), spec)]
        rows = np.full((len(starts), spec.length, spec.columns), PAD_ID, np.int32)
        for row, start in zip(rows, starts, strict=True):
            part = described[start : start + spec.length]
            row[: len(part)] = part
        return rows.reshape(len(starts), spec.size)

    def _describe(self, words: Sequence[str]) -> Ids:
        spec = self._spec
        numbers = np.zeros((len(words), spec.columns), np.int32)
        hashed = 1 + spec.characters
        lists = hashed + HASHED_FEATURES
        for row, word in zip(numbers, words, strict=True):
            row[0] = self._ids.get(plain(word), OTHER_ID)
            letters = ends_of(word, spec.characters)
            row[1 : 1 + len(letters)] = [self._characters.get(c, OTHER_ID) for c in letters]
            row[hashed:lists] = [
                1 + crc32(f"{place}{part}".encode()) % spec.buckets
                for place, part in enumerate(_parts(word))
            ]
        if self._names:
            self._mark_names(words, numbers[:, lists:])
        return numbers

    def _mark_names(self, words: Sequence[str], marks: Ids) -> None:
        """Mark, for each list on its own, the longest names from left to right."""
        lower = [word.lower().lstrip("#@") for word in words]
        free = np.zeros(marks.shape[1], np.int64)
        for start in range(len(lower)):
            for end in range(min(start + _MOST_WORDS_OF_A_NAME, len(lower)), start, -1):
                for number in self._names.get(" ".join(lower[start:end]), ()):
                    if start >= free[number]:
                        marks[start, number] = BEGINS
                        marks[start + 1 : end, number] = GOES_ON
                        free[number] = end


def windows(words: int, spec: WordsInput) -> list[tuple[int, int, int]]:
    """Spread the words of a text over rows.

    Returns:
        For each row, its first word, and the first and the one after the last of the words whose
        tags are taken from this row: where two rows overlap, each gives those that are further
        from its own end.
    """
    if words == 0:
        return []
    step = spec.length - spec.overlap
    starts = range(0, max(words - spec.overlap, 1), step)
    half = spec.overlap // 2
    found = [[start, start + half, start + step + half] for start in starts]
    found[0][1], found[-1][2] = 0, words
    return [(start, first, end) for start, first, end in found]


def plain(word: str) -> str:
    """Return a word as the vocabulary has it: lower case, 0 for digits, kinds of address."""
    if word[0] == "@" and len(word) > 1:
        return "@user"
    if word.startswith(("http://", "https://", "www.")):
        return "http://"
    return _DIGIT.sub("0", word.lower().replace("\u2019", "'"))


def ends_of(word: str, length: int) -> str:
    """Return a word, or its beginning and its end where it is longer than `length`."""
    if len(word) <= length:
        return word
    return word[: length - length // 2] + word[-(length // 2) :]


def shape_of(word: str) -> str:
    """Return a word with x for its small letters, X for its capitals and 0 for its digits."""
    return "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word
    )


def read_names(path: Path) -> dict[str, tuple[int, ...]]:
    """Read the file of a bundle's lists of names."""
    lines = path.read_text("utf-8").splitlines()
    split = (line.split("\t") for line in lines)
    return {name: tuple(map(int, numbers.split())) for name, numbers in split}


def _parts(word: str) -> tuple[str, ...]:
    """Return what is hashed of a word; as many as `HASHED_FEATURES`."""
    lower, shape = word.lower(), shape_of(word[:24])
    return (
        lower[:2],
        lower[:3],
        lower[-2:],
        lower[-3:],
        lower[-4:],
        shape,
        _REPEATED.sub(r"\1", shape),
    )
