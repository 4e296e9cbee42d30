"""What arrived: a request, read back with the contract into operation, fields and files."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from aiaas._core.redaction import MASK, redact_headers
from aiaas.contract.headers import RETRY_COUNT
from aiaas.contract.operations import all_operations

if TYPE_CHECKING:
    from pydantic import BaseModel

    from aiaas.contract._operation import Operation

FILES: Final = "inputs"
"""Under this name the files of a call are compared."""

_SECRET_FIELDS: Final = frozenset({"client_secret", "api_key", "hash_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that the fake deployment received.

    Attributes:
        operation: Name of the operation, for instance ``images.classify``.
        fields: The request's fields as they were sent; secrets are masked.
        inputs: The files of the request, in order: pictures, or the file of an upload.
        headers: Headers of the request, names in lower case, secrets masked.
        body: The body as it was sent; empty when it holds a secret.
        attempt: 1, or more when the client repeated the request.
        at_s: When it arrived on the fake's clock, in seconds since 1970.
    """

    operation: str
    fields: Mapping[str, Any]
    inputs: tuple[bytes, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    attempt: int = 1
    at_s: float = field(default=0.0, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request as any HTTP library gives it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def operation_for(method: str, url: str) -> Operation[Any, Any] | None:
    """Return the operation that a request is for, or None when it is for none."""
    path = urlsplit(url).path
    for operation, pattern in _patterns():
        if operation.method == method and pattern.fullmatch(path):
            return operation
    return None


def read_call(operation: Operation[Any, Any], arrived: Arrived, *, at_s: float = 0.0) -> Call:
    """Read a request back into fields and files."""
    headers = {name.lower(): value for name, value in arrived.headers.items()}
    fields, inputs = _body(headers.get("content-type", ""), arrived.body)
    parts = urlsplit(arrived.url)
    pattern = next(found for known, found in _patterns() if known is operation)
    path = pattern.fullmatch(parts.path)
    in_path = path.groupdict() if path else {}
    fields |= dict(parse_qsl(parts.query, keep_blank_values=True))
    fields |= {name: unquote(value) for name, value in in_path.items()}
    fields = _typed(operation, fields)
    secret = _SECRET_FIELDS & fields.keys()
    return Call(
        operation=operation.name,
        fields={name: MASK if name in secret else value for name, value in fields.items()},
        inputs=inputs,
        headers=redact_headers(headers),
        body=b"" if secret else arrived.body,
        attempt=int(headers.get(RETRY_COUNT.lower(), "0")) + 1,
        at_s=at_s,
    )


def _typed(operation: Operation[Any, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Turn the text of a query into what it stands for, if the contract allows all of it."""
    model: type[BaseModel] | None = operation.options or operation.request
    own = {name: value for name, value in fields.items() if model and name in model.model_fields}
    if model is None or not own:
        return fields
    try:
        read = model.model_validate(own, strict=False)
    except ValueError:
        return fields
    return fields | read.model_dump(mode="json", include=set(own))


def _body(content_type: str, body: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode())), ()
    if kind == "application/json" and body:
        sent = json_object(body)
        return sent, tuple(_decoded(sent.get(FILES, ())))
    return {}, (body,) if body else ()


def json_object(body: bytes) -> dict[str, Any]:
    """Return the fields of JSON; none of what is no JSON object, which is refused elsewhere."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _decoded(inputs: Any) -> Iterator[bytes]:
    for one in inputs if isinstance(inputs, Sequence) else ():
        if isinstance(one, Mapping) and isinstance(one.get("data"), str):
            try:
                yield base64.b64decode(one["data"])
            except ValueError:
                yield b""  # a deployment fails this input alone


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    fields: dict[str, Any] = {}
    inputs: list[bytes] = []
    for name, content in _parts(content_type, body):
        if name == "request":
            fields |= json_object(content)
        else:
            inputs.append(content)
    return fields, tuple(inputs)


def part_names(content_type: str, body: bytes) -> list[str] | None:
    """Return the names of the parts of a form, in order; None when it breaks off."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    if not boundary or b"--" + boundary + b"--" not in body:
        return None
    return [name for name, _ in _parts(content_type, body)]


def _parts(content_type: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb';\s*name="([^"]*)"', head)
        yield (name[1].decode("utf-8", "replace") if name else ""), content


@cache
def _patterns() -> tuple[tuple[Operation[Any, Any], re.Pattern[str]], ...]:
    # Whatever comes before belongs to the base URL; fields are whole segments.
    return tuple(
        (operation, re.compile("(?:/.+)?" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", operation.path)))
        for operation in all_operations()
    )
