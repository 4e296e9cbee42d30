"""From an answer that is no success to the exception that a caller catches."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aiaas._core import errors
from aiaas._core.errors import APIStatusError
from aiaas._core.redaction import redact_headers
from aiaas._core.responses import RawResponse
from aiaas._core.waits import asked_wait_s, server_says_retry
from aiaas.contract.problems import MEDIA_TYPE, PROBLEMS, Problem

CLASS_BY_CODE: Final[Mapping[str, type[APIStatusError]]] = MappingProxyType(
    {
        "invalid_json": errors.BadRequestError,
        "invalid_multipart": errors.BadRequestError,
        "client_version_refused": errors.BadRequestError,
        "method_not_allowed": errors.BadRequestError,
        "missing_api_key": errors.AuthenticationError,
        "invalid_api_key": errors.AuthenticationError,
        "revoked_api_key": errors.AuthenticationError,
        "expired_token": errors.AuthenticationError,
        "invalid_client": errors.AuthenticationError,
        "insufficient_scope": errors.PermissionDeniedError,
        "namespace_forbidden": errors.PermissionDeniedError,
        "local_only": errors.PermissionDeniedError,
        "not_found": errors.NotFoundError,
        "model_not_found": errors.NotFoundError,
        "file_not_found": errors.NotFoundError,
        "item_not_found": errors.NotFoundError,
        "user_not_found": errors.NotFoundError,
        "job_not_found": errors.NotFoundError,
        "experiment_not_found": errors.NotFoundError,
        "no_previous_model": errors.ConflictError,
        "not_enough_events": errors.ConflictError,
        "idempotency_in_progress": errors.ConflictError,
        "request_too_large": errors.RequestTooLargeError,
        "file_too_large": errors.RequestTooLargeError,
        "storage_full": errors.RequestTooLargeError,
        "unsupported_media_type": errors.UnsupportedMediaTypeError,
        "invalid_request": errors.InvalidRequestError,
        "model_task_mismatch": errors.InvalidRequestError,
        "empty_input": errors.InvalidInputError,
        "invalid_base64": errors.InvalidInputError,
        "invalid_image": errors.InvalidInputError,
        "unsupported_image_format": errors.InvalidInputError,
        "image_too_large": errors.InvalidInputError,
        "invalid_text": errors.InvalidInputError,
        "text_too_long": errors.InvalidInputError,
        "language_not_supported": errors.InvalidInputError,
        "invalid_filter": errors.InvalidRequestError,
        "metadata_too_large": errors.InvalidInputError,
        "metadata_type_mismatch": errors.InvalidInputError,
        "event_in_future": errors.InvalidInputError,
        "unknown_recommendation": errors.InvalidInputError,
        "training_unavailable": errors.InvalidRequestError,
        "checksum_mismatch": errors.InvalidRequestError,
        "idempotency_key_reused": errors.InvalidRequestError,
        "rate_limited": errors.RateLimitError,
        "internal_error": errors.ServerError,
        "job_lost": errors.ServerError,
        "overloaded": errors.ServiceUnavailableError,
        "model_unavailable": errors.ServiceUnavailableError,
        "deadline_exceeded": errors.DeadlineExceededError,
    }
)
"""The exception of every code of the contract; a test holds it complete."""

CLASS_BY_STATUS: Final[Mapping[int, type[APIStatusError]]] = MappingProxyType(
    {
        400: errors.BadRequestError,
        401: errors.AuthenticationError,
        403: errors.PermissionDeniedError,
        404: errors.NotFoundError,
        405: errors.BadRequestError,
        409: errors.ConflictError,
        413: errors.RequestTooLargeError,
        415: errors.UnsupportedMediaTypeError,
        422: errors.InvalidRequestError,
        429: errors.RateLimitError,
        503: errors.ServiceUnavailableError,
        504: errors.DeadlineExceededError,
    }
)
"""For codes that a newer deployment may have."""

# Proxies write these too, and they mean the same whoever wrote them. A stranger's 401 or 404 does
# not: it is about the proxy's password or the wrong host, not about our key or model.
_SAME_FROM_ANYONE: Final = frozenset({413, 429})

_RETRYABLE_STATUSES: Final = frozenset({408, 429, 502, 503, 504})
_POINTLESS_TO_REPEAT: Final = frozenset({501, 505})  # what is not implemented stays so

_TEMPORARY_HINT: Final = "Something between you and the deployment failed; try again."
_FINAL_HINTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        413: "Something between you and the deployment takes only smaller requests: send less.",
        501: "Something between you and the deployment cannot do this; check base_url and proxies.",
        505: "Something between you and the deployment cannot do this; check base_url and proxies.",
    }
)
"""For what would be the same the next time."""
_ELSEWHERE_HINT: Final = "Check that base_url is the address of a deployment, without '/v1'."


def failure_from(response: RawResponse, *, now: float) -> APIStatusError:
    """Return the exception for an answer that is no success.

    Args:
        response: The answer.
        now: The time in seconds since 1970, for a ``Retry-After`` that is a date.
    """
    problem = _problem_in(response)
    retry_after_s = asked_wait_s(response.headers, now=now)
    headers = redact_headers(response.headers)
    if problem is None:
        return _foreign_failure(response, headers, retry_after_s)
    return failure_of(
        problem,
        status=response.status,
        request_id=response.request_id,
        headers=headers,
        retry_after_s=retry_after_s,
    )


def failure_of(
    problem: Problem,
    *,
    status: int | None = None,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    retry_after_s: float | None = None,
    index: int | None = None,
) -> APIStatusError:
    """Return the exception for a problem, whether it is a whole answer's or one input's."""
    status = status or problem.status
    error = _class_for(problem.code, status)(
        problem.detail,
        status=status,
        code=problem.code,
        hint=_hint_of(problem),
        param=problem.param,
        errors=problem.errors or (),
        request_id=problem.request_id or request_id,
        retryable=_retryable(problem.code, status, headers or {}),
        retry_after_s=retry_after_s,
        problem=problem,
        headers=headers,
    )
    if isinstance(error, errors.InvalidInputError):
        error.index = index if index is not None else _index_in(problem.param)
    return error


def _hint_of(problem: Problem) -> str | None:
    kind = PROBLEMS.get(problem.code)
    if kind is None or (problem.code == "invalid_request" and not problem.errors):
        return None  # the hint of `invalid_request` speaks of the errors
    return kind.hint


def _problem_in(response: RawResponse) -> Problem | None:
    if not response.content_type.startswith(MEDIA_TYPE):
        return None
    try:
        return Problem.model_validate_json(response.content)
    except ValueError:
        return None


def _class_for(code: str, status: int) -> type[APIStatusError]:
    known = CLASS_BY_CODE.get(code) or CLASS_BY_STATUS.get(status)
    if known:
        return known
    return errors.ServerError if status >= 500 else APIStatusError


def _foreign_failure(
    response: RawResponse, headers: Mapping[str, str], retry_after_s: float | None
) -> APIStatusError:
    status = response.status
    kind: type[APIStatusError] = errors.UnexpectedStatusError
    if status >= 500 or status in _SAME_FROM_ANYONE:
        kind = CLASS_BY_STATUS.get(status, errors.ServerError)
    fallback = _ELSEWHERE_HINT if kind is errors.UnexpectedStatusError else _TEMPORARY_HINT
    target = response.headers.get("location")
    detail = f"An answer that no deployment wrote ({response.content_type or 'without a type'})"
    return kind(
        f"{detail}: it redirects to {target}" if target else detail,
        status=status,
        hint=_FINAL_HINTS.get(status) or fallback,
        request_id=response.request_id,
        retryable=_retryable(None, status, headers),
        retry_after_s=retry_after_s,
        headers=headers,
    )


def _retryable(code: str | None, status: int, headers: Mapping[str, str]) -> bool:
    """Say whether repeating may help: the server's word, else the code's, else the status's."""
    said = server_says_retry(headers)
    if said is not None:
        return said
    kind = PROBLEMS.get(code) if code else None
    if kind is not None:
        return kind.retryable
    if code is None and status >= 500:
        return status not in _POINTLESS_TO_REPEAT
    return status in _RETRYABLE_STATUSES


def _index_in(param: str | None) -> int:
    """Return the 3 of ``/inputs/3/data``."""
    steps = (param or "").split("/")
    return int(steps[2]) if len(steps) > 2 and steps[2].isdecimal() else 0
