"""Words: how a text is cut, how a word is described, and how rows share a long text."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from aiaas_mock.inference.card_inputs import HASHED_FEATURES, WordsInput
from aiaas_mock.inference.preprocess.words import (
    BEGINS,
    GOES_ON,
    OTHER_ID,
    PAD_ID,
    WordsEncoder,
    ends_of,
    plain,
    read_names,
    shape_of,
    split_words,
    windows,
)

SPEC = WordsInput(
    length=6,
    overlap=2,
    vocabulary_file="words.txt",
    alphabet="abc",
    characters=4,
    buckets=50,
    lists=("cities", "companies"),
    lists_file="names.txt",
)
NAMES = {"new york": (0,), "new york times": (1,), "york": (0,)}
LISTS = slice(1 + SPEC.characters + HASHED_FEATURES, None)


def described(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    encoder = WordsEncoder(SPEC, ["cab", "new", "0"], NAMES)
    return encoder.encode(text).rows.reshape(-1, SPEC.length, SPEC.columns)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, world!", ["Hello", ",", "world", "!"]),
        ("It's mine, isn't it?", ["It", "'s", "mine", ",", "is", "n't", "it", "?"]),
        ("I\u2019m at O\u2019Neill's", ["I", "\u2019m", "at", "O\u2019Neill", "'s"]),
        ("AT&T and Wi-Fi in the U.S.", ["AT&T", "and", "Wi-Fi", "in", "the", "U.S."]),
        ("@paul see https://x.org/a?b=1 #now", ["@paul", "see", "https://x.org/a?b=1", "#now"]),
        ("at 7:30pm for 1,000.50$", ["at", "7:30pm", "for", "1,000.50", "$"]),
        ("wow!!! :-) <3", ["wow", "!!!", ":-)", "<3"]),
        ("在北京 café", ["在北京", "café"]),
        ("a_b __", ["a_b", "__"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in split_words(text)] == words


@pytest.mark.parametrize("text", ["a😀b", "👨‍👩‍👧 x", "\u0000\u200b", "…—“x”", "ﬁ①", "a" * 10_000])
def test_all_but_blanks_is_part_of_exactly_one_word(text: str) -> None:
    spans = split_words(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = {place for start, end in spans for place in range(start, end)}
    assert {place for place in range(len(text)) if place not in covered} <= {
        place for place, character in enumerate(text) if character.isspace()
    }


def test_a_word_is_its_id_its_letters_its_parts_and_its_lists() -> None:
    (row,) = described("Cab new zz")
    assert row[:, 0].tolist() == [2, 3, OTHER_ID, PAD_ID, PAD_ID, PAD_ID]
    assert row[0, 1:5].tolist() == [OTHER_ID, 2, 3, PAD_ID]  # an upper-case C is another letter
    hashed = row[:3, 5 : 5 + HASHED_FEATURES]
    assert (hashed >= 1).all()
    assert (hashed <= SPEC.buckets).all()
    assert not row[3:].any()


def test_each_list_marks_its_longest_names() -> None:
    (row,) = described("The New York Times York")
    assert row[:5, LISTS][:, 0].tolist() == [0, BEGINS, GOES_ON, 0, BEGINS]
    assert row[:5, LISTS][:, 1].tolist() == [0, BEGINS, GOES_ON, GOES_ON, 0]


def test_a_hashtag_is_looked_up_without_its_sign() -> None:
    (row,) = described("#York")
    assert row[0, LISTS].tolist() == [BEGINS, 0]


def test_a_text_without_words_has_no_rows() -> None:
    encoded = WordsEncoder(SPEC, []).encode("  ")
    assert encoded.rows.shape == (0, SPEC.size)
    assert encoded.spans == ()


@pytest.mark.parametrize("words", range(1, 30))
def test_each_word_is_taken_from_one_row(words: int) -> None:
    taken: list[int] = []
    for start, first, end in windows(words, SPEC):
        assert start <= first < end <= start + SPEC.length
        taken += range(first, end)
    assert taken == list(range(words))


def test_a_text_that_fits_takes_one_row() -> None:
    assert windows(0, SPEC) == []
    assert windows(SPEC.length, SPEC) == [(0, 0, SPEC.length)]
    assert windows(SPEC.length + 1, SPEC) == [(0, 0, 5), (4, 5, 7)]


def test_the_rows_of_a_long_text_overlap() -> None:
    rows = described("cab " * 6 + "new")
    assert rows[0, :, 0].tolist() == [2] * 6
    assert rows[1, :, 0].tolist() == [2, 2, 3, 0, 0, 0]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Cat", "cat"),
        ("2019", "0000"),
        ("@someone", "@user"),
        ("@", "@"),
        ("https://a.b", "http://"),
        ("Don\u2019t", "don't"),
    ],
)
def test_the_vocabulary_has_words_in_plain_form(word: str, expected: str) -> None:
    assert plain(word) == expected


def test_of_a_long_word_both_ends_are_looked_at() -> None:
    assert ends_of("abcdefgh", 5) == "abcgh"
    assert ends_of("abc", 5) == "abc"


def test_a_shape_shows_capitals_and_digits() -> None:
    assert shape_of("McFly-88é") == "XxXxx-00x"


def test_the_files_of_a_bundle_are_read(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("cab\nnew\n", "utf-8")
    (tmp_path / "names.txt").write_text("new york\t0\nyork\t0 1\n", "utf-8")
    assert read_names(tmp_path / "names.txt") == {"new york": (0,), "york": (0, 1)}
    encoder = WordsEncoder.of_bundle(tmp_path, SPEC)
    row = encoder.rows(["new", "york"]).reshape(SPEC.length, SPEC.columns)
    assert row[0, 0] == 3
    assert row[:2, LISTS].tolist() == [[BEGINS, 0], [GOES_ON, BEGINS]]
    without = SPEC.model_copy(update={"lists": (), "lists_file": None})
    assert WordsEncoder.of_bundle(tmp_path, without).rows(["new"]).shape == (1, without.size)


def test_an_address_is_one_word_if_it_is_no_longer_than_addresses_are() -> None:
    longest = "a" * 64 + "@example.com"
    assert split_words(longest) == [(0, len(longest))]
    assert len(split_words("a." + longest)) > 1
