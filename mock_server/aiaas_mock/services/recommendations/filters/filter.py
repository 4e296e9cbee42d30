"""A filter: the text that a client sent, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from aiaas_mock.errors import ApiError
from aiaas_mock.services.recommendations.column_kinds import Bools
from aiaas_mock.services.recommendations.columns import Columns
from aiaas_mock.services.recommendations.filters.conditions import Condition
from aiaas_mock.services.recommendations.filters.mistakes import Mistake

_MOST_CHARACTERS: Final = 2_000
_KEPT: Final = 256
"""Conditions that are remembered: clients send the same few again and again."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that items meet or do not meet.

    Attributes:
        condition: What the text says.
        param: JSON pointer to where the text stands in the request.
    """

    condition: Condition
    param: str

    def check(self, types: Mapping[str, str]) -> None:
        """Hold the condition against the fields that there are.

        Args:
            types: Fields of the metadata and their types: bool, number, text or texts.

        Raises:
            ApiError: A field is not known, or is compared with something of another type.
        """
        try:
            self.condition.check(types)
        except Mistake as mistake:
            raise _refusal(mistake, self.param) from None

    def mask(self, columns: Columns) -> Bools:
        """Tell for every item whether it meets the condition.

        Args:
            columns: The items; the condition was held against the types of their fields.
        """
        return self.condition.mask(columns)


def parse_filter(text: str, *, param: str = "/filter") -> Filter:
    """Read a filter.

    Args:
        text: A condition such as ``price < 20 and category in ("mugs", "bags")``.
        param: JSON pointer to where it stands in the request.

    Raises:
        ApiError: It cannot be read; the detail tells the column.
    """
    try:
        return Filter(_read(text), param)
    except Mistake as mistake:
        raise _refusal(mistake, param) from None


@lru_cache(_KEPT)
def _read(text: str) -> Condition:
    if len(text) > _MOST_CHARACTERS:
        raise Mistake(
            _MOST_CHARACTERS + 1,
            f"a filter has at most {_MOST_CHARACTERS:,} characters; this one has {len(text):,}",
        )
    # The parser is loaded with the first filter, which takes a tenth of a second.
    from aiaas_mock.services.recommendations.filters.grammar import read

    return read(text)


def _refusal(mistake: Mistake, param: str) -> ApiError:
    end = "" if mistake.words.endswith("?") else "."
    return ApiError("invalid_filter", f"Column {mistake.column}: {mistake.words}{end}", param=param)
