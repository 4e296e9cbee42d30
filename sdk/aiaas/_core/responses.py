"""From the bytes of an answer to a typed result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from aiaas._core.errors import ResponseValidationError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from aiaas.contract._operation import Operation

ModelT = TypeVar("ModelT", bound="BaseModel")
ResponseT = TypeVar("ResponseT")


@dataclass(slots=True)
class RawResponse:
    """An answer as it came.

    Attributes:
        status: HTTP status.
        headers: Its headers, looked up whatever their case.
        content: The body; empty when it is left to be read as a stream.
        http_version: For instance ``HTTP/1.1``.
        elapsed_s: Seconds from the begin of its attempt until it was there.
        attempts: Which attempt it answered.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    http_version: str = "HTTP/1.1"
    elapsed_s: float = 0.0
    attempts: int = 1

    @property
    def request_id(self) -> str | None:
        """The id that the deployment gave to the request."""
        return self.headers.get("x-request-id")

    @property
    def content_type(self) -> str:
        """Media type in lower case, with its parameters; empty when there is none."""
        return self.headers.get("content-type", "").lower()


def is_success(operation: Operation[Any, Any], response: RawResponse) -> bool:
    """Say whether `response` is one of the answers that the operation promises."""
    if 200 <= response.status < 300:
        return True
    # A probe's 503 is an answer; the same status with a problem in it is not.
    return response.status in operation.statuses and "problem" not in response.content_type


def parse(operation: Operation[Any, Any], response: RawResponse, answer: type[ModelT]) -> ModelT:
    """Validate the body as `answer`, in compiled code and from the bytes.

    Strict, because a score that came as a string is a defect to report and not to hide.

    Raises:
        ResponseValidationError: It is not JSON or has a wrong type; says where.
    """
    try:
        return answer.model_validate_json(response.content, strict=True)
    except ValueError as error:
        # `from None`: the cause's text would repeat what the body holds.
        raise _unreadable(operation, response, cast("ValidationError", error)) from None


def parse_any(operation: Operation[Any, ResponseT], response: RawResponse) -> ResponseT:
    """Read the body as the operation table says: a model, plain JSON, text, or bytes."""
    if operation.response is not None:
        model = cast("type[BaseModel]", operation.response)
        return cast("ResponseT", parse(operation, response, model))
    if not operation.media_type.startswith(("application/json", "text/")):
        return cast("ResponseT", response.content)
    text = response.content.decode("utf-8", errors="replace")
    if operation.media_type != "application/json":
        return cast("ResponseT", text)
    try:
        return cast("ResponseT", json.loads(text))
    except ValueError as error:
        raise invalid(operation, response, f"not JSON ({error})") from None


def invalid(
    operation: Operation[Any, Any], response: RawResponse, reason: str, place: str | None = None
) -> ResponseValidationError:
    """Make the error for an answer that the contract does not allow."""
    error = ResponseValidationError(
        reason,
        operation=operation.name,
        status=response.status,
        request_id=response.request_id,
        place=place,
        body=response.content,
    )
    error.attempts = response.attempts
    return error


def _unreadable(
    operation: Operation[Any, Any], response: RawResponse, error: ValidationError
) -> ResponseValidationError:
    from aiaas.contract._findings import findings  # here: most answers are as promised

    first = findings(error)[0]
    if first.kind == "json_invalid":
        kind = response.content_type.partition(";")[0] or "without a type"
        return invalid(operation, response, f"the body is not JSON ({kind}); check base_url")
    place = ".".join(str(step) for step in first.place)
    return invalid(operation, response, first.words or first.message, place or None)
