"""Faults of a whole answer: well-formed HTTP, wrong content."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from aiaas_mock.lab.contract import fault_kinds as kinds

RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that has not been sent.

    Attributes:
        status: HTTP status.
        headers: All headers but ``Content-Length``.
        body: The body.
    """

    status: int
    headers: RawHeaders
    body: bytes

    def renamed(self, name: bytes, value: bytes) -> Whole:
        """Return it with a header in place of the one of this name."""
        rest = tuple(header for header in self.headers if header[0] != name)
        return replace(self, headers=(*rest, (name, value)))


def _malformed_json(fault: kinds.MalformedJson, whole: Whole) -> Whole:
    return replace(whole, body=whole.body.rstrip()[:-1])


def _truncated(fault: kinds.Truncate, whole: Whole) -> Whole:
    return replace(whole, body=whole.body[: fault.keep_bytes])


def _empty(fault: kinds.EmptyBody, whole: Whole) -> Whole:
    return replace(whole, body=b"")


def _wrong_schema(fault: kinds.WrongSchema, whole: Whole) -> Whole:
    try:
        body = json.loads(whole.body)
    except ValueError:  # no JSON, of which a schema could be wrong
        return whole
    if not isinstance(body, dict):
        return whole
    wrong = {name: _of_another_type(value) for name, value in body.items()}
    return replace(whole, body=json.dumps(wrong).encode())


def _of_another_type(value: object) -> object:
    if isinstance(value, list):
        return {"items": len(value)}
    if isinstance(value, dict):
        return [str(name) for name in value]
    return [value]


def _wrong_content_type(fault: kinds.WrongContentType, whole: Whole) -> Whole:
    return whole.renamed(b"content-type", fault.media_type.encode())


def _duplicate_header(fault: kinds.DuplicateHeader, whole: Whole) -> Whole:
    header = (fault.name.lower().encode(), fault.value.encode())
    return replace(whole, headers=(*whole.headers, header))


CHANGES: Final[dict[type, Callable[[Any, Whole], Whole]]] = {
    kinds.MalformedJson: _malformed_json,
    kinds.Truncate: _truncated,
    kinds.WrongSchema: _wrong_schema,
    kinds.WrongContentType: _wrong_content_type,
    kinds.DuplicateHeader: _duplicate_header,
    kinds.EmptyBody: _empty,
}
"""Makes another answer of one."""
