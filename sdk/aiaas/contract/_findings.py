"""What is wrong with a request, in plain words: the one place where they are chosen.

Server, client and fake cloud say the same of the same mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aiaas.contract._known_names import names_at, nearest
from aiaas.contract._patterns import pattern_in_words
from aiaas.contract.problems import ProblemDetail

MOST_FINDINGS: Final = 20
"""Of a million mistakes nobody wants to hear, and none is put into words."""

_LONGEST_NAME: Final = 64
_MOST_KNOWN: Final = 12
"""More names of fields are not listed."""

_KEY: Final = "[key]"
"""How pydantic names the name of a value, when that is what is wrong."""

_LIST: Final = "must be a list"
_OBJECT: Final = "must be an object with named fields"
_WHOLE: Final = "must be a whole number"
_NUMBER: Final = "must be a number"
_TRUTH: Final = "must be true or false"
_TIME: Final = "must be a time, such as '2026-11-24T09:30:00Z'"

_WORDS: Final[Mapping[str, str]] = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_type": "must be a string",
    "string_unicode": "must be a string of whole characters",
    "string_too_short": "must have at least {least_characters}",
    "string_too_long": "must have at most {most_characters}",
    "string_pattern_mismatch": "must be {pattern_in_words}",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "must be a whole number, and not as large",
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": "must have at least {least_entries}, not {actual_length}",
    "too_long": "must have at most {most_entries}, not {actual_length}",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "timezone_aware": "must say its offset from UTC, as '2026-11-24T09:30:00Z' does",
    "metadata_value": "must be true or false, a finite number, a text of at most 1000 characters, "
    "or a list of at most 100 such texts",
    "union_tag_not_found": "must have a field {discriminator}",
    "union_tag_invalid": "has a {discriminator} that is not known here",
}
"""What is said of a finding, by pydantic's name for it."""

_CODES: Final[Mapping[str, str]] = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
}
"""Codes of findings that are not pydantic's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake.

    Attributes:
        place: Names and indices on the way to it.
        kind: Pydantic's name for it.
        words: What is said of the value, for instance ``must be a list``; None where the model has
            a message of its own.
        message: That message.
        value: What was given; it may be a secret that went astray.
        near: The known name that an unknown one comes near to.
    """

    place: tuple[int | str, ...]
    kind: str
    words: str | None
    message: str
    value: Any
    near: str | None = None

    @property
    def code(self) -> str:
        """The stable name of such mistakes."""
        return _CODES.get(self.kind, self.kind)

    @property
    def param(self) -> str:
        """A JSON pointer to the place."""
        return pointer(self.place)

    def about(self, subject: str) -> str:
        """Say what is wrong with a subject, without a full stop."""
        return f"{subject}: {self.message}" if self.words is None else f"{subject} {self.words}"

    def as_detail(self) -> ProblemDetail:
        """Return it as a problem lists it: without the value."""
        subject = "This field" if self.kind in _CODES else "This"
        message = f"{self.message[:1].upper()}{self.message[1:]}"
        said = message if self.words is None else f"{subject} {self.words}"
        end = "" if said.endswith((".", "?")) else "."
        return ProblemDetail(param=self.param, code=self.code, detail=f"{said}{end}")


def findings(error: ValidationError, model: type[BaseModel] | None = None) -> list[Finding]:
    """Return what a model found first, 20 mistakes at most; mistyped names come before others.

    Args:
        error: What it raised.
        model: The model; without it unknown names cannot be compared with the known ones.
    """
    found = error.errors(include_url=False)
    kept = (one for one in found if not _follows(one, found))
    said = [_finding(one, model) for one in islice(kept, MOST_FINDINGS)]
    return sorted(said, key=lambda finding: finding.near is None)


def pointer(place: Sequence[int | str]) -> str:
    """Write a place as a JSON pointer (RFC 6901); names are cut to a sane length."""
    return "".join(
        f"/{str(step)[:_LONGEST_NAME].replace('~', '~0').replace('/', '~1')}" for step in place
    )


def _follows(finding: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Say whether a list is only called too short because its items are faulty."""
    place = finding["loc"]
    return finding["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in found
    )


def _finding(found: ErrorDetails, model: type[BaseModel] | None) -> Finding:
    kind, place = found["type"], found["loc"]
    words, near = _WORDS.get(kind), None
    if words is not None:
        words = words.format_map(_shown(found.get("ctx", {})))
    if kind == "extra_forbidden" and model is not None:
        near, hint = _hint(str(place[-1]), names_at(model, place[:-1]))
        words = f"{words}; {hint}" if hint else words
    elif kind == "union_tag_invalid":
        tags = found["ctx"]["expected_tags"].replace("'", "").split(", ")
        words = f"{words}; {_hint(str(found['ctx']['tag']), tags)[1] or 'see the documentation'}"
    elif words is not None and place and place[-1] == _KEY:
        place, words = place[:-1], words.replace("must be", "must have a name of", 1)
    return Finding(
        place=place,
        kind=kind,
        words=words,
        message=found["msg"].removeprefix("Value error, "),
        value=found["input"],
        near=near,
    )


def _shown(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the words about a finding are filled in with."""
    shown = {name: _number(value) for name, value in context.items()}
    for bound, length in (("least", "min_length"), ("most", "max_length")):
        if length in context:
            number = context[length]
            shown[f"{bound}_entries"] = "1 entry" if number == 1 else f"{number} entries"
            shown[f"{bound}_characters"] = "1 character" if number == 1 else f"{number} characters"
    if "pattern" in context:
        shown["pattern_in_words"] = pattern_in_words(context["pattern"])
    return shown


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _hint(name: str, known: Sequence[str]) -> tuple[str | None, str]:
    """Return the name that is probably meant, and a question; else what there is, if it is little.

    The name that was given is not repeated: it is in the place.
    """
    near = nearest(name, known)
    if near is not None:
        return near, f"did you mean '{near}'?"
    if 0 < len(known) <= _MOST_KNOWN:
        return None, f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"
    return None, ""
