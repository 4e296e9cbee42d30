"""From pydantic's findings to problems: JSON pointers, stable codes, and no values."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aiaas.contract.problems import ProblemDetail
from aiaas_mock.errors import ApiError

_MOST_ERRORS = 20
_MOST_NAME = 64

_HALF = re.compile("[\ud800-\udfff]")

_CODES = {
    "extra_forbidden": ("unknown_field", "This field is not known here."),
    "missing": ("missing_field", "This field is required."),
}


def invalid_request(error: ValidationError) -> ApiError:
    """Turn the findings of a model into one refusal.

    The text that was sent is never repeated: it may be a secret that went astray.
    """
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    if findings[0]["type"] == "json_invalid":
        return ApiError("invalid_json", f"{findings[0]['msg']}.")
    findings = [finding for finding in findings if not _follows(finding, findings)]
    details = tuple(
        _detail(finding["type"], finding["loc"], finding["msg"])
        for finding in findings[:_MOST_ERRORS]
    )
    first = details[0]
    more = f" ({len(findings) - 1} more under 'errors')" if len(findings) > 1 else ""
    where = first.param or "the body"
    return ApiError(
        "invalid_request", f"{where}: {first.detail}{more}", param=first.param, errors=details
    )


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


def _follows(finding: ErrorDetails, findings: Sequence[ErrorDetails]) -> bool:
    """Say whether a list is only called too short because its items are faulty."""
    place = finding["loc"]
    return finding["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in findings
    )


def invalid_field(param: str, code: str, detail: str) -> ApiError:
    """Refuse one field."""
    finding = ProblemDetail(param=param, code=code, detail=detail)
    return ApiError("invalid_request", f"{param}: {detail}", param=param, errors=(finding,))


def _detail(kind: str, location: Sequence[int | str], message: str) -> ProblemDetail:
    code, detail = _CODES.get(kind, (kind, f"{message.removesuffix('.')}."))
    return ProblemDetail(param=pointer(location), code=code, detail=detail)


def pointer(location: Sequence[int | str]) -> str:
    """Write a place as a JSON pointer (RFC 6901); names are cut to a sane length."""
    return "".join(
        f"/{str(step)[:_MOST_NAME].replace('~', '~0').replace('/', '~1')}" for step in location
    )
