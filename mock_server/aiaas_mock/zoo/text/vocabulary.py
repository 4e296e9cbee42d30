"""Vocabularies, learned from a training split: words, parts of words, or parts of Chinese text."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

Vocabulary = Literal["words", "word-pieces", "chinese-pieces"]

UNKNOWN_ID: Final = 1
_SPECIAL: Final = ["[PAD]", "[UNK]"]
_WORD: Final = r"[^\W_]+|[^\w\s]|_"
"""The same cut as that of the hashed n-grams."""
_LONGEST_CHINESE_PIECE: Final = 4


def learn(texts: Sequence[str], kind: Vocabulary, *, size: int, fewest: int = 2) -> Tokenizer:
    """Learn a vocabulary in lower case; id 0 pads, id 1 is what the vocabulary does not have.

    Args:
        texts: The training split.
        kind: "words" has whole words only, "word-pieces" (Schuster and Nakajima 2012) cuts rare
            ones, "chinese-pieces" cuts runs of Hanzi by a unigram model (Kudo 2018).
        size: Most entries.
        fewest: Times that a word must occur.
    """
    tokenizer = Tokenizer(_model(kind))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    tokenizer.train_from_iterator(texts, _trainer(kind, size, fewest))
    return tokenizer


def _model(kind: Vocabulary) -> Any:
    if kind == "words":
        return models.WordLevel(unk_token=_SPECIAL[UNKNOWN_ID])
    if kind == "word-pieces":
        return models.WordPiece(unk_token=_SPECIAL[UNKNOWN_ID])
    return models.Unigram()


def _trainer(kind: Vocabulary, size: int, fewest: int) -> Any:
    common: dict[str, Any] = {
        "vocab_size": size,
        "special_tokens": _SPECIAL,
        "show_progress": False,
    }
    if kind == "words":
        return trainers.WordLevelTrainer(min_frequency=fewest, **common)
    if kind == "word-pieces":
        return trainers.WordPieceTrainer(min_frequency=fewest, **common)
    return trainers.UnigramTrainer(
        unk_token=_SPECIAL[UNKNOWN_ID], max_piece_length=_LONGEST_CHINESE_PIECE, **common
    )
