"""Filters: what they say of items, and what is said of those that cannot be read."""

import pytest

from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.columns import Columns, Row
from aiaas_mock.services.recommendations.filters import parse_filter

TYPES = {
    "price": "number",
    "category": "text",
    "tags": "texts",
    "on_sale": "bool",
    "in": "number",
    "title": "number",
}
ROWS = [
    Row("a", "Blue mug", {"price": 5, "category": "mugs", "tags": ("new", "blue")}),
    Row("b", "Red mug", {"price": 20, "category": "mugs", "tags": (), "on_sale": True}),
    Row("c", "Tea pot", {"price": 20.5, "category": "pots", "on_sale": False, "in": 1}),
    Row("d", None, {"title": 7}),
]
COLUMNS = Columns.of(ROWS, TYPES)


def meeting(text: str, columns: Columns = COLUMNS) -> str:
    found = parse_filter(text)
    found.check(TYPES)
    return "".join(row.id for row, met in zip(ROWS, found.mask(columns), strict=True) if met)


def refusal(text: str) -> str:
    with pytest.raises(ApiError) as caught:
        parse_filter(text, param="/promotions/0/filter").check(TYPES)
    assert caught.value.code == "invalid_filter"
    assert caught.value.param == "/promotions/0/filter"
    return caught.value.detail


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("price < 20", "a"),
        ("price <= 20", "ab"),
        ("price > 2.05e1", ""),
        ("price >= 20.5", "c"),
        ("price == 5", "a"),
        ("price != 5", "bc"),
        ("price in (5, 20.5, -1)", "ac"),
        ("price not in (5)", "bc"),
        ('category == "mugs"', "ab"),
        ("category == 'nothing'", ""),
        ('category != "mugs"', "c"),
        ('category != "nothing"', "abc"),
        ('category in ("pots", "bags")', "c"),
        ('category in ("bags")', ""),
        ('category not in ("pots")', "ab"),
        ('category < "pots"', "ab"),
        ('category <= "pots"', "abc"),
        ('category > "mugs"', "c"),
        ('category >= "n"', "c"),
        ('tags has "new"', "a"),
        ('"blue" in tags', "a"),
        ('"blue" not in tags', "b"),
        ('tags has "old"', ""),
        ("tags exists", "ab"),
        ("on_sale", "b"),
        ("on_sale == false", "c"),
        ("on_sale != true", "c"),
        ("on_sale in (true, false)", "bc"),
        ("not on_sale", "acd"),
        ("not price exists", "d"),
        ('id == "a" or title == "Tea pot"', "ac"),
        ('title >= "R"', "bc"),
        ("`title` == 7", "d"),
        ("`in` exists", "c"),
        ('price < 20 or category == "pots" and on_sale', "a"),
        ('(price < 20 or category == "pots") and not on_sale', "ac"),
        ("NOT On_Sale", None),
        ("PRICE < 20", None),
        ("NOT price < 20 AND price EXISTS", "bc"),
        ("price\t<\n20", "a"),
        ("(((price<20)))", "a"),
        ("in_stock", None),
        ("android == 1", None),
    ],
)
def test_a_filter_finds_the_items_that_meet_it(text: str, items: str | None) -> None:
    if items is None:
        assert "there is no field" in refusal(text)
    else:
        assert meeting(text) == items


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("price <", "Column 8: expected a value after '<', found the end."),
        ("price < and", "Column 9: expected a value after '<', found 'and'."),
        (
            "category == mugs",
            "Column 13: expected a value after '==', found 'mugs'; a text is written in quotes.",
        ),
        ("price 3", "Column 7: expected a comparison such as '==', 'and' or 'or' after 'price', f"),
        ("(price < 3 4", "Column 12: expected ')', 'and' or 'or' after '3', found '4'."),
        ("price not 3", "Column 11: expected 'in' after 'not', found '3'."),
        ("price == < 3", "Column 10: expected a value after '==', found '<'."),
        (r'title == "a\" b" 3', r"""Column 18: expected 'and' or 'or' after '"a\\" b"', found"""),
        ("(price < 3", "Column 11: expected ')' after '3', found the end."),
        ("price in (1", "Column 12: expected ')' or ',' after '1', found the end."),
        ("price in 3", "Column 10: expected '(' after 'in', found '3'."),
        ("price in ()", "Column 11: expected a value after '(', found ')'."),
        ("price == 1)", "Column 11: expected the end after '1', found ')'."),
        ("price < 3 4", "Column 11: expected 'and' or 'or' after '3', found '4'."),
        ("", "Column 1: expected a value or a field, found the end."),
        ("price < 3 and", "Column 14: expected a value or a field after 'and', found the end."),
        ("1 < price", "Column 3: expected 'in' after '1', found '<'; the field is on the left."),
        ("price = 3", "Column 7: write '==' instead of '='."),
        ("on_sale && on_sale", "Column 9: write 'and' instead of '&&'."),
        ("on_sale | on_sale", "Column 9: write 'or' instead of '|'."),
        ("!on_sale", "Column 1: write 'not' instead of '!'."),
        ('category == "mu', "Column 13: the text that begins here has no closing quote."),
        (r'category == "a\q"', r"Column 15: '\\q' means nothing in a text; there is \\, "),
        ("price == 1e999", "Column 10: this number is too large."),
        ("price < 3; drop", "Column 10: ';' means nothing here."),
        ("prise < 3", "Column 1: there is no field 'prise'; did you mean 'price'?"),
        (
            "weight < 3",
            "Column 1: there is no field 'weight'; there is category, id, in, on_sale, price, "
            "tags, title.",
        ),
        ('price < "3"', "Column 9: 'price' is a number; compare it with a number, such as 20."),
        ("price in (1, true)", "Column 14: 'price' is a number; compare it with a number"),
        ("category == 3", "Column 13: 'category' is a text; compare it with a text in quotes"),
        ('tags == "a"', "Column 9: 'tags' is a list of texts; ask what it has, such as tags has"),
        ("tags has 3", "Column 10: 'tags' is a list of texts; a text is written in quotes."),
        ('"a" in category', "Column 8: 'category' is a text, not a list; compare it with a text"),
        ("on_sale < true", "Column 1: 'on_sale' is true or false, which have no order; use =="),
        ("price", "Column 1: 'price' is a number, which is no condition by itself; compare it"),
        ("not (price < 3 or tags)", "Column 19: 'tags' is a list of texts, which is no condition"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, detail: str) -> None:
    assert refusal(text).startswith(detail)


