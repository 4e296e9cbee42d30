"""A case of the contract as data: a request and what must come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args
from urllib.parse import urlencode

from aiaas_mock.conformance.matchers import Matcher

Kind = Literal["happy", "auth", "bad_input", "paging", "idempotency", "fault"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Source = Literal["contract", "deployment"]
"""Where an expectation comes from: ``contract`` when its types and examples tell all that is to
be known, ``deployment`` when models, stored things or issued keys decide."""

_CONTRACT_CODES: Final = frozenset(
    {
        "invalid_json",
        "invalid_multipart",
        "invalid_request",
        "missing_api_key",
        "unsupported_media_type",
    }
)
"""What is refused with these, the contract alone refuses, unless a case says otherwise."""

Credential = Literal["given", "none", "unknown"]
"""Which key a request carries: the one the run was given, none, or one that nobody issued."""

_BOUNDARY = "aiaas-conformance-part"


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON body."""

    value: Any
    media_type: str | None = "application/json"

    @property
    def content(self) -> bytes:
        """The body as it travels."""
        return json.dumps(self.value).encode()


@dataclass(frozen=True, slots=True)
class Raw:
    """A body of any content type, sent as it is."""

    content: bytes
    media_type: str | None


@dataclass(frozen=True, slots=True)
class Multipart:
    """A form with files named ``inputs`` and, when there are options, a JSON part ``request``."""

    inputs: tuple[bytes, ...]
    request: Mapping[str, Any] | None = None
    media_type: str | None = f"multipart/form-data; boundary={_BOUNDARY}"

    @property
    def content(self) -> bytes:
        """The body as it travels."""
        parts = [_part('name="inputs"; filename="picture"', data) for data in self.inputs]
        if self.request is not None:
            parts.insert(0, _part('name="request"', json.dumps(self.request).encode()))
        return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


@dataclass(frozen=True, slots=True)
class Upload:
    """A JSON part ``request``, when there are options, and a file."""

    content_of_file: bytes
    request: Mapping[str, Any] | None = None
    filename: str = "notes.txt"
    file_first: bool = False
    media_type: str | None = f"multipart/form-data; boundary={_BOUNDARY}"

    @property
    def content(self) -> bytes:
        """The body as it travels."""
        file = _part(f'name="file"; filename="{self.filename}"', self.content_of_file, "text/plain")
        parts = [file]
        if self.request is not None:
            options = _part('name="request"', json.dumps(self.request).encode(), "application/json")
            parts.insert(1 if self.file_first else 0, options)
        return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


@dataclass(frozen=True, slots=True)
class Form:
    """A URL-encoded form; values may hold ``{api_key}``."""

    fields: Mapping[str, str]
    media_type: str | None = "application/x-www-form-urlencoded"

    @property
    def content(self) -> bytes:
        """The body as it travels, but for its placeholders."""
        return urlencode(self.fields, safe="{}").encode()


def _part(disposition: str, data: bytes, media_type: str | None = None) -> bytes:
    kind = f"\r\nContent-Type: {media_type}" if media_type else ""
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {disposition}{kind}\r\n\r\n"
    return head.encode() + data + b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must come back.

    Attributes:
        status: HTTP status.
        code: Code of the problem, None for a success.
        param: JSON pointer that the problem names.
        values: JSON pointer into the answer, and the value or matcher there. A stream of events is
            a list of ``{"event": ..., "data": ...}``.
        headers: Header, and its value or matcher.
        source: What it follows from; None lets the code say, and a success's type is always the
            contract's.
    """

    status: int = 200
    code: str | None = None
    param: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | Matcher] = field(default_factory=dict)
    source: Source | None = None

    def of_stubs(self) -> Expectation:
        """Return what can be expected of something that knows the contract and nothing else.

        What it cannot know to be refused, it answers like everything else: with a success.
        """
        if self.code is None:
            return replace(self, values={}, headers={})
        default: Source = "contract" if self.code in _CONTRACT_CODES else "deployment"
        is_known = (self.source or default) == "contract"
        return replace(self, values={}) if is_known else Expectation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One behaviour of one operation.

    Attributes:
        operation: Name of the operation; method and path come from the contract's table.
        kind: What sort of behaviour it is.
        name: The behaviour as a sentence.
        expect: What must come back.
        path: Values of the path's fields.
        query: Query fields, in order; a field may come twice.
        headers: Headers beside those of key and content type.
        body: The body, None for none.
        credential: Which key is sent.
        follow: Ask for all following pages too, and hold the list against itself.
        before: Sent first, after what must come before that, and held against its expectation.
        repeat: Send the same once more: the answer must be the stored one.
        fault: A rule for ``/_mock/faults``, set before the request is sent and removed after it.

    In `path`, in the values of `headers` and in a `Form` stand ``{id}`` for the id in the answer
    to `before`, ``{unique}`` for a text of this run of the case, and ``{api_key}`` for the key.
    """

    operation: str
    kind: Kind
    name: str
    expect: Expectation
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json | Raw | Multipart | Upload | Form | None = None
    credential: Credential = "given"
    follow: bool = False
    before: Case | None = None
    repeat: bool = False
    fault: Mapping[str, Any] | None = None

    def of_stubs(self) -> Case:
        """Return the part of the case that holds for stubs too: see `Expectation.of_stubs`."""
        before = None if self.before is None else self.before.of_stubs()
        return replace(
            self, expect=self.expect.of_stubs(), before=before, follow=False, repeat=False
        )

    @property
    def id(self) -> str:
        """A name that is unique among all cases."""
        return f"{self.operation}: {self.name}"


def refusal(
    code: str,
    status: int,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    source: Source | None = None,
) -> Expectation:
    """Expect a problem."""
    return Expectation(status=status, code=code, param=param, headers=headers or {}, source=source)


def auth_cases(operation: str, **request: Any) -> tuple[Case, ...]:
    """Make the cases that every operation with a scope has."""
    challenge = {"WWW-Authenticate": 'Bearer realm="aiaas"'}
    return (
        Case(
            operation=operation,
            kind="auth",
            name="without a key is refused",
            credential="none",
            expect=refusal("missing_api_key", 401, headers=challenge),
            **request,
        ),
        Case(
            operation=operation,
            kind="auth",
            name="with an unknown key is refused",
            credential="unknown",
            expect=refusal("invalid_api_key", 401, headers=challenge),
            **request,
        ),
    )


def unknown_cursor_case(operation: str) -> Case:
    """Make the case that every list has: a cursor that it never gave."""
    return Case(
        operation=operation,
        kind="paging",
        name="with a cursor of nobody is refused",
        query=(("cursor", "!!"),),
        expect=refusal("invalid_request", 422, "/cursor", source="deployment"),
    )
