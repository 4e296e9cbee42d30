"""What the models of texts are trained and measured by: texts, names, n-grams, scores."""

import csv
import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

from aiaas_mock.inference.preprocess.entities import Entity
from aiaas_mock.zoo import ZooError
from aiaas_mock.zoo.entities.data import TAGS, load_sentences
from aiaas_mock.zoo.entities.scoring import calibration_error, score
from aiaas_mock.zoo.language_model.clean import clean_texts, is_clean
from aiaas_mock.zoo.language_model.ngrams import trigram_loss, unigram_loss
from aiaas_mock.zoo.word2vec.corpus import SOURCES, Text, load_texts


def write_corpus(data: Path) -> None:
    for source in SOURCES:
        path = data / source.folder / source.file
        path.parent.mkdir()
        splits = [{"split": split} for split in ("train", "val")] if source.split else [{}]
        rows = [row | {source.column: f"{source.folder} "} for row in splits]
        with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows([*rows, *rows])


def write_wnut(data: Path, *rows: dict[str, Any]) -> None:
    with gzip.open(data / "wnut17.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))


def test_the_corpus_is_one_split_of_all_sets_without_copies(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    train = load_texts(tmp_path, "train")
    assert train == [Text(s.folder, s.language, s.folder) for s in SOURCES]
    assert [text.source for text in load_texts(tmp_path, "val")] == [
        source.folder for source in SOURCES if source.split
    ]


@pytest.mark.parametrize("load", [load_texts, load_sentences])
def test_a_missing_data_set_is_named(load: Any, tmp_path: Path) -> None:
    with pytest.raises(ZooError, match=r"goemotions\.csv\.gz|wnut17\.jsonl\.gz") as caught:
        load(tmp_path, "train")
    assert caught.value.code == "data_missing"


def test_names_become_spans_of_the_text_and_tags_of_its_words(tmp_path: Path) -> None:
    row = {
        "split": "train",
        "tokens": ["see", "O'Neill", "St.", "by", "AC/DC"],
        "tags": ["O", "B-location", "I-location", "O", "B-creative-work"],
    }
    write_wnut(tmp_path, row, {**row, "split": "test"})
    (sentence,) = load_sentences(tmp_path, "train")
    assert sentence.text == "see O'Neill St. by AC/DC"
    assert sentence.entities == {(4, 15, "location"), (19, 24, "creative_work")}
    assert list(zip(sentence.words, (TAGS[tag] for tag in sentence.tags), strict=True)) == [
        ("see", "O"),
        ("O'Neill", "B-location"),
        ("St", "I-location"),
        (".", "I-location"),
        ("by", "O"),
        ("AC", "B-creative_work"),
        ("/", "I-creative_work"),
        ("DC", "I-creative_work"),
    ]


def test_a_name_counts_when_its_span_and_its_type_are_right() -> None:
    wanted = [{(0, 2, "person"), (5, 9, "group")}, set[tuple[int, int, str]]()]
    found = [
        [Entity(0, 2, "person", 0.9), Entity(5, 8, "group", 0.2), Entity(5, 9, "person", 0.2)],
        [Entity(0, 1, "person", 0.1)],
    ]
    scores = score(found, wanted)
    assert (scores.precision, scores.recall, scores.f1) == (0.25, 0.5, round(2 / 6, 4))
    assert calibration_error(found, wanted) == pytest.approx((0.1 + 2 * 0.2 + 0.1) / 4)
    assert score([[]], [set()]).f1 == 0


@pytest.mark.parametrize("text", ["What a lovely day", "Thanks for the class", "这本书很好"])
def test_clean_texts_stay(text: str) -> None:
    assert is_clean(text)


@pytest.mark.parametrize("text", ["What the HELL", "oh crap!", "他妈的"])
def test_rude_texts_go(text: str) -> None:
    assert clean_texts([Text("any", "en", text)]) == []


def test_ngrams_give_the_loss_that_counting_gives() -> None:
    texts = [[0, 1, 2, 0], [0, 1, 2, 0]]
    # Twice each of 1, 2 and 0, and one more of each of four tokens.
    assert unigram_loss(texts, texts, 4) == pytest.approx(-math.log(3 / 10))
    assert trigram_loss(texts, texts, 4) < 0.5
    assert trigram_loss(texts, [[0, 2, 1, 0]], 4) > unigram_loss(texts, [[0, 2, 1, 0]], 4)


def test_the_chances_of_a_trigram_model_sum_to_one() -> None:
    texts = [[0, 1, 2, 3, 0], [0, 2, 2, 1, 0], [0, 1, 2, 2, 0]]
    for context in ([0], [0, 1], [1, 2], [3, 1]):
        # Only the last token differs, so the differences of the sums are its losses.
        before = trigram_loss(texts, [context], 5) * (len(context) - 1) if len(context) > 1 else 0
        losses = [trigram_loss(texts, [[*context, last]], 5) * len(context) for last in range(5)]
        assert sum(math.exp(before - loss) for loss in losses) == pytest.approx(1)
