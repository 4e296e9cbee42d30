"""Summaries keep the central sentences, say nothing twice, and are bounded."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas_mock.inference.document_frequencies import shipped
from aiaas_mock.inference.preprocess.content_words import Language
from aiaas_mock.services.text.sentences import split_sentences
from aiaas_mock.services.text.summaries import CentralSentence, find_central_sentences

AssertLinear = Callable[[Callable[[str], object], str], None]
TEXT = (
    "The factory in Berlin builds electric cars. "
    "My aunt likes tea. "
    "Electric cars from the factory need battery cells. "
    "The factory buys battery cells for its electric cars. "
    "It rained on Tuesday."
)


def central(text: str, most: int, language: Language = "en") -> list[CentralSentence]:
    return find_central_sentences(text, language, shipped()[language], most)


def texts_of(text: str, sentences: list[CentralSentence]) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in sentences]


def test_sentences_that_share_their_words_are_central() -> None:
    kept = texts_of(TEXT, central(TEXT, 2))
    assert "My aunt likes tea." not in kept
    assert "It rained on Tuesday." not in kept


def test_a_repeated_sentence_is_kept_once() -> None:
    text = "The red bus is late again. The red bus is late again. The bus driver apologised."
    kept = texts_of(text, central(text, 2))
    assert kept == ["The red bus is late again.", "The bus driver apologised."]


def test_chinese_sentences_are_compared_by_their_words() -> None:
    text = "酒店的房间很干净。今天下雨。酒店的房间很安静。"
    assert texts_of(text, central(text, 1, "zh")) != ["今天下雨。"]


def test_a_short_text_is_its_own_summary() -> None:
    assert texts_of("One thing. Another.", central("One thing. Another.", 3)) == [
        "One thing.",
        "Another.",
    ]


@pytest.mark.parametrize("text", ["?!", "the of and", "It is. He was."])
def test_sentences_without_content_are_equally_central(text: str) -> None:
    assert {sentence.score for sentence in central(text, 9)} == {1.0}


def test_an_empty_text_has_no_sentences() -> None:
    assert central(" ", 3) == []


@settings(deadline=None)  # the first text reads the frequencies
@given(
    st.lists(st.sampled_from(["Cars. ", "Red cars! ", "The ", "tea", "酒店。", "\n"])).map("".join),
    st.integers(1, 6),
)
def test_kept_sentences_are_sentences_of_the_text_in_its_order(text: str, most: int) -> None:
    everything = split_sentences(text)
    kept = central(text, most)
    spans = [(sentence.start, sentence.end) for sentence in kept]
    assert spans == sorted(spans)
    assert set(spans) <= set(everything)
    assert len(spans) == min(most, len(everything))
    assert all(0 <= sentence.score <= 1 for sentence in kept)


@pytest.mark.parametrize("unit", ["A car. ", "a. ", "好的房间。", "word "])
def test_thousands_of_sentences_take_linear_time(assert_linear: AssertLinear, unit: str) -> None:
    language: Language = "zh" if ord(unit[0]) > 0x2E80 else "en"
    assert_linear(lambda text: central(text, 100, language), unit)
