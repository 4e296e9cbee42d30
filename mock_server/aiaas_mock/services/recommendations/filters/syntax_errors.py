"""What the parser says of a text that is no filter, put into words for people."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from lark import Token, UnexpectedCharacters, UnexpectedToken

from aiaas_mock.services.recommendations.filters.mistakes import Mistake, shown

_END: Final = "$END"

_EXPECTED: Final = {
    "STRING": "a value",
    "NAME": "a field",
    "SIGN": "a comparison such as '=='",
    "IN": "'in'",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
    "_AND": "'and'",
    "_OR": "'or'",
}
"""What may come next, in words; these stand for others that come at the same places."""

_GOES_WITHOUT_SAYING: Final = {"IN": "SIGN", "LPAR": "NAME"}
"""What is not named where the other is."""

_INSTEAD: Final = {
    "=": "'=='",
    "&": "'and'",
    "&&": "'and'",
    "|": "'or'",
    "||": "'or'",
    "!": "'not'",
}
"""What people write who know other languages, and what it is called here."""

_FOREIGN: Final = re.compile("|".join(map(re.escape, sorted(_INSTEAD, reverse=True))))
_PIECE: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`\w*`|[\w.+-]+|[<>=!]+|\S)\s*""", re.DOTALL
)


def as_mistake(error: UnexpectedCharacters | UnexpectedToken, text: str) -> Mistake:
    """Say in words why a text is no filter."""
    if isinstance(error, UnexpectedToken):
        return _unexpected(error.token, error.accepts or error.expected, text)
    return _unreadable(error.pos_in_stream or 0, text)


def _unreadable(place: int, text: str) -> Mistake:
    foreign = _FOREIGN.match(text, place)
    if foreign is not None:
        return Mistake(place + 1, f"write {_INSTEAD[foreign[0]]} instead of '{foreign[0]}'")
    if text[place] in "\"'":
        return Mistake(place + 1, "the text that begins here has no closing quote")
    return Mistake(place + 1, f"{shown(text[place])} means nothing here")


def _unexpected(token: Token, expected: Set[str], text: str) -> Mistake:
    at_end = token.type == _END
    place = len(text.rstrip()) if at_end else token.start_pos or 0
    found = "the end" if at_end else shown(str(token))
    words = f"expected {_wanted(expected)}{_after(text[:place])}, found {found}"
    return Mistake(place + 1, words + _hint(token, expected))


def _wanted(expected: Set[str]) -> str:
    words = [
        word
        for kind, word in _EXPECTED.items()
        if kind in expected and _GOES_WITHOUT_SAYING.get(kind) not in expected
    ]
    *others, last = words or ["the end"]
    return f"{', '.join(others)} or {last}" if others else last


def _after(text: str) -> str:
    """Say what stands last, if anything does."""
    pieces = _PIECE.findall(text)
    return f" after {shown(pieces[-1])}" if pieces else ""


def _hint(token: Token, expected: Set[str]) -> str:
    if token.type == "NAME" and "STRING" in expected and "NAME" not in expected:
        return "; a text is written in quotes"
    if token.type == "SIGN" and "IN" in expected:
        return "; the field is on the left"
    return ""
