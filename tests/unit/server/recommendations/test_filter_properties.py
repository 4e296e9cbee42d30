"""Filters, whatever is in them: nothing crashes, and the answer is that of item after item."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.columns import Columns, Row
from aiaas_mock.services.recommendations.filters import parse_filter

TYPES = {"price": "number", "color": "text", "tags": "texts", "new": "bool"}
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

TEXTS = st.sampled_from(["", "a", "b", "B", "ab", "é", "'", '"', "\\", "a\nb", "\\n", "and"])
NUMBERS = st.sampled_from([0, 1, -1, 2.5, -0.5, 1e-7, 1e300]) | st.floats(allow_nan=False, width=16)
ROWS = st.lists(
    st.builds(
        Row,
        id=TEXTS,
        title=st.none() | TEXTS,
        metadata=st.fixed_dictionaries(
            {},
            optional={
                "price": NUMBERS.filter(np.isfinite),
                "color": TEXTS,
                "tags": st.lists(TEXTS, max_size=3).map(tuple),
                "new": st.booleans(),
            },
        ),
    ),
    max_size=8,
)


@dataclass(frozen=True)
class Said:
    """A condition as it is written, and what it means for one item."""

    text: str
    is_true: Callable[[Row], bool]


def written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
    # Either quote will do.
    if '"' in value:
        return "'" + escaped.replace("'", "\\'") + "'"
    return '"' + escaped + '"'


def value_of(row: Row, field: str) -> Any:
    return getattr(row, field) if field in ("id", "title") else row.metadata.get(field)


def comparison(field: str, sign: str, value: Any) -> Said:
    def is_true(row: Row) -> bool:
        found = value_of(row, field)
        return found is not None and SIGNS[sign](found, value)

    return Said(f"{field} {sign} {written(value)}", is_true)


def one_of(field: str, values: list[Any], negated: bool) -> Said:
    def is_true(row: Row) -> bool:
        found = value_of(row, field)
        return found is not None and (found in values) != negated

    word = "not in" if negated else "in"
    return Said(f"{field} {word} ({', '.join(map(written, values))})", is_true)


def has(value: str, way: int) -> Said:
    def is_true(row: Row) -> bool:
        tags = row.metadata.get("tags")
        return isinstance(tags, tuple) and (value in tags) != (way == 2)

    text = written(value)
    return Said((f"tags has {text}", f"{text} in tags", f"{text} not in tags")[way], is_true)


def exists(field: str) -> Said:
    return Said(f"{field} exists", lambda row: value_of(row, field) is not None)


def negated(inner: Said) -> Said:
    return Said(f"not ({inner.text})", lambda row: not inner.is_true(row))


def combined(parts: list[Said], word: str) -> Said:
    test = all if word == "and" else any
    return Said(
        f" {word} ".join(f"({part.text})" for part in parts),
        lambda row: test(part.is_true(row) for part in parts),
    )


ANY_SIGN = st.sampled_from(sorted(SIGNS))
FINITE = NUMBERS.filter(np.isfinite)
TEXT_FIELDS = st.sampled_from(["color", "id", "title"])
LEAVES = st.one_of(
    st.builds(comparison, st.just("price"), ANY_SIGN, FINITE),
    st.builds(comparison, TEXT_FIELDS, ANY_SIGN, TEXTS),
    st.builds(comparison, st.just("new"), st.sampled_from(["==", "!="]), st.booleans()),
    st.builds(one_of, st.just("price"), st.lists(FINITE, min_size=1, max_size=4), st.booleans()),
    st.builds(one_of, TEXT_FIELDS, st.lists(TEXTS, min_size=1, max_size=4), st.booleans()),
    st.builds(
        one_of, st.just("new"), st.lists(st.booleans(), min_size=1, max_size=2), st.booleans()
    ),
    st.builds(has, TEXTS, st.integers(0, 2)),
    st.builds(exists, st.sampled_from([*TYPES, "id", "title"])),
    st.just(Said("new", lambda row: row.metadata.get("new") is True)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(negated, inner),
        st.builds(
            combined, st.lists(inner, min_size=2, max_size=3), st.sampled_from(["and", "or"])
        ),
    ),
    max_leaves=12,
)


@given(ROWS, CONDITIONS)
def test_the_answer_for_all_items_is_that_for_one_after_the_other(
    rows: list[Row], said: Said
) -> None:
    found = parse_filter(said.text)
    found.check(TYPES)
    mask = found.mask(Columns.of(rows, TYPES))
    assert mask.dtype == np.bool_
    assert mask.tolist() == [said.is_true(row) for row in rows]


@given(ROWS, ROWS, st.data(), CONDITIONS)
def test_columns_that_were_changed_answer_like_new_ones(
    rows: list[Row], others: list[Row], data: st.DataObject, said: Said
) -> None:
    columns, kept = Columns.of(rows), list(rows)
    for other in others:
        where = data.draw(st.integers(0, len(kept)))
        if where == len(kept):
            assert columns.append(other) == len(kept)
            kept.append(other)
        else:
            columns.replace(where, other)
            kept[where] = other
    assert len(columns) == len(kept)
    mask = parse_filter(said.text).mask(columns)
    assert mask.tolist() == [said.is_true(row) for row in kept]


WORDS = [
    *("price", "tags", "<", "==", "=", "in", "not", "and", "or", "has", "exists", "(", ")", ","),
    *("1", "-", "1e9", '"a"', "'", '"', "\\", "`in`", "`", "true", "é", "\0"),
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_text_is_a_filter_or_gets_a_column(text: str) -> None:
    try:
        parse_filter(text).check(TYPES)
    except ApiError as error:
        refused = error
    else:
        return
    assert refused.code == "invalid_filter"
    column = int(refused.detail.partition(":")[0].removeprefix("Column "))
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize("text", ["price < 1", "price <"])
def test_the_same_text_is_read_alike_again(text: str) -> None:
    def outcome() -> str:
        try:
            return repr(parse_filter(text))
        except ApiError as error:
            return error.detail

    assert outcome() == outcome()
