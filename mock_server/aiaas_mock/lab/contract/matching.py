"""What is expected of a request: every field that is given must hold."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import Field, field_validator

from aiaas.contract._base import Integer, RequestModel

MATCHERS: Final = ("$contains", "$exists", "$in", "$not", "$regex")
_Text = Annotated[str, Field(min_length=1, max_length=256)]


class RequestMatch(RequestModel):
    """Which requests are meant.

    Attributes:
        operation: Name of the operation, such as ``images.classify``; ``*`` stands for any text,
            as in ``images.*``.
        method: HTTP method.
        path: The whole path, such as ``/v1/files/file_1``.
        key: Public id of the key, ``key_...``.
        status: Status of the answer.
        header: Headers by name, with their whole value; ``*`` for any.
        body: Places of the JSON body, as a JSON pointer or the name of a field, with the value
            that is there, or one matcher: ``{"$regex": ...}`` for the whole text,
            ``{"$in": [...]}``, ``{"$contains": ...}`` for an item of a list,
            ``{"$exists": true}``, ``{"$not": ...}``.
        sha256: Digest of the whole body, such as that of a raw picture.
    """

    operation: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    method: Annotated[str, Field(pattern=r"^[A-Z]{1,16}$")] | None = None
    path: _Text | None = None
    key: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    status: Annotated[Integer, Field(ge=100, le=599)] | None = None
    header: dict[str, str] = Field(default_factory=dict, max_length=16)
    body: dict[str, Any] = Field(default_factory=dict, max_length=32)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @field_validator("body")
    @classmethod
    def _check(cls, body: dict[str, Any]) -> dict[str, Any]:
        for wanted in body.values():
            _check_matcher(wanted)
        return body


def _check_matcher(wanted: Any) -> None:
    if not isinstance(wanted, dict) or not any(name.startswith("$") for name in wanted):
        return
    name, value = next(iter(wanted.items()))
    if len(wanted) != 1 or name not in MATCHERS:
        raise ValueError(f"a matcher is one of {', '.join(MATCHERS)}, by itself")
    if name == "$not":
        _check_matcher(value)
    if name == "$regex":
        _check_pattern(value)
    if (name == "$in" and not isinstance(value, list)) or (
        name == "$exists" and not isinstance(value, bool)
    ):
        raise ValueError(f"{name} takes {'a list' if name == '$in' else 'true or false'}")


def _check_pattern(pattern: Any) -> None:
    if not isinstance(pattern, str) or len(pattern) > 256:
        raise ValueError("$regex takes a text of at most 256 characters")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"$regex takes a regular expression: {error}") from error
