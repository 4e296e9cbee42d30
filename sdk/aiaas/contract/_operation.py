"""An operation: one row of the table that drives routes, documents, tests and clients."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Body = Literal["json", "multipart", "image", "form"]
"""How a request body may travel: JSON, multipart/form-data, one raw ``image/*``, or a URL-encoded
form."""

Effect = Literal["pure", "read", "write"]

_PATH_FIELD = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[RequestT, ResponseT]):
    """One row of the operation table.

    Attributes:
        name: ``resource.verb``; also the path of the SDK method (``client.images.classify``).
        method: HTTP method.
        path: Path with ``{field}`` for the fields of `request` that travel in it. For ``GET``
            and ``DELETE`` the other fields travel in the query, else in the body.
        summary: One line for the reference documentation.
        request: Type of the whole request, or None when it has no parameters.
        options: For operations that take files: the request without its ``inputs``, as it travels
            beside multipart or raw bodies.
        bodies: The content types taken, the one to prefer in documentation first.
        upload: Whether the request carries one file, as a multipart part ``file`` that is streamed
            after the JSON part ``request``.
        response: Type of a successful JSON answer, or None when it is not JSON.
        media_type: Content type of a successful answer.
        scope: What an API key must be allowed, or None when no key is needed.
        effect: ``pure`` (a function of its input: may be repeated and cached), ``read`` (safe to
            repeat) or ``write`` (repeating it needs an idempotency key).
        events: For an answer that may be a stream of events (the request's ``stream`` says so):
            the type of each event's data.
        paginated: Whether the answer is a `Page`.
        statuses: Successful status codes other than 200, and 503 for probes.
    """

    name: str
    method: Method
    path: str
    summary: str
    request: type[RequestT] | None
    response: type[ResponseT] | None
    options: type[BaseModel] | None = None
    bodies: tuple[Body, ...] = ()
    upload: bool = False
    media_type: str = "application/json"
    scope: str | None
    effect: Effect
    events: Mapping[str, type[BaseModel]] | None = None
    paginated: bool = False
    statuses: tuple[int, ...] = ()

    @property
    def idempotent(self) -> bool:
        """Whether the request may be repeated without an idempotency key."""
        return self.effect != "write"

    @property
    def path_fields(self) -> tuple[str, ...]:
        """Names of the request's fields that travel in the path."""
        return tuple(_PATH_FIELD.findall(self.path))
