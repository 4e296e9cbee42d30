"""Vectors of words, taken from the shipped model of word vectors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.card_outputs import EmbeddingOutput
from aiaas_mock.inference.cards import verify_bundle
from aiaas_mock.inference.preprocess.text import PAD_ID, TextEncoder
from aiaas_mock.zoo.measuring import Interpreter

WORD_VECTORS: Final = ("word2vec", "1")


def vectors_of(words: Sequence[str], bundles: Path) -> NDArray[np.float32]:
    """Return one vector per word: what the model answers to a text of that word alone.

    Args:
        words: A vocabulary, in the order of its ids; the padding's vector is zero.
        bundles: The folder of bundles that has the model of word vectors: a text's vector, of
            length 1, or zero where it knows no word of it.

    Raises:
        BundleError: The model is missing or damaged.
    """
    folder = bundles.joinpath(*WORD_VECTORS)
    card = verify_bundle(folder)
    if not isinstance(card.input, TextInput) or not isinstance(card.output, EmbeddingOutput):
        raise TypeError(f"{card.id} makes no vectors of texts")
    rows = TextEncoder.of_bundle(folder, card.input).rows(words)
    vectors = Interpreter(folder, card, variant=card.default_variant).run(rows)
    vectors[PAD_ID] = 0
    return vectors
