"""Cards of models of words and of next tokens: which files they need, how large their rows are."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from aiaas_mock.inference.card_inputs import HASHED_FEATURES, StepInput, WordsInput
from aiaas_mock.inference.card_outputs import NextTokenOutput, TagsOutput
from aiaas_mock.inference.cards import (
    BundleError,
    Card,
    DataSet,
    Variant,
    read_labels,
    verify_bundle,
    write_card,
)
from aiaas_mock.inference.local import _zeros

TAGGER = Card(
    name="tagger",
    version="1",
    task="text-entities",
    summary="Two words a row",
    origin="trained-by-us",
    input=WordsInput(
        length=2,
        overlap=0,
        vocabulary_file="words.txt",
        alphabet="ab",
        characters=3,
        buckets=5,
        lists=("cities",),
        lists_file="names.txt",
    ),
    output=TagsOutput(
        size=6, labels_file="labels.txt", start=(0, 0, -9), transitions=((0, 0, -9),) * 3
    ),
    max_batch=8,
    architecture="none",
    data=DataSet(name="none", licence="CC0 1.0", source="made up", split="none"),
    limits="Everything",
    licence="Apache-2.0",
    created=date(2026, 1, 2),
    variants={"int8": Variant(engine="litert", file="model.tflite")},
    default_variant="int8",
)
SPEAKER = TAGGER.model_copy(
    update={
        "name": "speaker",
        "task": "text-generation",
        "input": StepInput(tokenizer_file="tokenizer.json", vocabulary=7, state=4, start_token=0),
        "output": NextTokenOutput(vocabulary=7, state=4, end_token=0),
    }
)
FILES = {
    "tagger": ("model.tflite", "words.txt", "names.txt", "labels.txt"),
    "speaker": ("model.tflite", "tokenizer.json"),
}


def write(folder: Path, card: Card, *, without: str = "", labels: str = "O\nB-x\nI-x\n") -> Path:
    for name in FILES[card.name]:
        if name != without:
            (folder / name).write_text(labels if name == "labels.txt" else "content", "utf-8")
    write_card(folder, card)
    return folder


@pytest.mark.parametrize("card", [TAGGER, SPEAKER], ids=lambda card: card.name)
def test_a_written_card_reads_back_the_same(card: Card, tmp_path: Path) -> None:
    read = verify_bundle(write(tmp_path, card))
    assert read.model_copy(update={"files": {}}) == card


@pytest.mark.parametrize(
    ("card", "missing"),
    [(card, name) for card in (TAGGER, SPEAKER) for name in FILES[card.name]],
    ids=lambda part: part if isinstance(part, str) else part.name,
)
def test_every_file_that_is_used_must_be_there(card: Card, missing: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=missing):
        write(tmp_path, card, without=missing)


def test_a_tagger_without_lists_needs_no_file_of_them(tmp_path: Path) -> None:
    bare = TAGGER.input.model_copy(update={"lists": (), "lists_file": None})
    card = TAGGER.model_copy(update={"input": bare})
    assert verify_bundle(write(tmp_path, card, without="names.txt")).input == bare


def test_there_is_one_label_for_each_tag(tmp_path: Path) -> None:
    assert isinstance(TAGGER.output, TagsOutput)
    assert read_labels(write(tmp_path, TAGGER), TAGGER.output) == ("O", "B-x", "I-x")
    with pytest.raises(BundleError, match="2 lines, but the model has 3"):
        verify_bundle(write(tmp_path, TAGGER, labels="O\nB-x\n"))


def test_rows_have_the_size_that_the_parts_make_up() -> None:
    columns = 1 + 3 + HASHED_FEATURES + 1
    assert isinstance(TAGGER.input, WordsInput)
    assert (TAGGER.input.columns, TAGGER.input.size) == (columns, 2 * columns)
    assert isinstance(SPEAKER.input, StepInput)
    assert (SPEAKER.input.size, SPEAKER.output.size) == (5, 11)


def test_a_model_is_warmed_up_with_rows_of_its_type() -> None:
    words, step = _zeros(TAGGER, 3), _zeros(SPEAKER, 2)
    assert isinstance(TAGGER.input, WordsInput)
    assert words.shape == (3, TAGGER.input.size)
    assert words.dtype == np.dtype(np.int32)
    assert step.shape == (2, 5)
    assert step.dtype == np.dtype(np.float32)
