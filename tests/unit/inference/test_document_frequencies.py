"""Document frequencies are counted, written and read back the same."""

import csv
import gzip
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiaas_mock.inference.document_frequencies import DocumentFrequencies, read, shipped, write
from aiaas_mock.inference.preprocess.content_words import words_of
from aiaas_mock.zoo.document_frequencies import count, main


def test_what_is_written_is_read_back_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    counted = {
        "en": DocumentFrequencies(10, {"car": 3, "bus": 3, "tea": 7}),
        "zh": DocumentFrequencies(5, {"酒店": 4}),
    }
    write(tmp_path / "a.gz", counted)
    write(tmp_path / "b.gz", dict(reversed(counted.items())))
    assert read(tmp_path / "a.gz") == counted
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_word_is_rarer_the_fewer_texts_have_it() -> None:
    frequencies = DocumentFrequencies(9, {"car": 9, "bus": 4})
    assert [frequencies.idf(word) for word in ("car", "bus", "zebu")] == [
        pytest.approx(math.log(value)) for value in (1, 2, 10)
    ]


def test_a_word_counts_once_a_text_and_only_when_several_texts_have_it() -> None:
    texts = ["Car car [NAME]", "the car's", "a CAR", "tea", "tea"]
    assert count(texts, "en") == DocumentFrequencies(5, {"car": 3})


def test_the_shipped_frequencies_know_both_languages() -> None:
    english, chinese = shipped()["en"], shipped()["zh"]
    assert english.idf("good") < english.idf("lithium")
    assert chinese.idf("酒店") < chinese.idf("隔音")


def test_words_are_found_where_they_stand() -> None:
    text = "Don’t buy AT&T's 5G phone, 12 of them."
    words = words_of(text, "en")
    assert [text[word.start : word.end] for word in words][:4] == ["Don’t", "buy", "AT&T's", "5G"]
    assert [word.key for word in words if word.is_content] == ["buy", "at&t", "5g", "phone"]
    text = "这台iPhone14的电池很好。"
    words = words_of(text, "zh")
    assert [text[word.start : word.end] for word in words if word.is_content] == [
        "iPhone14",
        "电池",
    ]


def test_the_command_counts_the_training_texts_only(tmp_path: Path) -> None:
    files = {
        "goemotions/goemotions.csv.gz": ("split", "text"),
        "clinc150/clinc150.csv.gz": ("split", "text"),
        "banking77/banking77.csv.gz": ("split", "text"),
        "online-retail/items.csv.gz": ("stock_code", "description"),
        "reviews-sentiment-zh/reviews.csv.gz": ("split", "text"),
    }
    for name, columns in files.items():
        path = tmp_path / name
        path.parent.mkdir()
        with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(columns)
            rows.writerows([("train", "a red car"), ("test", "a blue car")])
    out = tmp_path / "out.gz"
    result = CliRunner().invoke(main, ["--data", str(tmp_path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert read(out)["en"] == DocumentFrequencies(5, {"car": 5, "red": 4})
    (tmp_path / "clinc150/clinc150.csv.gz").unlink()
    result = CliRunner().invoke(main, ["--data", str(tmp_path), "--out", str(out)])
    assert "no clinc150/clinc150.csv.gz" in result.output
    assert result.exit_code == 1
