"""Rows of numbers as a model takes them: their shape and type, and which ids there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.inference.card_inputs import (
    HASHED_FEATURES,
    ImageInput,
    Input,
    StepInput,
    TextInput,
    WordsInput,
)
from aiaas_mock.inference.preprocess.words import GOES_ON, OTHER_ID

Limits: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """What a model takes for one input.

    Attributes:
        shape: Lengths of the axes, without that of the batch.
        dtype: ``uint8``, ``int32`` or ``float32``.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def row_of(spec: Input) -> Row:
    """Return what a card's input looks like once it is an array."""
    if isinstance(spec, ImageInput):
        return Row((spec.height, spec.width, spec.channels), np.dtype(spec.dtype))
    dtype = np.int32 if isinstance(spec, TextInput | WordsInput) else np.float32
    return Row((spec.size,), np.dtype(dtype))


def has_ids(spec: Input) -> bool:
    """Say whether numbers of a row are ids: places in the model's tables."""
    return isinstance(spec, TextInput | WordsInput | StepInput)


def id_limits(bundle: Bundle) -> Limits:
    """Return how many ids there are for each place of a row; infinitely many for other numbers.

    An engine fails a whole batch for one id that is in no table. What came from outside must be
    held against this before it shares a batch with others.
    """
    spec = bundle.card.input
    if isinstance(spec, WordsInput):
        words = (bundle.folder / spec.vocabulary_file).read_text("utf-8").splitlines()
        return np.tile(_word_limits(spec, len(words)), spec.length)
    limits = np.full(row_of(spec).shape, np.inf)
    if isinstance(spec, TextInput):
        tokenizer = Tokenizer.from_file(str(bundle.folder / spec.tokenizer_file))
        limits[: spec.length] = tokenizer.get_vocab_size()
        limits[spec.length :] = spec.ngrams.buckets + 1 if spec.ngrams else np.inf
    elif isinstance(spec, StepInput):
        limits[0] = spec.vocabulary
    return limits


def _word_limits(spec: WordsInput, words: int) -> Limits:
    counts = (
        [OTHER_ID + 1 + words],
        [OTHER_ID + 1 + len(spec.alphabet)] * spec.characters,
        [spec.buckets + 1] * HASHED_FEATURES,
        [GOES_ON + 1] * len(spec.lists),
    )
    return np.array([count for part in counts for count in part], np.float64)
