"""Whether fields and values go together; a filter that asks for nonsense is told so."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from aiaas_mock.services.recommendations.filters.mistakes import Mistake, shown

_MOST_NAMED: Final = 20

_TYPES: Final[Mapping[str, str]] = {
    "bool": "true or false",
    "number": "a number",
    "text": "a text",
    "texts": "a list of texts",
}
_COMPARE: Final[Mapping[str, str]] = {
    "bool": "compare it with true or false",
    "number": "compare it with a number, such as 20",
    "text": 'compare it with a text in quotes, such as "blue"',
    "texts": 'ask what it has, such as {name} has "blue"',
}


def known(name: str, place: int, types: Mapping[str, str]) -> str:
    """Return the type of a field.

    Raises:
        Mistake: There is no such field.
    """
    kind = types.get(name)
    if kind is None:
        raise Mistake(place, f"there is no field {shown(name)}; {_instead(name, types)}")
    return kind


def comparable(name: str, kind: str, value_kind: str, place: int) -> None:
    """Demand that a field can be compared with a value.

    Raises:
        Mistake: It is of another type.
    """
    if kind != value_kind:
        advice = _COMPARE[kind].format(name=name)
        raise Mistake(place, f"'{name}' is {_TYPES[kind]}; {advice}")


def no_order(name: str, place: int) -> Mistake:
    """Refuse to order truth values."""
    return Mistake(place, f"'{name}' is true or false, which have no order; use == or !=")


def a_list(name: str, kind: str, place: int) -> None:
    """Demand a list of texts.

    Raises:
        Mistake: The field is something else.
    """
    if kind != "texts":
        raise Mistake(place, f"'{name}' is {_TYPES[kind]}, not a list; {_COMPARE[kind]}")


def in_a_list(name: str, value_kind: str, place: int) -> None:
    """Demand what may be in a list.

    Raises:
        Mistake: It is no text.
    """
    if value_kind != "text":
        raise Mistake(place, f"'{name}' is a list of texts; a text is written in quotes")


def a_truth(name: str, kind: str, place: int) -> None:
    """Demand a truth value.

    Raises:
        Mistake: The field is something else.
    """
    if kind != "bool":
        advice = _COMPARE[kind].format(name=name)
        raise Mistake(
            place, f"'{name}' is {_TYPES[kind]}, which is no condition by itself; {advice}"
        )


def _instead(name: str, types: Mapping[str, str]) -> str:
    names = sorted({*types, "id", "title"})
    close = get_close_matches(name.lower(), names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    listed = ", ".join(names[:_MOST_NAMED])
    return f"there is {listed}{', ...' if len(names) > _MOST_NAMED else ''}"
