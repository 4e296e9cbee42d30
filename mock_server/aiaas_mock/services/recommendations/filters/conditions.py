"""Conditions: held against the types of fields, then answered for all items at once.

A value that is missing meets no comparison, ``!=`` and ``not in`` included; ``not (...)`` turns
round whatever its condition says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Final, Literal, Protocol

import numpy as np

from aiaas_mock.services.recommendations.column_kinds import (
    BoolColumn,
    Bools,
    Column,
    ComparableColumn,
    TextsColumn,
)
from aiaas_mock.services.recommendations.columns import Columns
from aiaas_mock.services.recommendations.filters import type_checks

ValueType = Literal["bool", "number", "text"]

_EQUALITY: Final = frozenset({"==", "!="})


class Condition(Protocol):
    """Something that is true or false of an item."""

    @property
    def depth(self) -> int:
        """How many levels of conditions are inside."""
        ...

    @property
    def terms(self) -> int:
        """How many comparisons are inside."""
        ...

    def check(self, types: Mapping[str, str]) -> None:
        """Hold the condition against the fields of the metadata.

        Raises:
            Mistake: A field is not known, or of another type.
        """
        ...

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether the condition is true of it."""
        ...


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the metadata, or of the item itself (``id``, ``title``), and where it stands."""

    name: str
    place: int
    built_in: bool = False

    def type_in(self, types: Mapping[str, str]) -> str:
        """Return the type of the field.

        Raises:
            Mistake: There is no such field.
        """
        return "text" if self.built_in else type_checks.known(self.name, self.place, types)

    def column_of(self, columns: Columns) -> Column | None:
        """Return the field's values; None when no item ever had one."""
        return columns.built_in(self.name) if self.built_in else columns.column(self.name)


@dataclass(frozen=True, slots=True)
class Value:
    """What a field is compared with, and where it stands."""

    type: ValueType
    data: bool | float | str
    place: int


@dataclass(frozen=True, slots=True)
class _Term:
    field: Field

    @property
    def depth(self) -> int:
        return 0

    @property
    def terms(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Comparison(_Term):
    """A field beside a value: ``price < 20``."""

    sign: str
    value: Value

    def check(self, types: Mapping[str, str]) -> None:
        """Demand a value of the field's type, and an order where one is asked for."""
        kind = self.field.type_in(types)
        type_checks.comparable(self.field.name, kind, self.value.type, self.value.place)
        if kind == "bool" and self.sign not in _EQUALITY:
            raise type_checks.no_order(self.field.name, self.field.place)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is so."""
        column = self.field.column_of(columns)
        if not isinstance(column, ComparableColumn):
            return _nothing(columns)
        return column.compare(self.sign, self.value.data)


@dataclass(frozen=True, slots=True)
class OneOf(_Term):
    """A field beside several values: ``category in ("mugs", "bags")``."""

    values: tuple[Value, ...]
    negated: bool = False

    def check(self, types: Mapping[str, str]) -> None:
        """Demand values of the field's type."""
        kind = self.field.type_in(types)
        for value in self.values:
            type_checks.comparable(self.field.name, kind, value.type, value.place)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is so."""
        column = self.field.column_of(columns)
        if not isinstance(column, ComparableColumn):
            return _nothing(columns)
        found = column.one_of([value.data for value in self.values])
        return ~found & column.exists() if self.negated else found


@dataclass(frozen=True, slots=True)
class Has(_Term):
    """A list beside a text: ``tags has "new"``, ``"new" not in tags``."""

    value: Value
    negated: bool = False

    def check(self, types: Mapping[str, str]) -> None:
        """Demand a list and a text."""
        kind = self.field.type_in(types)
        type_checks.a_list(self.field.name, kind, self.field.place)
        type_checks.in_a_list(self.field.name, self.value.type, self.value.place)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is so."""
        column = self.field.column_of(columns)
        if not isinstance(column, TextsColumn):
            return _nothing(columns)
        found = column.has(str(self.value.data))
        return ~found & column.exists() if self.negated else found


@dataclass(frozen=True, slots=True)
class Exists(_Term):
    """A field that has a value: ``price exists``; an empty list is one."""

    def check(self, types: Mapping[str, str]) -> None:
        """Demand a field."""
        self.field.type_in(types)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is so."""
        column = self.field.column_of(columns)
        return _nothing(columns) if column is None else column.exists()


@dataclass(frozen=True, slots=True)
class IsTrue(_Term):
    """A field that is true: ``on_sale``."""

    def check(self, types: Mapping[str, str]) -> None:
        """Demand a truth value."""
        type_checks.a_truth(self.field.name, self.field.type_in(types), self.field.place)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is so."""
        column = self.field.column_of(columns)
        if not isinstance(column, BoolColumn):
            return _nothing(columns)
        return column.compare("==", value=True)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition, true where its values are missing."""

    inner: Condition

    @property
    def depth(self) -> int:
        """How many levels of conditions are inside."""
        return self.inner.depth + 1

    @property
    def terms(self) -> int:
        """How many comparisons are inside."""
        return self.inner.terms

    def check(self, types: Mapping[str, str]) -> None:
        """Check what is inside."""
        self.inner.check(types)

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it is not so."""
        return ~self.inner.mask(columns)


@dataclass(frozen=True, slots=True)
class _Combination:
    parts: tuple[Condition, ...]

    @property
    def depth(self) -> int:
        """How many levels of conditions are inside."""
        return max(part.depth for part in self.parts) + 1

    @property
    def terms(self) -> int:
        """How many comparisons are inside."""
        return sum(part.terms for part in self.parts)

    def check(self, types: Mapping[str, str]) -> None:
        """Check what is inside, from left to right."""
        for part in self.parts:
            part.check(types)


@dataclass(frozen=True, slots=True)
class AllOf(_Combination):
    """Conditions with ``and`` between them."""

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether all are true."""
        return reduce(and_, (part.mask(columns) for part in self.parts))


@dataclass(frozen=True, slots=True)
class AnyOf(_Combination):
    """Conditions with ``or`` between them."""

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether one is true."""
        return reduce(or_, (part.mask(columns) for part in self.parts))


def _nothing(columns: Columns) -> Bools:
    return np.zeros(len(columns), np.bool_)
