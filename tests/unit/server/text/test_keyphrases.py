"""Key phrases say what a text is about, and every figure can be checked against the text."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiaas_mock.inference.document_frequencies import DocumentFrequencies, shipped
from aiaas_mock.inference.preprocess.content_words import Language, words_of
from aiaas_mock.services.text.keyphrases import Phrase, find_keyphrases

AssertLinear = Callable[[Callable[[str], object], str], None]
CAR = """The electric car market is growing. Battery supply is the main problem: battery cells are
expensive, and the supply of lithium is limited. The government supports the
electric car. Who buys an electric car?"""
HOTEL = "酒店的早餐非常丰富，房间也很干净。房间的隔音效果很差。希望酒店改善隔音效果。"
LITTLE_KNOWN = DocumentFrequencies(99, {"car": 9, "red": 9, "tea": 99})


def phrases(text: str, language: Language = "en", top_k: int = 100) -> list[Phrase]:
    return find_keyphrases(text, language, shipped()[language], top_k)


def test_a_repeated_phrase_of_rare_words_comes_first() -> None:
    assert phrases(CAR)[0].text == "electric car"
    assert phrases(HOTEL, "zh")[0].text == "隔音效果"


def test_phrases_keep_out_stop_words_and_signs_but_for_a_link_in_the_middle() -> None:
    texts = [phrase.text for phrase in phrases(CAR)]
    assert not any(text.startswith(("the ", "is ")) or "." in text or ":" in text for text in texts)
    assert phrases("The supply of lithium is limited.")[0].text == "supply of lithium"


def test_a_part_of_a_better_phrase_is_left_out() -> None:
    texts = [phrase.text for phrase in phrases(CAR)]
    assert "electric" not in texts
    assert "car" not in texts


def test_a_wide_gap_or_a_new_line_parts_words() -> None:
    found = {phrase.text for phrase in phrases("lithium     zebra\nquartz")}
    assert found == {"lithium", "zebra", "quartz"}


def test_there_are_no_more_phrases_than_are_wanted() -> None:
    assert phrases(CAR, top_k=2) == phrases(CAR)[:2]


def test_figures_are_those_of_the_definition() -> None:
    red_car, _ = find_keyphrases("Red car! Red car? Tea.", "en", LITTLE_KNOWN, 9)
    assert red_car.text == "Red car"
    assert red_car.tf == 2 / 5
    assert red_car.idf == pytest.approx(2 * math.log(100 / 10) / math.sqrt(2))
    assert red_car.spans == ((0, 7), (9, 16))
    assert red_car.score == 1.0


@pytest.mark.parametrize("text", ["", "the of and", "123 456", "?!"])
def test_a_text_without_content_has_no_phrases(text: str) -> None:
    assert phrases(text) == []


@settings(deadline=None)  # the first Chinese text loads a dictionary
@given(
    st.lists(st.sampled_from(["electric", "car", "the", ". ", "of", "酒店", "房间", "的", "\n"]))
    .map(" ".join)
    .flatmap(lambda text: st.tuples(st.just(text), st.sampled_from(["en", "zh"])))
)
def test_spans_slice_to_the_phrase_and_scores_fall(case: tuple[str, Language]) -> None:
    text, language = case
    found = phrases(text, language)
    scores = [phrase.score for phrase in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[:1] in ([], [1.0])
    for phrase in found:
        slices = [text[start:end] for start, end in phrase.spans]
        assert slices[0] == phrase.text
        assert {part.casefold().split()[0] for part in slices} == {
            phrase.text.casefold().split()[0]
        }
        assert phrase.tf == len(slices) / len(words_of(text, language))


@pytest.mark.parametrize("unit", ["word ", "ab cd. ", "a. ", "x", "好的房间。", "房", "a-", "a'"])
def test_a_text_of_any_shape_takes_linear_time(assert_linear: AssertLinear, unit: str) -> None:
    language: Language = "zh" if ord(unit[0]) > 0x2E80 else "en"
    assert_linear(lambda text: phrases(text, language), unit)
