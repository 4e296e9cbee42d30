"""Columns: metadata that change item by item, without growing for ever."""

from typing import cast

from aiaas_mock.services.recommendations.column_kinds import (
    NumberColumn,
    TextColumn,
    TextsColumn,
    field_type,
)
from aiaas_mock.services.recommendations.columns import Columns, Row


def test_every_kind_of_value_makes_its_type_of_field() -> None:
    values = (True, 1, 0.5, "", ())
    assert [field_type(value) for value in values] == ["bool", "number", "number", "text", "texts"]


def test_a_blank_item_keeps_its_place_and_has_nothing() -> None:
    columns = Columns.of([Row("a", "A", {"price": 1}), Row("b", "B", {"price": 2})])
    columns.blank(0)
    assert len(columns) == 2
    assert columns.built_in("id").exists().tolist() == [False, True]
    price = cast("NumberColumn", columns.column("price"))
    assert price.compare("<", 5).tolist() == [False, True]
    columns.blank(0)
    assert price.exists().tolist() == [False, True]


def test_a_field_that_comes_later_is_missing_before() -> None:
    columns = Columns.of([Row("a")])
    assert columns.column("price") is None
    for _ in "twice":
        columns.declare({"price": "number"})
    columns.append(Row("b", None, {"price": 1, "tags": ("x",)}))
    for name in ("price", "tags"):
        column = columns.column(name)
        assert column is not None
        assert column.exists().tolist() == [False, True]


def test_texts_that_nobody_has_any_longer_are_swept() -> None:
    column = TextColumn()
    column.grow(3)
    column.put(0, "kept")
    for number in range(5000):
        column.put(1, f"text {number}")
    assert len(column._texts.codes) < 2000
    assert column.compare("==", "kept").tolist() == [True, False, False]
    assert column.compare("==", "text 4999").tolist() == [False, True, False]
    assert column.compare("==", "text 1").tolist() == [False] * 3
    assert column.compare("<", "l").tolist() == [True, False, False]


def test_lists_that_nobody_has_any_longer_are_swept() -> None:
    column = TextsColumn()
    column.grow(4)
    column.put(0, ("kept", "too"))
    column.put(2, ())
    for number in range(3000):
        column.put(1, (f"text {number}", "same"))
    column.put(0, ("kept",))
    assert len(column._codes.cells) < 4000
    assert column.has("kept").tolist() == [True, False, False, False]
    assert column.has("too").tolist() == [False] * 4
    assert column.has("same").tolist() == [False, True, False, False]
    assert column.has("text 1").tolist() == [False] * 4
    assert column.exists().tolist() == [True, True, True, False]


def test_the_order_of_texts_takes_in_those_that_come_later() -> None:
    column = TextColumn()
    column.grow(3)
    column.put(0, "m")
    assert column.compare("<", "n").tolist() == [True, False, False]
    column.put(1, "a")
    column.put(2, "z")
    assert column.compare("<", "n").tolist() == [True, True, False]
    assert column.compare(">=", "m").tolist() == [True, False, True]


def test_columns_grow_as_items_come() -> None:
    columns = Columns()
    for number in range(100):
        columns.append(Row(f"i{number}", None, {"price": number, "tags": (f"t{number % 3}",)}))
    price = cast("NumberColumn", columns.column("price"))
    assert price.compare(">=", 97).nonzero()[0].tolist() == [97, 98, 99]
    assert cast("TextsColumn", columns.column("tags")).has("t1").sum() == 33
