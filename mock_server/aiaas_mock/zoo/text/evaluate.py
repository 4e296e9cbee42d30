"""Measure a text classifier on the official test split, as it is served.

Three steps that stand alone, so that the answers in the middle may come from elsewhere, such as a
server: `test_set`, `probabilities`, `metrics`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aiaas_mock.inference import activations
from aiaas_mock.inference.card_inputs import TextInput
from aiaas_mock.inference.card_outputs import ScoresOutput
from aiaas_mock.inference.cards import Card, Metric
from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.zoo.measuring import Interpreter
from aiaas_mock.zoo.text import measures
from aiaas_mock.zoo.text.subjects import LabelledTexts, load, subject_of

Probabilities = NDArray[np.float64]
Ask = Callable[[Sequence[str]], Probabilities]
"""Gives each text a row of probabilities, in the order of the card's labels."""

_ECE_NOTE = (
    "expected calibration error, 15 bins, of the most probable label (Guo et al. 2017); "
    "of every label where several may hold"
)
_GROUPS_NOTE = (
    "one group is answered; of a comment with several, each that is not answered counts as missed"
)


def evaluate(
    *, card: Card, folder: Path, data: Path, bundles: Path, answers: Ask | None = None
) -> tuple[Metric, ...]:
    """Return the metrics of a card, measured on the test split.

    Args:
        card: The model's card.
        folder: Its bundle.
        data: Where the data sets lie.
        bundles: Where the bundle lies.
        answers: Answers in place of the bundle's file.
    """
    ask = answers or partial(probabilities, card, folder)
    test = test_set(card, data)
    return metrics(card, ask(test.texts), test.truth)


def test_set(card: Card, data: Path) -> LabelledTexts:
    """Return the test split's texts and which of the card's labels hold for each."""
    return load(subject_of(card.name), data, "test")


def probabilities(card: Card, folder: Path, texts: Sequence[str]) -> Probabilities:
    """Answer texts: one row each, in the order of the card's labels."""
    spec, output = _parts(card)
    rows = TextEncoder.of_bundle(folder, spec).rows(texts)
    logits = Interpreter(folder, card, variant=card.default_variant).run(rows)
    return activations.probabilities(output, logits.astype(np.float64))


def metrics(card: Card, answers: Probabilities, truth: NDArray[np.float32]) -> tuple[Metric, ...]:
    """Return the figures of the card's kind of task.

    Args:
        card: Says how probabilities are read: one label or several, thresholds, out of scope.
        answers: Shape (texts, labels), in the order of the card's labels.
        truth: Same shape: 1 where a label holds.
    """
    figures = figures_of(card, answers, truth)
    return tuple(
        Metric(
            name=name,
            split=f"test, {len(truth):,} texts",
            value=round(value, 4),
            variant=card.default_variant,
            command=f"aiaas-mock evaluate {card.name} --data DIR",
            note=_note(card, name),
        )
        for name, value in figures.items()
    )


def figures_of(card: Card, answers: Probabilities, truth: NDArray[np.float32]) -> dict[str, float]:
    """Return the card's figures by name, those that it is judged by first."""
    _, output = _parts(card)
    if output.activation == "sigmoid":
        said = answers >= np.array(output.thresholds)
        return {
            "macro_f1": measures.macro_f1(said, truth),
            "micro_f1": measures.micro_f1(said, truth),
            "ece": measures.expected_calibration_error(answers, truth),
        }
    right = measures.best_is_true(answers, truth)
    best = answers.max(axis=1)
    figures: dict[str, float] = {}
    if output.out_of_scope is not None:
        oos, threshold = truth.shape[1] - 1, output.out_of_scope.threshold
        figures = {
            "in_scope_accuracy": measures.in_scope_accuracy(answers, truth, oos, threshold),
            "out_of_scope_recall": measures.out_of_scope_recall(answers, truth, oos, threshold),
        }
    elif card.task == "text-sentiment":
        figures["macro_f1"] = measures.macro_f1(measures.best_only(answers), truth)
    if output.out_of_scope is None:
        figures["accuracy"] = float(right.mean())
    figures["ece"] = measures.expected_calibration_error(best, right)
    if output.abstain_below is not None:
        kept = best >= output.abstain_below
        figures["decided_share"] = float(kept.mean())
        figures["accuracy_when_decided"] = float(right[kept].mean()) if kept.any() else 0.0
    return figures


def _note(card: Card, name: str) -> str | None:
    if name == "ece":
        return _ECE_NOTE
    if name == "in_scope_accuracy":
        return "an in-scope text that is called out of scope counts as wrong (Larson et al. 2019)"
    if name == "decided_share":
        return "most probable label at or above the card's abstain_below"
    if name in {"macro_f1", "accuracy"} and card.name.startswith("sentiment-en"):
        return _GROUPS_NOTE if name == "macro_f1" else "the group answered is one of the true ones"
    return None


def _parts(card: Card) -> tuple[TextInput, ScoresOutput]:
    if not isinstance(card.input, TextInput) or not isinstance(card.output, ScoresOutput):
        raise TypeError(f"{card.id} is no classifier of texts")
    return card.input, card.output
