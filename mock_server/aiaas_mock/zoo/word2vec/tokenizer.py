"""One vocabulary of English and Chinese: whole English words, Chinese words and characters."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

PAD: Final = "<pad>"
UNKNOWN: Final = "<unk>"

_HAN: Final = r"\p{Han}+"
_LATIN: Final = r"[\p{L}\p{M}&&[^\p{Han}]]+(?:'[\p{L}&&[^\p{Han}]]+)*"
_PIECES: Final = rf"{_HAN}|{_LATIN}|\p{{N}}+|[^\s\p{{L}}\p{{M}}\p{{N}}]"
_WORD_SCORE: Final = -5.0
"""Of every whole word: any two pieces cost more than the one word that they make up."""
_CHARACTER_SCORE: Final = -12.0
_RARE_CHARACTER: Final = 5
"""A Chinese character that occurs less often gets no piece."""
_LONGEST_PIECE: Final = 4


def train_tokenizer(
    english: Sequence[str], chinese: Sequence[str], *, words: int, chinese_pieces: int
) -> Tokenizer:
    """Choose a vocabulary; id 0 pads and id 1 is what no piece covers.

    An English word of the vocabulary is always one token, any other is cut into as few pieces
    as possible. Chinese, which has no blanks, is cut into the likeliest pieces of a unigram model
    (Kudo 2018) that is learned here.

    Args:
        english: Texts.
        chinese: Texts.
        words: Number of English words, numbers and signs.
        chinese_pieces: Number of pieces of Chinese.
    """
    bare = _with_pipeline(models.Unigram())
    counts: Counter[str] = Counter()
    for text in english:
        counts.update(_cut(bare, text))
    frequent = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:words]
    scores = dict.fromkeys((word for word, _ in frequent), _WORD_SCORE)
    for piece, score in _chinese_scores(bare, chinese, chinese_pieces):
        scores.setdefault(piece, score)
    for character in "abcdefghijklmnopqrstuvwxyz0123456789":
        scores.setdefault(character, _CHARACTER_SCORE)
    # A score below all others, for the two ids that no text must give.
    vocabulary = [(PAD, -99.0), (UNKNOWN, -99.0), *scores.items()]
    return _with_pipeline(models.Unigram(vocabulary, unk_id=1, byte_fallback=False))


def _chinese_scores(bare: Tokenizer, texts: Iterable[str], pieces: int) -> list[tuple[str, float]]:
    counts = Counter(character for text in texts for character in text)
    rare = {character for character, count in counts.items() if count < _RARE_CHARACTER}
    runs = [
        run
        for text in texts
        for run in _cut(bare, "".join(" " if c in rare else c for c in text))
        if _is_han(run)
    ]
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces,
        show_progress=False,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        max_piece_length=_LONGEST_PIECE,
    )
    model = _with_pipeline(models.Unigram())
    model.train_from_iterator(runs, trainer)
    vocabulary = json.loads(model.to_str())["model"]["vocab"]
    return [(piece, score) for piece, score in vocabulary if piece != UNKNOWN]


def _is_han(run: str) -> bool:
    return "\u3400" <= run[0] <= "\u9fff"


def _cut(tokenizer: Tokenizer, text: str) -> list[str]:
    normal = tokenizer.normalizer.normalize_str(text)
    return [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def _with_pipeline(model: models.Model) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace("\u2019", "'")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PIECES), "removed", invert=True)
    return tokenizer
