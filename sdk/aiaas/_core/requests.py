"""From a typed call to what travels: path, query, body. No input or output happens here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from aiaas._core.uploads import Upload
    from aiaas.contract._findings import Finding
    from aiaas.contract._operation import Operation

Scalar = str | int | float | bool

_LONGEST_SHOWN: Final = 40
"""Longer values are not repeated in an error."""


class ArgumentError(ValueError):
    """An argument cannot be sent; the message names it and says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multipart body."""

    name: str
    content: bytes
    media_type: str
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request as it will travel, the same for every attempt.

    Attributes:
        operation: The row of the operation table that is called.
        path: Path with its fields filled in and quoted.
        query: The query, quoted, without its question mark.
        content: The body, unless there are `parts`.
        content_type: Type of `content`.
        parts: Parts of a multipart body; the transport encodes them.
        upload: A body that is streamed instead.
        url: The whole address, if it is not one of the deployment.
        accept: Content type to ask for; the transport's own when omitted.
    """

    operation: Operation[Any, Any]
    path: str
    query: str = ""
    content: bytes | None = None
    content_type: str | None = None
    parts: tuple[Part, ...] = ()
    upload: Upload | None = None
    url: str | None = None
    accept: str | None = None

    @property
    def resendable(self) -> bool:
        """Whether the body can be sent once more."""
        return self.upload is None or self.upload.resendable


@contextmanager
def arguments(**names: str) -> Iterator[None]:
    """Make errors of a request model, which is built inside, readable for a caller.

    Args:
        names: What a caller knows a field of the model as, where that differs.

    Raises:
        ArgumentError: A value is not allowed.
    """
    try:
        yield
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        from aiaas.contract._findings import findings  # here: a client that asks well needs none

        first = findings(cast("ValidationError", error))[0]
        # `from None`: the cause's text would repeat all of what was given.
        raise ArgumentError(said_of(first, names)) from None


def said_of(finding: Finding, names: Mapping[str, str]) -> str:
    """Say which value of a request model is not allowed, and what is.

    Args:
        finding: What the model found.
        names: What a caller knows a field of the model as, where that differs.
    """
    field, *inner = (str(step) for step in finding.place)
    place = ".".join([names.get(field, field), *inner])
    if finding.kind == "timezone_aware":
        return f"{place} must say its offset from UTC, as datetime.now(UTC) does"
    said, value = finding.about(place), finding.value
    shown = repr(value) if value is None or isinstance(value, str | int | float) else ""
    if finding.code == "unknown_field":
        return said
    return f"{said}; got {shown}" if 0 < len(shown) <= _LONGEST_SHOWN else said


def build(operation: Operation[Any, Any], request: BaseModel | None) -> Outgoing:
    """Turn a request model into path and query, or path and JSON body.

    Raises:
        TypeError: The operation needs another request, or a file.
    """
    _check_request(operation, request)
    if request is None:
        return Outgoing(operation=operation, path=operation.path)
    path_fields = operation.path_fields
    path = operation.path.format(
        **{field: _path_segment(str(getattr(request, field))) for field in path_fields}
    )
    if operation.method in ("GET", "DELETE"):
        rest = request.model_dump(mode="json", exclude=set(path_fields), exclude_none=True)
        return Outgoing(operation=operation, path=path, query=query_of(rest))
    # Not `exclude_unset`: what the caller sees as a default must be what the server computes.
    body = request.model_dump_json(exclude=set(path_fields), exclude_none=True)
    return Outgoing(
        operation=operation, path=path, content=body.encode(), content_type="application/json"
    )


def build_raw(
    operation: Operation[Any, Any],
    content: bytes,
    media_type: str,
    options: Mapping[str, Scalar | None],
) -> Outgoing:
    """Send one file as the whole body, its options in the query: the cheapest way there is."""
    return Outgoing(
        operation=operation,
        path=operation.path,
        query=query_of(options),
        content=content,
        content_type=media_type,
    )


def _check_request(operation: Operation[Any, Any], request: BaseModel | None) -> None:
    name, wanted = operation.name, operation.request
    if operation.upload:
        raise TypeError(f"{name} sends a file: call client.{name}(...) instead")
    if request is None:
        if wanted is None or not _has_required_fields(wanted):
            return
    elif wanted is not None and isinstance(request, wanted):
        return
    given = "none" if request is None else type(request).__name__
    if wanted is None:
        raise TypeError(f"{name} takes no request; got {given}")
    raise TypeError(f"{name} needs a request of the type {wanted.__name__}; got {given}")


def _has_required_fields(request: type[BaseModel]) -> bool:
    return any(field.is_required() for field in request.model_fields.values())


def _path_segment(value: str) -> str:
    # A segment of dots alone would be resolved away and lead to another operation.
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe="")


def query_of(values: Mapping[str, Scalar | None]) -> str:
    """Write values as a query; None means "not given"."""
    given = {name: _written(value) for name, value in values.items() if value is not None}
    return urlencode(given, quote_via=quote) if given else ""


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
