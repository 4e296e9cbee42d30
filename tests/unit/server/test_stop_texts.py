"""Stop texts: found however the text is cut into pieces, and never let out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas_mock.services.text.stops import StopTexts

SMALL = st.text("ab", max_size=30)
STOPS = st.lists(st.text("ab", min_size=1, max_size=4), max_size=4)


def let_out(stops: list[str], pieces: list[str]) -> tuple[str, bool]:
    filtered = StopTexts(stops)
    said = ""
    for piece in pieces:
        said += filtered.push(piece)
        if filtered.found:
            return said, True
    return said + filtered.finish(), False


@pytest.mark.parametrize("pieces", [["one stop two"], ["one st", "op two"], [*"one stop two"]])
def test_a_stop_text_is_found_wherever_it_is_cut(pieces: list[str]) -> None:
    assert let_out(["stop"], pieces) == ("one ", True)


def test_what_only_begins_like_a_stop_text_is_let_out() -> None:
    assert let_out(["stop"], ["st", "ar", "sto"]) == ("starsto", False)


def test_nothing_is_held_back_without_need() -> None:
    filtered = StopTexts(["stop"])
    assert filtered.push("one s") == "one "
    assert filtered.push("un") == "sun"
    assert StopTexts([]).push("anything") == "anything"


@given(SMALL, STOPS)
def test_letter_by_letter_the_text_ends_before_the_stop_text_that_is_complete_first(
    text: str, stops: list[str]
) -> None:
    said, found = let_out(stops, list(text))
    ends = [(text.find(stop) + len(stop), stop) for stop in stops if stop in text]
    assert found is bool(ends)
    if ends:
        end = min(ends)[0]
        assert said == min((text[:end].removesuffix(s) for e, s in ends if e == end), key=len)
    else:
        assert said == text


@given(SMALL, STOPS, st.integers(1, 5))
def test_no_stop_text_is_ever_let_out(text: str, stops: list[str], size: int) -> None:
    said, _ = let_out(stops, [text[at : at + size] for at in range(0, len(text), size)])
    assert text.startswith(said)
    assert not any(stop in said for stop in stops)
