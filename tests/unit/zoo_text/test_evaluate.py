"""From probabilities to the figures of a card, and from texts to the rows of a model."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiaas_mock.inference.card_inputs import NGrams, TextInput
from aiaas_mock.inference.card_outputs import OutOfScope, ScoresOutput
from aiaas_mock.inference.cards import Card, DataSet, Variant
from aiaas_mock.inference.preprocess.text import TextEncoder
from aiaas_mock.zoo.text.evaluate import figures_of, metrics
from aiaas_mock.zoo.text.vocabulary import Vocabulary, learn

TEXTS = (
    "Pay my bill, please",
    "what's the weather",
    "pay the weather bill",
    "房间很好。服务很好",
    "好",
)


def card(task: str, **output: Any) -> Card:
    return Card(
        name="intents-clinc150",
        version="1",
        task=task,
        summary="",
        origin="trained-by-us",
        input=TextInput(tokenizer_file="tokenizer.json", length=4),
        output=ScoresOutput(labels_file="labels.txt", **output),
        max_batch=1,
        architecture="",
        data=DataSet(name="", licence="", source="", split=""),
        limits="",
        licence="",
        created=date(2026, 1, 1),
        variants={"int8": Variant(engine="litert", file="model.tflite")},
        default_variant="int8",
    )


def test_intents_are_judged_in_and_out_of_scope() -> None:
    of = card(
        "text-classification",
        size=3,
        activation="softmax",
        abstain_below=0.6,
        out_of_scope=OutOfScope(label="oos", threshold=0.5),
    )
    answers = np.array([[0.9, 0.1, 0.0], [0.3, 0.1, 0.6], [0.2, 0.4, 0.4], [0.0, 0.3, 0.7]])
    truth = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    figures = figures_of(of, answers, truth)
    assert figures["in_scope_accuracy"] == pytest.approx(2 / 3)
    assert figures["out_of_scope_recall"] == 1
    assert figures["decided_share"] == pytest.approx(3 / 4)
    assert figures["accuracy_when_decided"] == pytest.approx(2 / 3)


def test_emotions_are_judged_by_the_thresholds_of_the_card() -> None:
    of = card("text-emotions", size=2, activation="sigmoid", thresholds=(0.2, 0.8))
    answers = np.array([[0.3, 0.7], [0.1, 0.9]])
    truth = np.array([[1, 0], [0, 1]], np.float32)
    assert figures_of(of, answers, truth)["macro_f1"] == 1


def test_a_comment_with_several_groups_is_right_with_one_and_misses_the_other() -> None:
    of = card("text-sentiment", size=2, activation="softmax")
    answers = np.array([[0.9, 0.1], [0.2, 0.8]])
    truth = np.array([[1, 1], [0, 1]], np.float32)
    figures = figures_of(of, answers, truth)
    assert figures["accuracy"] == 1
    assert figures["macro_f1"] == pytest.approx((1 + 2 / 3) / 2)


def test_metrics_name_the_split_the_variant_and_the_command() -> None:
    of = card("text-classification", size=2, activation="softmax")
    found = metrics(of, np.array([[0.9, 0.1]]), np.array([[1, 0]], np.float32))
    assert [metric.name for metric in found] == ["accuracy", "ece"]
    assert {metric.split for metric in found} == {"test, 1 texts"}
    assert {metric.variant for metric in found} == {"int8"}
    assert {metric.command for metric in found} == {
        "aiaas-mock evaluate intents-clinc150 --data DIR"
    }


@pytest.mark.parametrize("kind", ["words", "word-pieces", "chinese-pieces"])
def test_rows_in_training_are_the_rows_in_serving(kind: Vocabulary, tmp_path: Path) -> None:
    spec = TextInput(
        tokenizer_file="tokenizer.json",
        length=6,
        ngrams=NGrams(words=(1, 2), characters=(2, 3), buckets=50, length=20),
    )
    tokenizer = learn(TEXTS * 3, kind, size=60)
    tokenizer.save(str(tmp_path / spec.tokenizer_file), pretty=False)
    trained, served = TextEncoder(tokenizer, spec), TextEncoder.of_bundle(tmp_path, spec)
    seen = (*TEXTS, "", "PAY MY BILL ✓", "\uff50\uff41\uff59")
    assert np.array_equal(trained.rows(seen), served.rows(seen))
    assert trained.rows(TEXTS).any(axis=1).all()


@pytest.mark.parametrize("kind", ["words", "word-pieces", "chinese-pieces"])
def test_zero_pads_and_one_is_the_unknown(kind: Vocabulary) -> None:
    tokenizer = learn(TEXTS * 3, kind, size=60)
    encoder = TextEncoder(tokenizer, TextInput(tokenizer_file="", length=3))
    assert encoder.rows(["ж"]).tolist() == [[1, 0, 0]]
    assert tokenizer.id_to_token(0) == "[PAD]"
