"""The vocabulary of the language model, and its texts as tokens."""

from collections.abc import Sequence
from typing import Final

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from aiaas_mock.zoo.word2vec.corpus import Text

END: Final = "<end>"
END_ID: Final = 0
"""Stands before each text and after it."""
LONGEST: Final = 96
"""Tokens of a text that the model learns from."""
_CHINESE_CHARACTERS: Final = 160
"""Of a Chinese review only this beginning is used: the reviews would outweigh all else."""


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """Learn a byte-level vocabulary: pieces of words, and single bytes for all the rest."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def beginnings(texts: Sequence[Text]) -> list[str]:
    """Return the texts, long Chinese ones cut off."""
    return [t.text[:_CHINESE_CHARACTERS] if t.language == "zh" else t.text for t in texts]


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Turn texts into tokens; see `between_ends`."""
    encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [between_ends(each.ids) for each in encoded]


def between_ends(ids: Sequence[int]) -> list[int]:
    """Put END before and after a text; one that is too long is cut and has none after."""
    return [END_ID, *ids, END_ID][: LONGEST + 1]
