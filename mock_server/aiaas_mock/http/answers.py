"""Answers on their way out, as bytes."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson
from pydantic import BaseModel

from aiaas.contract import problems
from aiaas.contract._operation import Operation
from aiaas.contract.problems import Problem
from aiaas_mock.errors import ApiError
from aiaas_mock.services.plain import Plain
from aiaas_mock.services.uploads import Content
from aiaas_mock.storage import StoredAnswer

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._-]")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedAnswer:
    """An answer that is read while it is sent.

    Attributes:
        pieces: The body.
        size_bytes: Its length; None when it is not known before the end.
        failure: Writes a problem as the body's last piece, where a client can read it there;
            without it a failure half-way breaks the connection.
        head: All headers, where another server made them; nothing is added then.
    """

    pieces: AsyncIterator[bytes]
    size_bytes: int | None
    media_type: str
    headers: Mapping[str, str] | None = None
    status: int = 200
    failure: Callable[[Problem], bytes] | None = None
    head: Sequence[tuple[bytes, bytes]] | None = None


WriteRefusal = Callable[[ApiError, str], Answer]
"""Makes an answer of a refusal and the id of the request."""


def as_problem(refusal: ApiError, request_id: str) -> Answer:
    """Answer a refusal as our own contract has it: with problem details."""
    body = refusal.as_problem(request_id)
    content = body.model_dump_json().encode()
    return Answer(content, body.status, problems.MEDIA_TYPE, refusal.headers)


def encode(operation: Operation[Any, Any], answer: Any) -> Answer | StreamedAnswer:
    """Make bytes of what a service answers."""
    if isinstance(answer, Answer | StreamedAnswer):
        return answer
    if isinstance(answer, Content):
        return _streamed(operation, answer)
    if isinstance(answer, StoredAnswer):
        return Answer(answer.body, answer.status, answer.media_type)
    if isinstance(answer, Plain):
        return Answer(orjson.dumps(answer.fields, default=_plain))
    return Answer(answer.__pydantic_serializer__.to_json(answer))


def _plain(value: Any) -> Any:
    """Return a model among plain values, such as an error in the place of a result, as one."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is no plain value")


def _streamed(operation: Operation[Any, Any], content: Content) -> StreamedAnswer:
    digest = base64.b64encode(bytes.fromhex(content.sha256)).decode()
    return StreamedAnswer(
        pieces=content.pieces,
        size_bytes=content.size_bytes,
        # Never what the uploader said: a browser must not run a stranger's page from here.
        media_type=operation.media_type,
        headers={
            "Content-Disposition": disposition(content.filename),
            "ETag": f'"{content.sha256}"',
            "Repr-Digest": f"sha-256=:{digest}:",
            "X-Content-Type-Options": "nosniff",
        },
    )


def disposition(filename: str) -> str:
    """Write a file's name for ``Content-Disposition`` (RFC 6266), whatever characters it has."""
    plain = _NOT_PLAIN.sub("_", filename)
    exact = quote(filename, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
