"""Turn a text into exactly the row of ids that a model takes.

Training and serving both come through here, so that they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aiaas_mock.inference.card_inputs import NGrams, TextInput

Ids = NDArray[np.int32]

PAD_ID: Final = 0
_CHARACTERS_PER_ID: Final = 8
"""Longest text that is looked at, per id of the row: what comes after it would be cut off."""
_KNOWN_LENGTH: Final = 20
"""Longest word whose hashed n-grams are remembered."""

_WORD: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text as a model takes it.

    Attributes:
        row: Shape (size of the card's input,), int32.
        spans: Where each token of the row lies in the text: its first code point and the one after
            its last.
        truncated: Whether the text has more tokens than the row.
    """

    row: Ids
    spans: tuple[tuple[int, int], ...]
    truncated: bool


class TextEncoder:
    """The preprocessing of a text model.

    Args:
        tokenizer: Normalizer, pre-tokenizer and vocabulary; adds no special tokens.
        spec: The input of the model's card.
    """

    def __init__(self, tokenizer: Tokenizer, spec: TextInput) -> None:
        self._tokenizer = tokenizer
        self._spec = spec
        self._most_characters = _CHARACTERS_PER_ID * spec.size

    @classmethod
    def of_bundle(cls, folder: Path, spec: TextInput) -> TextEncoder:
        """Read the tokenizer of a bundle."""
        return cls(Tokenizer.from_file(str(folder / spec.tokenizer_file)), spec)

    def encode(self, text: str) -> EncodedText:
        """Turn one text into a row of ids.

        Args:
            text: Any text without lone surrogates.
        """
        head, spec = self.head(text), self._spec
        encoding = self._tokenizer.encode(head, add_special_tokens=False)
        ids = encoding.ids[: spec.length]
        row = np.zeros(spec.size, np.int32)  # of `PAD_ID`
        row[: len(ids)] = ids
        if spec.ngrams is not None:
            hashed = ngram_ids(self.normalise(head), spec.ngrams)
            row[spec.length : spec.length + len(hashed)] = hashed
        return EncodedText(
            row,
            tuple(encoding.offsets[: spec.length]),
            truncated=len(encoding.ids) > spec.length or len(text) > len(head),
        )

    def head(self, text: str) -> str:
        """Return the part of a text that is looked at."""
        return text[: self._most_characters]

    def read(self, text: str) -> str:
        """Return a beginning of a text that makes the same row as the whole, and little more."""
        head = self.head(text)
        whole = self.encode(head)
        if not whole.truncated:
            return head
        end = max(whole.spans[-1][1], 1)
        # The n-grams may reach further than the tokens do.
        while end < len(head) and not np.array_equal(self.encode(head[:end]).row, whole.row):
            end *= 2
        return head[:end]

    def rows(self, texts: Sequence[str]) -> Ids:
        """Turn texts into the rows of one array, shape (texts, size)."""
        rows = [self.encode(text).row for text in texts]
        return np.stack(rows) if rows else np.empty((0, self._spec.size), np.int32)

    def count(self, text: str) -> int:
        """Return the number of tokens of a whole text."""
        # Unlike `encode`, this lets other threads have Python's lock meanwhile.
        return len(self._tokenizer.encode_batch_fast([text], add_special_tokens=False)[0])

    def normalise(self, text: str) -> str:
        """Return the text as the vocabulary sees it, for instance in lower case."""
        normalizer = self._tokenizer.normalizer
        return text if normalizer is None else str(normalizer.normalize_str(text))


def words_of(text: str) -> list[str]:
    """Cut a text into runs of letters and digits, and single signs."""
    return _WORD.findall(text)


def ngram_ids(text: str, spec: NGrams) -> list[int]:
    """Return the ids of a normalised text's n-grams, at most `spec.length` of them."""
    words, buckets = words_of(text), spec.buckets
    ids = [_id_of(gram, buckets) for gram in islice(_word_ngrams(words, spec), spec.length)]
    for word in words:
        if len(ids) >= spec.length:
            break
        ids += _character_ids(word, spec.characters, buckets)
    return ids[: spec.length]


def _word_ngrams(words: Sequence[str], spec: NGrams) -> Iterator[str]:
    for size in spec.words:
        for at in range(len(words) - size + 1):
            yield " ".join(words[at : at + size])


def _character_ids(word: str, sizes: tuple[int, ...], buckets: int) -> tuple[int, ...]:
    # The few words that most of any text is made of are hashed once.
    known = _known_character_ids if len(word) <= _KNOWN_LENGTH else _new_character_ids
    return known(word, sizes, buckets)


def _new_character_ids(word: str, sizes: tuple[int, ...], buckets: int) -> tuple[int, ...]:
    marked = f"<{word}>"
    return tuple(
        _id_of(marked[at : at + size], buckets)
        for size in sizes
        for at in range(len(marked) - size + 1)
    )


_known_character_ids = lru_cache(maxsize=8192)(_new_character_ids)


def _id_of(gram: str, buckets: int) -> int:
    return 1 + crc32(gram.encode()) % buckets
