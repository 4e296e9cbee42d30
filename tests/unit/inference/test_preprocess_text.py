"""A text becomes exactly one row of ids, the same in training and serving, on every machine."""

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from aiaas_mock.inference.card_inputs import NGrams, TextInput
from aiaas_mock.inference.preprocess.text import TextEncoder, ngram_ids, words_of

WORDS = {"[PAD]": 0, "[UNK]": 1, "good": 2, "book": 3, "café": 4, "好": 5, ".": 6}
NGRAMS_OF_MUCH = NGrams(words=(), characters=(2,), buckets=50, length=24)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def encoder(*, length: int = 6, ngrams: NGrams | None = None) -> TextEncoder:
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return TextEncoder(
        tokenizer, TextInput(tokenizer_file="tokenizer.json", length=length, ngrams=ngrams)
    )


def test_a_short_text_is_padded_at_its_end() -> None:
    encoded = encoder().encode("Good book")
    assert encoded.row.tolist() == [2, 3, 0, 0, 0, 0]
    assert encoded.row.dtype == np.int32
    assert not encoded.truncated


def test_an_unknown_word_has_an_id_of_its_own_and_an_empty_text_only_padding() -> None:
    assert encoder().encode("good zebra").row.tolist() == [2, 1, 0, 0, 0, 0]
    empty = encoder().encode("")
    assert (empty.row.tolist(), empty.spans, empty.truncated) == ([0] * 6, (), False)


@pytest.mark.parametrize(
    ("text", "truncated"),
    [
        ("good " * 6, False),
        ("good " * 7, True),
        ("good" + " " * 44, False),
        ("good" + " " * 45, True),  # not even looked at
    ],
)
def test_a_text_longer_than_the_row_is_cut_and_says_so(text: str, truncated: bool) -> None:
    encoded = encoder().encode(text)
    assert encoded.truncated is truncated
    assert len(encoded.row) == 6
    assert len(encoded.spans) <= 6


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("😀 good 👩‍👩‍👧 book", ["😀", "good", "👩", "‍", "👩", "‍", "👧", "book"]),
        ("cafe\u0301 good", ["cafe", "good"]),  # the accent that joined its letter has no place
        ("好 GOOD", ["好", "GOOD"]),
        ("\u0130 good", ["\u0130", "good"]),
    ],
)
def test_spans_are_code_points_of_the_text_as_it_was_sent(text: str, parts: list[str]) -> None:
    spans = encoder(length=16).encode(text).spans
    found = "".join(text[start:end] for start, end in spans)
    assert found == "".join(parts)
    assert text[slice(*spans[-1])] == parts[-1]


@given(ANY_TEXT)
def test_spans_are_in_order_and_within_the_text(text: str) -> None:
    encoded = encoder().encode(text)
    ends = [0, *(end for _, end in encoded.spans)]
    starts = [*(start for start, _ in encoded.spans), len(text)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))


def test_words_are_runs_of_letters_and_digits_and_single_signs() -> None:
    assert words_of("Don't pay_me $12.50!") == [
        *("Don", "'", "t", "pay", "_", "me", "$", "12", ".", "50", "!"),
    ]
    assert words_of("很好 👍") == ["很好", "👍"]


def test_hashed_ids_have_the_documented_values() -> None:
    spec = NGrams(words=(1, 2), characters=(3,), buckets=1_000, length=16)
    grams = ["ab", "cd", "ab cd", "<ab", "ab>", "<cd", "cd>"]
    assert ngram_ids("ab cd", spec) == [1 + crc32(gram.encode()) % 1_000 for gram in grams]
    assert ngram_ids("ab cd", spec) == [886, 435, 142, 445, 844, 716, 460]


def test_words_come_before_characters_and_what_is_too_much_is_cut_off() -> None:
    spec = NGrams(words=(1,), characters=(2,), buckets=50, length=4)
    longer = spec.model_copy(update={"length": 100})
    assert ngram_ids("one two three", spec) == ngram_ids("one two three", longer)[:4]


def test_long_words_are_hashed_as_short_ones_are() -> None:
    spec = NGrams(characters=(3,), buckets=1_000, length=100)
    word = "a" * 40
    expected = [f"<{word}>"[at : at + 3] for at in range(40)]
    assert ngram_ids(word, spec) == [1 + crc32(gram.encode()) % 1_000 for gram in expected]
    assert ngram_ids(word, spec) == ngram_ids(word, spec)


@given(ANY_TEXT)
def test_ids_are_within_their_buckets_and_their_row(text: str) -> None:
    spec = NGrams(words=(1, 2), characters=(2, 3), buckets=7, length=9)
    encoded = encoder(ngrams=spec).encode(text)
    assert encoded.row.shape == (15,)
    assert encoded.row[6:].max(initial=0) <= 7
    assert encoded.row.min() >= 0
    assert (encoder(ngrams=spec).encode(text).row == encoded.row).all()


def test_ngrams_are_of_the_text_as_the_vocabulary_sees_it() -> None:
    spec = NGrams(words=(1,), buckets=1_000, length=3)
    rows = encoder(ngrams=spec).rows(["CAFÉ", "cafe\u0301"])
    assert rows[0].tolist() == rows[1].tolist()
    assert rows[0][6] == 1 + crc32("café".encode()) % 1_000


def test_many_texts_make_one_array_and_none_an_empty_one() -> None:
    assert encoder().rows(["good", "book"]).tolist() == [[2, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]]
    assert encoder().rows([]).shape == (0, 6)


def test_tokens_are_counted_over_the_whole_text() -> None:
    assert encoder().count("good " * 1_000) == 1_000


def test_the_head_of_a_text_decides_its_row() -> None:
    text = "good zebra " * 100
    head = encoder().head(text)
    assert len(head) == 48
    assert (encoder().encode(head).row == encoder().encode(text).row).all()


def test_an_encoder_is_read_from_a_bundles_folder(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    spec = TextInput(tokenizer_file="tokenizer.json", length=2)
    assert TextEncoder.of_bundle(tmp_path, spec).encode("good").row.tolist() == [2, 0]


@given(ANY_TEXT, st.sampled_from([None, NGRAMS_OF_MUCH]))
def test_what_is_read_of_a_text_makes_the_same_row(text: str, ngrams: NGrams | None) -> None:
    encode = encoder(length=3, ngrams=ngrams)
    read = encode.read(text)
    assert text.startswith(read)
    assert (encode.encode(read).row == encode.encode(text).row).all()


def test_little_is_read_of_a_long_text_and_all_of_a_short_one() -> None:
    assert encoder(length=3).read("good book " * 2) == "good book good"
    assert encoder(length=3).read("good book  ") == "good book  "
    far = encoder(length=3, ngrams=NGRAMS_OF_MUCH).read("good book " * 40)
    assert len("good book good") < len(far) < 80
