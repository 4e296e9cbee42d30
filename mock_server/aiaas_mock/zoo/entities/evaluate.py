"""Measure the tagger on the official test split, from raw text as it is served."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from aiaas_mock.inference.card_inputs import WordsInput
from aiaas_mock.inference.card_outputs import TagsOutput
from aiaas_mock.inference.cards import Card, Metric, read_labels
from aiaas_mock.inference.preprocess.entities import Entity, EntityDecoder
from aiaas_mock.inference.preprocess.words import WordsEncoder
from aiaas_mock.zoo.entities.data import LABELS, Sentence, load_sentences
from aiaas_mock.zoo.entities.scoring import Found, Scores, calibration_error, score
from aiaas_mock.zoo.measuring import Interpreter

Find = Callable[[Sequence[str]], Found]
"""Gives the entities of each text."""


def evaluate(
    *, card: Card, folder: Path, data: Path, bundles: Path, answers: Find | None = None
) -> tuple[Metric, ...]:
    """Return precision, recall, F1 and the calibration of the scores.

    Args:
        card: The model's card.
        folder: Its bundle.
        data: Where the data sets lie.
        bundles: Where the bundle lies.
        answers: Finds entities in place of the bundle's file.
    """
    del bundles
    return metrics_of(card, load_sentences(data, "test"), answers or finder(folder, card))


def finder(folder: Path, card: Card) -> Find:
    """Return a function that runs a bundle here, without a server."""
    spec, output = specs_of(card)
    encoder = WordsEncoder.of_bundle(folder, spec)
    decoder = EntityDecoder(spec, output, read_labels(folder, output))
    model = Interpreter(folder, card, variant=card.default_variant)

    def find(texts: Sequence[str]) -> list[list[Entity]]:
        encoded = [encoder.encode(text) for text in texts]
        outputs = model.run(np.concatenate([each.rows for each in encoded]))
        ends = np.cumsum([len(each.rows) for each in encoded])
        return [
            decoder.decode(outputs[end - len(each.rows) : end], each.spans)
            for each, end in zip(encoded, ends, strict=True)
        ]

    return find


def specs_of(card: Card) -> tuple[WordsInput, TagsOutput]:
    """Return the input and the output of a card.

    Raises:
        TypeError: It is not of a tagger.
    """
    if not isinstance(card.input, WordsInput) or not isinstance(card.output, TagsOutput):
        raise TypeError(f"{card.id} is no tagger")
    return card.input, card.output


def metrics_of(card: Card, test: Sequence[Sentence], find: Find) -> tuple[Metric, ...]:
    """Measure what finds entities, wherever it runs."""
    found = find([sentence.text for sentence in test])
    wanted = [sentence.entities for sentence in test]
    variant, command = card.default_variant, f"aiaas-mock evaluate {card.name} --data DIR"
    metrics = score_metrics(test, score(found, wanted), variant=variant, command=command)
    error = Metric(
        name="calibration error of the scores",
        split=metrics[0].split,
        value=calibration_error(found, wanted),
        variant=variant,
        command=command,
        note="expected calibration error, ten bins; lower is better",
    )
    by_type = [
        Metric(
            name=f"F1, {label}",
            split=metrics[0].split,
            value=score(_only(found, label), _named(test, label)).f1,
            variant=variant,
            command=command,
        )
        for label in LABELS
    ]
    return (*metrics, error, *by_type)


def score_metrics(
    test: Sequence[Sentence], scores: Scores, *, variant: str, command: str
) -> tuple[Metric, ...]:
    """Return the metrics of exact spans with the right type."""
    count = sum(len(sentence.entities) for sentence in test)
    split = f"WNUT 2017 test, {count} entities in {len(test)} sentences"
    values = {"F1": scores.f1, "precision": scores.precision, "recall": scores.recall}
    return tuple(
        Metric(
            name=f"{name}, exact span and type",
            split=split,
            value=value,
            variant=variant,
            command=command,
        )
        for name, value in values.items()
    )


def _only(found: Found, label: str) -> list[list[Entity]]:
    return [[entity for entity in entities if entity.label == label] for entities in found]


def _named(test: Sequence[Sentence], label: str) -> list[set[tuple[int, int, str]]]:
    return [{name for name in sentence.entities if name[2] == label} for sentence in test]
