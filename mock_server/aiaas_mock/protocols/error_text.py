"""Refusals as one member ``error`` with a sentence, which two of the protocols have."""

from __future__ import annotations

from typing import Final

import orjson

from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer

_NOT_VALID: Final = 422
_BAD_REQUEST: Final = 400


def status_for_others(status: int) -> int:
    """Return the status that other protocols have for a problem: they know no 422."""
    return _BAD_REQUEST if status == _NOT_VALID else status


def as_error_text(refusal: ApiError, request_id: str) -> Answer:
    """Write a refusal as ``{"error": "what was wrong"}``."""
    status = status_for_others(refusal.as_problem(request_id).status)
    return Answer(orjson.dumps({"error": refusal.detail}), status, headers=refusal.headers)
