"""Data sets as they are read, from small files in their format."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from aiaas_mock.zoo import FAMILIES, ZooError
from aiaas_mock.zoo.text.subjects import HELD_OUT, SUBJECTS, Subject, grouped, load, subject_of


def write(data: Path, subject: Subject, rows: list[dict[str, str]]) -> None:
    folder = data / subject.folder
    folder.mkdir(parents=True)
    with gzip.open(folder / subject.file, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_every_model_of_the_zoo_has_a_subject() -> None:
    models = [name for name, family in FAMILIES.items() if family.train.startswith("text.")]
    assert {subject_of(model).name for model in models} == {subject.name for subject in SUBJECTS}


def test_a_name_outside_the_zoo_has_none() -> None:
    with pytest.raises(ValueError, match="poems"):
        subject_of("poems")


def test_out_of_scope_is_the_last_label(tmp_path: Path) -> None:
    subject = subject_of("intents-clinc150")
    rows = [
        {"split": "train", "intent": name, "domain": "", "text": f"{name}, please\nnow"}
        for name in ("weather", "oos", "alarm")
    ]
    others = [{**rows[0], "split": split, "text": f"rain? {split}"} for split in ("val", "test")]
    write(tmp_path, subject, [*rows, *others])
    train = load(subject, tmp_path, "train")
    assert train.labels == ("alarm", "weather", "oos")
    assert train.texts[0] == "weather, please\nnow"
    assert train.truth.argmax(axis=1).tolist() == [1, 2, 0]
    assert load(subject, tmp_path, "test").texts == ("rain? test",)


def test_banking77_holds_out_the_same_texts_each_time(tmp_path: Path) -> None:
    subject = subject_of("intents-banking77")
    rows = [{"split": "train", "intent": "a", "text": str(n)} for n in range(HELD_OUT + 5)]
    write(tmp_path, subject, [*rows, {"split": "test", "intent": "a", "text": "last"}])
    train, val = load(subject, tmp_path, "train"), load(subject, tmp_path, "val")
    assert len(val) == HELD_OUT
    assert set(train.texts) | set(val.texts) == {row["text"] for row in rows}
    assert load(subject, tmp_path, "val").texts == val.texts
    assert load(subject, tmp_path, "test").texts == ("last",)


def test_emotions_are_grouped_as_in_the_paper(tmp_path: Path) -> None:
    assert grouped(["joy", "surprise"]) == ("positive", "ambiguous")
    assert grouped(["neutral"]) == ("neutral",)
    assert grouped(["grief", "anger"]) == ("negative",)
    subject = subject_of("sentiment-en-bow")
    row = {"split": "val", "id": "1", "labels": "joy|surprise", "text": "[NAME]!"}
    write(tmp_path, subject, [row])
    val = load(subject, tmp_path, "val")
    assert val.labels == ("positive", "negative", "ambiguous", "neutral")
    assert np.array_equal(val.truth, [[1, 0, 1, 0]])


def test_missing_data_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match=r"no clinc150\.csv\.gz") as caught:
        load(subject_of("intents-clinc150"), tmp_path, "test")
    assert caught.value.code == "data_missing"
