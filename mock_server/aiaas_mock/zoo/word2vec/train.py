"""Make the bundle of the word vectors."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.card_outputs import EmbeddingOutput
from aiaas_mock.inference.cards import Card, Metric, Training, Variant
from aiaas_mock.zoo.bundling import finish_bundle, new_bundle_folder
from aiaas_mock.zoo.word2vec.corpus import CORPUS, Text, load_texts
from aiaas_mock.zoo.word2vec.evaluate import evaluate, intent_accuracy, load_questions
from aiaas_mock.zoo.word2vec.skipgram import SkipGramSettings, train_vectors
from aiaas_mock.zoo.word2vec.table import SMOOTHING, quantise, to_litert, weighted_rows
from aiaas_mock.zoo.word2vec.tokenizer import train_tokenizer

TOKENIZER_FILE = "tokenizer.json"
LENGTH = 128
WORDS = 8_800
CHINESE_PIECES = 5_000
VARIANT = "int8"
FIRST_TOKEN = 2
"""What comes before pads, or is unknown."""


def train(
    *, name: str, data: Path, out: Path, epochs: int | None, report: Callable[[str], None]
) -> Path:
    """Train `word2vec` and write its bundle."""
    settings = SkipGramSettings()
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    texts = load_texts(data, "train")
    tokenizer = tokenizer_of(texts)
    report(f"{name}: {len(texts)} texts, {tokenizer.get_vocab_size()} tokens")
    encoded = encode(tokenizer, texts)
    vectors, counts = learn(encoded, tokenizer.get_vocab_size(), settings, report)
    languages = [
        [ids for ids, text in zip(encoded, texts, strict=True) if text.language == language]
        for language in ("en", "zh")
    ]
    table = quantise(weighted_rows(vectors, counts, languages))

    card = _draft(name, settings, table.values.shape, _baseline(name, data))
    folder = new_bundle_folder(out, card)
    (folder / TOKENIZER_FILE).write_text(tokenizer.to_str(pretty=False), "utf-8")
    (folder / card.variants[VARIANT].file).write_bytes(to_litert(table, LENGTH))
    return finish_bundle(
        folder,
        card,
        measure=lambda draft: evaluate(card=draft, folder=folder, data=data, bundles=out),
    )


def tokenizer_of(texts: Sequence[Text]) -> Tokenizer:
    """Choose the vocabulary."""
    english, chinese = (
        [text.text for text in texts if text.language == language] for language in ("en", "zh")
    )
    return train_tokenizer(english, chinese, words=WORDS, chinese_pieces=CHINESE_PIECES)


def encode(tokenizer: Tokenizer, texts: Sequence[Text]) -> list[list[int]]:
    """Turn texts into tokens, without the unknown ones."""
    encoded = tokenizer.encode_batch([text.text for text in texts])
    return [[token for token in each.ids if token >= FIRST_TOKEN] for each in encoded]


def learn(
    encoded: Sequence[Sequence[int]],
    vocabulary: int,
    settings: SkipGramSettings,
    report: Callable[[str], None],
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Learn the vectors of all tokens; return them and how often each token occurs."""
    ids = np.concatenate([np.array(text, np.int32) for text in encoded])
    lengths = [len(text) for text in encoded]
    texts = np.repeat(np.arange(len(encoded), dtype=np.int32), lengths)
    vectors = train_vectors(ids, texts, vocabulary, settings, report)
    return vectors, np.bincount(ids, minlength=vocabulary)


def _baseline(name: str, data: Path) -> tuple[Metric, ...]:
    # Imported here: only this baseline needs scikit-learn.
    from sklearn.feature_extraction.text import TfidfVectorizer

    questions = load_questions(data)
    vectorizer = TfidfVectorizer(sublinear_tf=True)
    known = vectorizer.fit_transform(questions.known)
    likeness = (vectorizer.transform(questions.test) @ known.T).toarray()
    return (
        Metric(
            name="intent of the nearest train question",
            split=f"BANKING77 test, {len(questions.test)} questions",
            value=intent_accuracy(likeness, questions),
            variant="cosine of TF-IDF vectors of words",
            command=f"aiaas-mock train {name} --data DIR --out DIR",
        ),
    )


def _draft(
    name: str, settings: SkipGramSettings, shape: Sequence[int], baselines: tuple[Metric, ...]
) -> Card:
    return Card(
        name=name,
        version="1",
        task="text-embedding",
        summary="Gives English and Chinese texts vectors that lie close where the words do: the "
        "weighted mean of word vectors",
        origin="trained-by-us",
        languages=("en", "zh"),
        input=TextInput(tokenizer_file=TOKENIZER_FILE, length=LENGTH),
        output=EmbeddingOutput(size=settings.size),
        max_batch=64,
        architecture=f"Word2Vec: skip-gram with negative sampling, {shape[0]} words and pieces of "
        f"{settings.size} numbers; SIF-weighted mean without the common component, length 1",
        parameters=shape[0] * shape[1],
        data=CORPUS,
        baselines=baselines,
        limits="A text is a bag of words: their order, negation and irony are lost. Learned from "
        "under two million words of Reddit comments, requests to assistants, banking questions, "
        "names of gift articles and reviews of hotels, books and computers; words from elsewhere "
        "are unknown or have odd neighbours. The two languages have not been aligned: a word and "
        "its translation are not close. The Reddit comments hold profanity and prejudice, and "
        "the vectors reflect it. Only the first 128 tokens of a text count. A text without any "
        "known token gets the zero vector.",
        licence="Apache-2.0",
        created=datetime.now(UTC).date(),
        training=Training(
            command=f"aiaas-mock train {name} --data DIR --out DIR",
            settings={**asdict(settings), "sif_a": SMOOTHING, "optimizer": "Adagrad, linear decay"},
        ),
        variants={VARIANT: Variant(engine="litert", file="model.tflite")},
        default_variant=VARIANT,
    )
