"""From pydantic's findings to problems: JSON pointers, stable codes, and no values."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ValidationError

from aiaas.contract._findings import MOST_FINDINGS, findings, pointer
from aiaas.contract.problems import ProblemDetail
from aiaas_mock.errors import ApiError

_NOTHING = "EOF while parsing a value at line 1 column 0"
"""What is said of an empty body by who reads JSON."""

_HALF = re.compile("[\ud800-\udfff]")


def invalid_request(error: ValidationError, model: type[BaseModel] | None = None) -> ApiError:
    """Turn the findings of a model into one refusal.

    The text that was sent is never repeated: it may be a secret that went astray.

    Args:
        error: What the model raised.
        model: The model, so that names which it does not know are compared with those it knows.
    """
    found = findings(error, model)
    if found[0].kind == "json_invalid":
        return _no_json(found[0].message)
    details = tuple(finding.as_detail() for finding in found)
    first = details[0]
    # Fewer than pydantic's are those that only follow from others.
    count = len(found) if len(found) < MOST_FINDINGS else error.error_count()
    more = f" ({count - 1} more under 'errors')" if count > 1 else ""
    where = first.param or "the body"
    return ApiError(
        "invalid_request", f"{where}: {first.detail}{more}", param=first.param, errors=details
    )


def _no_json(message: str) -> ApiError:
    reason = message.removeprefix("Invalid JSON: ")
    if reason == _NOTHING:
        return ApiError("invalid_json", "The body is empty; send a JSON object.")
    return ApiError("invalid_json", f"The body is not JSON: {reason}.")


def half_character(data: bytes) -> ApiError | None:
    """Find in a refused body the text with half a surrogate pair, if that is what was wrong.

    JSON's grammar allows it, and programs that cut texts in UTF-16 send it; no UTF-8 can hold it.
    """
    if b"\\u" not in data:
        return None
    try:
        place = _place_of_half(json.loads(data))
    except (ValueError, RecursionError):
        return None
    if place is None:
        return None
    return ApiError(
        "invalid_text",
        "A text holds half a surrogate pair, no character: cut texts between characters.",
        param=pointer(place),
    )


def _place_of_half(value: Any) -> tuple[int | str, ...] | None:
    if isinstance(value, str):
        return () if _HALF.search(value) else None
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for name, item in items:
        if isinstance(name, str) and _HALF.search(name):
            return ()  # a pointer cannot hold it either
        place = _place_of_half(item)
        if place is not None:
            return (name, *place)
    return None


def invalid_field(param: str, code: str, detail: str) -> ApiError:
    """Refuse one field."""
    finding = ProblemDetail(param=param, code=code, detail=detail)
    return ApiError("invalid_request", f"{param}: {detail}", param=param, errors=(finding,))
