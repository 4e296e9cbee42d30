"""Refusals as OpenAI writes them, with the headers that its clients obey."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final

import orjson

from aiaas.contract.headers import RETRY_AFTER, RETRY_AFTER_MS
from aiaas.contract.problems import PROBLEMS, Problem
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.protocols.error_text import status_for_others

_SHOULD_RETRY: Final = "x-should-retry"

_CODES: Final = MappingProxyType(
    {
        "missing_api_key": "invalid_api_key",
        "revoked_api_key": "invalid_api_key",
        "expired_token": "invalid_api_key",
        "rate_limited": "rate_limit_exceeded",
        "invalid_request": "invalid_value",
        "unknown_field": "unknown_parameter",
        "missing_field": "missing_required_parameter",
    }
)
"""The codes that OpenAI has another name for; the others stay ours."""

_TYPES: Final = MappingProxyType({403: "permission_error", 429: "requests"})
_INDEX: Final = re.compile(r"\.(\d+)(?=\.|$)")


def as_openai_error(refusal: ApiError, request_id: str) -> Answer:
    """Write a refusal as ``{"error": {"message", "type", "param", "code"}}``."""
    problem = refusal.as_problem(request_id)
    headers = dict(refusal.headers)
    headers[_SHOULD_RETRY] = "true" if PROBLEMS[refusal.code].retryable else "false"
    wait = headers.get(RETRY_AFTER)
    if wait is not None:
        headers.setdefault(RETRY_AFTER_MS, str(int(wait) * 1000))
    status = status_for_others(problem.status)
    return Answer(orjson.dumps(error_body(problem)), status, headers=headers)


def error_body(problem: Problem) -> dict[str, Any]:
    """Return the JSON of an error."""
    code = problem.code
    if code == "invalid_request" and problem.errors and problem.errors[0].code in _CODES:
        code = problem.errors[0].code
    status = status_for_others(problem.status)
    by_default = "server_error" if status >= 500 else "invalid_request_error"
    return {
        "error": {
            "message": problem.detail,
            "type": _TYPES.get(status, by_default),
            "param": None if problem.param is None else _dotted(problem.param),
            "code": _CODES.get(code, code),
        }
    }


def _dotted(pointer: str) -> str:
    """Write a JSON pointer as ``messages[0].content``."""
    return _INDEX.sub(r"[\1]", pointer.lstrip("/").replace("/", "."))
