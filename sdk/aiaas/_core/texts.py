"""Texts as JSON writes them: once, as their size decides how many travel together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from aiaas._core.requests import ArgumentError, Outgoing

if TYPE_CHECKING:
    from aiaas.contract._operation import Operation
    from aiaas.contract.answers import ItemError

JsonFields = Mapping[str, object]
"""Fields of a request; None means "not given"."""

_UNREADABLE: Final = "The text has half a surrogate pair, which no Unicode encoding can carry."

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_LONGEST_SHOWN: Final = 40


class WrittenText(NamedTuple):
    """A text, or a pair of them, as JSON.

    Attributes:
        content: The JSON, in UTF-8.
        readable: Whether it says what was given. Python's texts may hold halves of surrogate
            pairs, which have no UTF-8; an empty text travels then, and its answer is replaced.
    """

    content: bytes
    readable: bool = True


def write(text: str) -> WrittenText:
    """Write a text.

    Raises:
        TypeError: It is none.
    """
    try:
        return WrittenText(_json(_checked(text)))
    except UnicodeEncodeError:
        return WrittenText(b'""', readable=False)


def write_pair(pair: tuple[str, str]) -> WrittenText:
    """Write two texts to compare.

    Raises:
        TypeError: They are none.
    """
    if isinstance(pair, str) or len(pair) != 2:
        raise TypeError("a pair is two texts, for instance ('a boot', 'a shoe')")
    a, b = pair
    try:
        return WrittenText(_json({"a": _checked(a), "b": _checked(b)}))
    except UnicodeEncodeError:
        return WrittenText(b'{"a":"","b":""}', readable=False)


def texts_body(
    operation: Operation[Any, Any], inputs: Iterable[WrittenText], fields: JsonFields
) -> Outgoing:
    """Make the request for texts that are written already.

    Raises:
        ArgumentError: The language is no code of one.
    """
    # Not `json.dumps` of it all: the texts, nearly all of the body, would be written twice.
    written = b",".join(text.content for text in inputs)
    options = _options(fields)
    rest = b"," + options[1:] if options != b"{}" else b"}"
    return _posted(operation, b'{"inputs":[' + written + b"]" + rest)


def body(operation: Operation[Any, Any], fields: JsonFields) -> Outgoing:
    """Make a request of fields alone.

    Raises:
        InvalidInputError: A text in it cannot be written.
    """
    for name, value in fields.items():
        for position, text in enumerate(value if isinstance(value, list) else (value,)):
            if isinstance(text, str) and not write(text).readable:
                _raise_unreadable(f"/{name}/{position}" if isinstance(value, list) else f"/{name}")
    return _posted(operation, _options(fields))


def unreadable_at(index: int) -> ItemError:
    """Return what takes the place of the answer to a text that could not be sent."""
    # Imported when there is one, as it brings the whole table of problems.
    from aiaas.contract.answers import ItemError
    from aiaas.contract.problems import problem

    found = problem("invalid_text", _UNREADABLE, param=f"/inputs/{index}")
    return ItemError(index=index, error=found)


def readable(text: WrittenText) -> WrittenText:
    """Return `text` if it says what was given.

    Raises:
        InvalidInputError: It could not be written.
    """
    if not text.readable:
        _raise_unreadable("/inputs/0")
    return text


def _raise_unreadable(param: str) -> NoReturn:
    from aiaas._core.failures import failure_of
    from aiaas.contract.problems import problem

    raise failure_of(problem("invalid_text", _UNREADABLE, param=param))


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a text must be a str; got {type(text).__qualname__}")
    return text


def _options(fields: JsonFields) -> bytes:
    language = fields.get("language")
    if isinstance(language, str) and not _LANGUAGE.fullmatch(language):
        # The deployment would answer with a pattern, which says less.
        shown = f"; got {language!r}" if len(language) <= _LONGEST_SHOWN else ""
        raise ArgumentError(f"language must be a code like 'en' or 'zh'{shown}")
    return _json({name: value for name, value in fields.items() if value is not None})


def _json(value: object) -> bytes:
    # Letters as they are: escaped, a Chinese text would be twice as long.
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _posted(operation: Operation[Any, Any], content: bytes) -> Outgoing:
    return Outgoing(
        operation=operation,
        path=operation.path,
        content=content,
        content_type="application/json",
    )
