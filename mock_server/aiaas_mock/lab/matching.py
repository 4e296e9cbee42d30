"""How a request is held against what is expected of it: field by field, never by substrings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from aiaas_mock.json_pointer import ABSENT, resolve
from aiaas_mock.lab.contract.matching import RequestMatch

_MOST_SHOWN: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What matches look at.

    Attributes:
        operation: Name of the operation.
        method: HTTP method.
        path: Path.
        key_id: Public id of the key.
        headers: Headers by name in lower case.
        body: The JSON body; None for none.
        sha256: Digest of the body.
        status: Status of the answer; None while there is none.
    """

    operation: str
    method: str
    path: str
    key_id: str | None
    headers: Mapping[str, str]
    body: Any
    sha256: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a request is not as expected.

    Attributes:
        field: The place, such as ``operation`` or ``/body/inputs/0/text``.
        expected: What should be there, in words.
        got: What is, in words.
    """

    field: str
    expected: str
    got: str


def differences(match: RequestMatch, subject: Subject) -> Iterator[Difference]:
    """Yield where a request is not as expected; nothing when it matches."""
    if match.operation is not None and not fnmatchcase(subject.operation, match.operation):
        yield Difference("operation", match.operation, subject.operation)
    for name, expected, got in (
        ("method", match.method, subject.method),
        ("path", match.path, subject.path),
        ("key", match.key, subject.key_id),
        ("status", match.status, subject.status),
        ("sha256", match.sha256, subject.sha256),
    ):
        if expected is not None and expected != got:
            yield Difference(name, str(expected), _shown(got))
    for name, value in match.header.items():
        header = subject.headers.get(name.lower())
        if header is None or value not in ("*", header):
            yield Difference(f"header {name}", value, _shown(header))
    for place, wanted in match.body.items():
        yield from _of_body(place, wanted, subject.body)


def _of_body(place: str, wanted: Any, body: Any) -> Iterator[Difference]:
    pointer = place if place.startswith("/") else f"/{place}"
    got = resolve(body, pointer)
    if not _fits(wanted, got):
        expected = json.dumps(wanted, ensure_ascii=False)
        yield Difference(f"/body{pointer}", _cut(expected), _shown(got))


def _fits(wanted: Any, got: Any) -> bool:
    matcher = matcher_of(wanted)
    if matcher is None:
        return got is not ABSENT and _same(wanted, got)
    name, value = matcher
    if name == "$exists":
        return (got is not ABSENT) is value
    if got is ABSENT:
        return False
    if name == "$regex":
        return isinstance(got, str) and re.fullmatch(value, got, re.DOTALL) is not None
    if name == "$in":
        return any(_same(one, got) for one in value)
    if name == "$not":
        return not _fits(value, got)
    return isinstance(got, list) and any(_fits(value, one) for one in got)


def matcher_of(wanted: Any) -> tuple[str, Any] | None:
    """Return name and value of a matcher; None for plain JSON, which must be equal."""
    if isinstance(wanted, dict) and len(wanted) == 1:
        (name, value), *_ = wanted.items()
        if name.startswith("$"):
            return name, value
    return None


def _same(wanted: Any, got: Any) -> bool:
    """Compare JSON, in which 1 is 1.0 but true is not 1."""
    return json.dumps(_plain(wanted), sort_keys=True) == json.dumps(_plain(got), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list) else value


def _shown(value: Any) -> str:
    if value is ABSENT or value is None:
        return "nothing"
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    text = " ".join(text.splitlines())  # what is told of a field is one line
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."
