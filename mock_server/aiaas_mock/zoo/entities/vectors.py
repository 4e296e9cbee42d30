"""The vectors that words begin with: skip-gram on all English texts there are, tweets included."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.preprocess.words import OTHER_ID, plain, split_words
from aiaas_mock.zoo.entities.data import Sentence
from aiaas_mock.zoo.word2vec.corpus import load_texts
from aiaas_mock.zoo.word2vec.skipgram import SkipGramSettings, train_vectors

SETTINGS: Final = SkipGramSettings(size=64, window=5, epochs=6)
TWEETS_COUNT: Final = 2
"""A word of the tweets counts as this many, so that their words get into the vocabulary."""


def learn_words(
    data: Path, sentences: Sequence[Sentence], size: int, report: Callable[[str], None]
) -> tuple[list[str], NDArray[np.float32]]:
    """Choose the most frequent words and learn their vectors.

    Args:
        data: The folder of the data sets.
        sentences: The sentences of the train split.
        size: Words in the vocabulary.
        report: Gets the progress.

    Returns:
        The vocabulary, and a vector for the padding, for any other word, and for each word.
    """
    texts = [_words(text.text) for text in load_texts(data, "train") if text.language == "en"]
    tweets = [[plain(word) for word in sentence.words] for sentence in sentences]
    counts = Counter(word for text in texts for word in text)
    for tweet in tweets:
        counts.update(tweet * TWEETS_COUNT)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    vocabulary = [word for word, _ in ordered[:size]]
    number = {word: OTHER_ID + place for place, word in enumerate(vocabulary, 1)}
    rows = [
        [number[word] for word in text if word in number] for text in (*texts, *tweets, *tweets)
    ]
    ids = np.concatenate([np.array(row, np.int32) for row in rows])
    owners = np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows])
    vectors = train_vectors(ids, owners, OTHER_ID + 1 + len(vocabulary), SETTINGS, report)
    vectors[: OTHER_ID + 1] = 0
    return vocabulary, vectors


def _words(text: str) -> list[str]:
    return [plain(text[start:end]) for start, end in split_words(text)]