def test_no_more_of_a_filter_is_shown_than_it_takes_to_find_the_place() -> None:
    detail = refusal(f"price < 3 ;{'secret' * 20}")
    assert detail.count("secret") < 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'category == "{"x" * 2000}"', "Column 2001: a filter has at most 2,000 characters"),
        (" or ".join(["price < 1"] * 101), "at most 100 conditions; this one has 101"),
        (f"{'not ' * 400}on_sale", "nested at most 20 levels"),
        (f"{'(' * 1900}", "Column 1901: expected a value or a field after '('"),
    ],
)
def test_a_filter_has_its_limits(text: str, words: str) -> None:
    assert words in refusal(text)


def test_parentheses_alone_nest_as_deep_as_there_is_room() -> None:
    assert meeting(f"{'(' * 900}price < 20{')' * 900}") == "a"


@pytest.mark.parametrize("unit", ["(", "not ", "price<1 or ", '"', "\\", "'a' in ", "((a) or "])
def test_a_text_of_repetitions_is_refused_like_any_other(unit: str) -> None:
    # A parser that tried one reading after another would never be done with these.
    assert refusal((unit * 2000)[:1999] + ";")


def test_a_filter_on_fields_that_no_item_has_finds_nothing() -> None:
    empty = Columns.of([Row("a"), Row("b"), Row("c"), Row("d")])
    texts = ("price < 3", "price not in (3)", 'tags has "a"', "price exists", "on_sale")
    assert [meeting(text, empty) for text in texts] == [""] * 5
    assert meeting("not price < 3", empty) == "abcd"


def test_names_of_many_fields_are_not_all_listed() -> None:
    with pytest.raises(ApiError, match=r"field_18, field_19, \.\.\.") as caught:
        parse_filter("zz < 1").check({f"field_{number:02}": "number" for number in range(50)})
    assert "field_20" not in caught.value.detail
