"""Measure word vectors: do alike texts and alike words lie close together?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.cards import Card, Metric
from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.zoo.measuring import Interpreter
from aiaas_mock.zoo.word2vec.corpus import iter_rows, source_named
from aiaas_mock.zoo.word2vec.triples import TRIPLES

Floats = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Floats]
"""Gives each text a row; rows have length 1."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions with the intent of each; the answer to a `test` one is looked up in `known`."""

    known: list[str]
    known_intents: NDArray[np.str_]
    test: list[str]
    test_intents: NDArray[np.str_]


def evaluate(
    *, card: Card, folder: Path, data: Path, bundles: Path, answers: Embed | None = None
) -> tuple[Metric, ...]:
    """Return the share of questions and of triples that the vectors get right.

    Args:
        card: The model's card.
        folder: Its bundle.
        data: Where the data sets lie.
        bundles: Where the bundle lies.
        answers: Embeds texts in place of the bundle's file.
    """
    del bundles
    return metrics_of(card, load_questions(data), answers or embedder(folder, card))


def load_questions(data: Path) -> Questions:
    """Read BANKING77: its train questions are the known ones."""
    source = source_named("banking77")
    train, test = (list(iter_rows(data, source, split)) for split in ("train", "test"))
    return Questions(
        [row["text"] for row in train],
        np.array([row["intent"] for row in train]),
        [row["text"] for row in test],
        np.array([row["intent"] for row in test]),
    )


def embedder(folder: Path, card: Card) -> Embed:
    """Return a function that runs a bundle here, without a server."""
    if not isinstance(card.input, TextInput):
        raise TypeError(f"{card.id} takes no texts")
    encoder = TextEncoder.of_bundle(folder, card.input)
    model = Interpreter(folder, card, variant=card.default_variant)
    return lambda texts: model.run(encoder.rows(texts))


def metrics_of(card: Card, questions: Questions, embed: Embed) -> tuple[Metric, ...]:
    """Measure an embedding, wherever it runs."""
    known, asked = embed(questions.known), embed(questions.test)
    command = f"aiaas-mock evaluate {card.name} --data DIR"
    right = sum(is_closer(embed, triple) for triple in TRIPLES)
    return (
        Metric(
            name="intent of the nearest train question",
            split=f"BANKING77 test, {len(asked)} questions",
            value=intent_accuracy(asked @ known.T, questions),
            variant=card.default_variant,
            command=command,
        ),
        Metric(
            name="triples of words in the right order",
            split=f"{len(TRIPLES)} triples, 16 of them Chinese",
            value=round(right / len(TRIPLES), 4),
            variant=card.default_variant,
            command=command,
            note=f"{right} of {len(TRIPLES)} right; made up by hand, for example: cat is closer to "
            "dog than to tax",
        ),
    )


def is_closer(embed: Embed, triple: Sequence[str]) -> bool:
    """Tell whether the first word of a triple is closer to the second than to the third."""
    word, alike, other = embed(triple)
    return bool(word @ alike > word @ other)


def intent_accuracy(likeness: NDArray[np.floating], questions: Questions) -> float:
    """Return how often the most alike known question has the right intent.

    Args:
        likeness: Shape (test questions, known questions).
        questions: The questions.
    """
    found = questions.known_intents[likeness.argmax(axis=1)]
    return round(float((found == questions.test_intents).mean()), 4)
