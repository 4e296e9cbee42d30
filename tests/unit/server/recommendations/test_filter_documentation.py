"""The page on filters says what filters do."""

import json
import re
from pathlib import Path

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.column_kinds import field_type
from aiaas_mock.services.recommendations.columns import Columns, Row
from aiaas_mock.services.recommendations.filters import parse_filter

PAGE = (Path(__file__).parents[4] / "docs" / "recommendations-filters.md").read_text("utf-8")
(_BLOCK,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
ROWS = [
    Row(
        item["id"],
        item["title"],
        {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in item.get("metadata", {}).items()
        },
    )
    for item in json.loads(_BLOCK)
]
TYPES = {name: field_type(value) for row in ROWS for name, value in row.metadata.items()}
MEANINGS = re.findall(r"^\| `([^`]+)` \| ([abc, ]+) \|", PAGE, re.MULTILINE)
MISTAKES = re.findall(r"^\| `([^`]+)` \| (Column .+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("text", "items"), MEANINGS)
def test_a_row_of_the_table_is_true_for_the_items_it_names(text: str, items: str) -> None:
    found = parse_filter(text)
    found.check(TYPES)
    mask = found.mask(Columns.of(ROWS))
    assert ", ".join(row.id for row, met in zip(ROWS, mask, strict=True) if met) == items


@pytest.mark.parametrize(("text", "detail"), MISTAKES)
def test_a_mistake_is_told_as_the_page_says(text: str, detail: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_filter(text).check(TYPES)
    assert caught.value.detail == detail


def test_the_tables_were_found() -> None:
    assert len(MEANINGS) == 15
    assert len(MISTAKES) == 7


@pytest.mark.parametrize("text", re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
def test_a_filter_shown_apart_can_be_read(text: str) -> None:
    parse_filter(text).check(TYPES)
