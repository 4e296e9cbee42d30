"""The grammar of filters, and how a text becomes a condition.

The parser is LALR(1): it takes time and memory in proportion to the text, however that is nested,
and builds the condition while it reads.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from aiaas_mock.services.recommendations.filters.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Field,
    Has,
    IsTrue,
    Not,
    OneOf,
    Value,
)
from aiaas_mock.services.recommendations.filters.mistakes import Mistake, shown
from aiaas_mock.services.recommendations.filters.syntax_errors import as_mistake

_GRAMMAR: Final = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: NOT negation -> negated
    | "(" disjunction ")"
    | condition
?condition: field SIGN value -> comparison
    | field IN values -> one_of
    | field NOT IN values -> none_of
    | field _HAS value -> has
    | value IN field -> in_list
    | value NOT IN field -> not_in_list
    | field _EXISTS -> exists
    | field -> is_true
values: "(" value ("," value)* ")"
field: NAME | QUOTED
value: STRING | NUMBER | TRUE | FALSE

_OR: "or"
_AND: "and"
NOT: "not"
IN: "in"
_HAS: "has"
_EXISTS: "exists"
TRUE: "true"
FALSE: "false"
SIGN: "==" | "!=" | "<=" | ">=" | "<" | ">"
NAME: /[a-z_][a-z0-9_]*/i
QUOTED: /`[a-z][a-z0-9_]*`/
STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
NUMBER: /-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?/i

%ignore /[ \t\r\n]+/
"""

_WORDS: Final = {
    "or": "_OR",
    "and": "_AND",
    "not": "NOT",
    "in": "IN",
    "has": "_HAS",
    "exists": "_EXISTS",
    "true": "TRUE",
    "false": "FALSE",
}

_BUILT_IN: Final = frozenset({"id", "title"})
_MOST_DEPTH: Final = 20
_MOST_CONDITIONS: Final = 100
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}


def read(text: str) -> Condition:
    """Read a condition.

    Raises:
        Mistake: The text is none.
    """
    try:
        condition = cast("Condition", _parser().parse(text))  # what `_Builder` makes of the tree
    except (UnexpectedCharacters, UnexpectedToken) as error:
        raise as_mistake(error, text) from None
    if condition.terms > _MOST_CONDITIONS:
        raise Mistake(
            1, f"a filter has at most {_MOST_CONDITIONS} conditions; this one has {condition.terms}"
        )
    return condition


@cache
def _parser() -> Lark:
    # Made at the first filter: reading the grammar takes longer than a thousand filters.
    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        transformer=_Builder(),
        lexer_callbacks={"NAME": _known_word},
    )


def _known_word(token: Token) -> Token:
    """Take the language's own words in capitals too."""
    kind = _WORDS.get(token.lower())
    return token if kind is None else Token.new_borrow_pos(kind, str(token), token)


@v_args(inline=True)
class _Builder(Transformer[Token, Condition]):
    """Makes the parts of a condition, the inner ones first."""

    def disjunction(self, *parts: Condition) -> Condition:
        return _shallow(AnyOf(parts))

    def conjunction(self, *parts: Condition) -> Condition:
        return _shallow(AllOf(parts))

    def negated(self, sign: Token, inner: Condition) -> Condition:
        return _shallow(Not(inner), _column(sign))

    def comparison(self, field: Field, sign: Token, value: Value) -> Condition:
        return Comparison(field, str(sign), value)

    def one_of(self, field: Field, sign: Token, values: tuple[Value, ...]) -> Condition:
        return OneOf(field, values)

    def none_of(
        self, field: Field, negation: Token, sign: Token, values: tuple[Value, ...]
    ) -> Condition:
        return OneOf(field, values, negated=True)

    def has(self, field: Field, value: Value) -> Condition:
        return Has(field, value)

    def in_list(self, value: Value, sign: Token, field: Field) -> Condition:
        return Has(field, value)

    def not_in_list(self, value: Value, negation: Token, sign: Token, field: Field) -> Condition:
        return Has(field, value, negated=True)

    def exists(self, field: Field) -> Condition:
        return Exists(field)

    def is_true(self, field: Field) -> Condition:
        return IsTrue(field)

    def values(self, *values: Value) -> tuple[Value, ...]:
        return values

    def field(self, name: Token) -> Field:
        # A name in backticks is one of the metadata, even if a word of the language is the same.
        if name.type == "QUOTED":
            return Field(str(name)[1:-1], _column(name))
        return Field(str(name), _column(name), built_in=name in _BUILT_IN)

    def value(self, token: Token) -> Value:
        match token.type:
            case "NUMBER":
                return Value("number", _number(token), _column(token))
            case "STRING":
                return Value("text", _unescaped(token), _column(token))
        return Value("bool", token.type == "TRUE", _column(token))


def _shallow(condition: Condition, column: int = 1) -> Condition:
    """Refuse to nest deeper than anybody reads, and than conditions can follow each other."""
    if condition.depth > _MOST_DEPTH:
        raise Mistake(column, f"conditions are nested at most {_MOST_DEPTH} levels deep")
    return condition


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _number(token: Token) -> float:
    number = float(token)
    if math.isinf(number):
        raise Mistake(_column(token), "this number is too large")
    return number


def _unescaped(token: Token) -> str:
    def character(escape: re.Match[str]) -> str:
        meant = _ESCAPED.get(escape[1])
        if meant is None:
            known = ", ".join(f"\\{letter}" for letter in _ESCAPED)
            place = _column(token) + 1 + escape.start()
            raise Mistake(place, f"{shown(escape[0])} means nothing in a text; there is {known}")
        return meant

    return _ESCAPE.sub(character, str(token)[1:-1])
