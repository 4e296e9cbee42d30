"""Sentences are cut where a reader would cut them, in linear time."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas_mock.services.text.sentences import split_sentences

AssertLinear = Callable[[Callable[[str], object], str], None]


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t", []),
        ("No stop", ["No stop"]),
        ("...", ["..."]),
        ("  It works. It is fast!  Really? ", ["It works.", "It is fast!", "Really?"]),
        ("What?! No... Yes.", ["What?!", "No...", "Yes."]),
        ("wait... what is this", ["wait... what is this"]),
        ("Ok…  Fine", ["Ok…", "Fine"]),
        ("Dr. Smith met Mrs. Jones.", ["Dr. Smith met Mrs. Jones."]),
        ("George W. Bush came at 5 p.m. I left.", ["George W. Bush came at 5 p.m.", "I left."]),
        ("He lives in the U.S. The firm does not.", ["He lives in the U.S.", "The firm does not."]),
        ("The U.S. Army came.", ["The U.S. Army came."]),
        ("It was I. Then we left.", ["It was I.", "Then we left."]),
        ("Apples, pears, etc. are cheap.", ["Apples, pears, etc. are cheap."]),
        ("See fig. 3 and No. 5. No. It is.", ["See fig. 3 and No. 5.", "No.", "It is."]),
        ("It costs $3.50. See example.com. Bye.", ["It costs $3.50.", "See example.com.", "Bye."]),
        ("1. Open it. 2. Close it.", ["1. Open it.", "2. Close it."]),
        ("great. would buy again", ["great.", "would buy again"]),
        ('"Stop!" he said. "Go." (OK.) Bye', ['"Stop!" he said.', '"Go."', "(OK.)", "Bye"]),
        ("He said 'ok.' Then he left.", ["He said 'ok.'", "Then he left."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("A line that goes\non here.", ["A line that goes\non here."]),
        ("a heading\n\nand its text", ["a heading", "and its text"]),
        ("x\r\n\r\ny", ["x", "y"]),
        ("很好。下次再来！真的吗？！是", ["很好。", "下次再来！", "真的吗？！", "是"]),
        ("他说：“你好。”然后走了。", ["他说：“你好。”", "然后走了。"]),
        ("“真的吗？”，她问。", ["“真的吗？”，她问。"]),
        ('他走了。"我不去。"她说。', ["他走了。", '"我不去。"', "她说。"]),
        ("太好了……下次再来", ["太好了……", "下次再来"]),
        ("很好.下次再来!真的?是", ["很好.", "下次再来!", "真的?", "是"]),
        ("价格是3.5元。版本2.0.1发布了。", ["价格是3.5元。", "版本2.0.1发布了。"]),
        ("I like it。很好。", ["I like it。", "很好。"]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_sees_an_end(text: str, expected: list[str]) -> None:
    assert sentences_of(text) == expected


@given(
    st.text(st.sampled_from("aB中.。!?…\"”' \n\r(1,") | st.characters(exclude_categories=["Cs"]))
)
def test_sentences_cover_everything_but_space_in_order(text: str) -> None:
    spans = split_sentences(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    gaps = zip(edges[::2], edges[1::2], strict=True)
    assert all(not text[start:end].strip() for start, end in gaps)


@pytest.mark.parametrize(
    "unit",
    [".", "a. ", "Dr. ", '"."a', '!"中', "\n", " ", ". \n", "…", "1. ", "a.'", "x", '."', "i"],
)
def test_a_text_of_any_shape_takes_linear_time(assert_linear: AssertLinear, unit: str) -> None:
    assert_linear(split_sentences, unit)
