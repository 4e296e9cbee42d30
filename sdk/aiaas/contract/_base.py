"""The two kinds of wire model: what a client sends and what a deployment answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _integral(value: Any) -> Any:
    # JSON has one kind of number: 6.0 is a valid integer in JSON Schema, so it must be one here.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Integer = Annotated[int, BeforeValidator(_integral)]
"""A strict integer that also accepts the JSON number ``6.0``."""


class RequestModel(BaseModel):
    """Base of everything a client sends: unknown fields are refused, types are not coerced."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=()
    )


class ResponseModel(BaseModel):
    """Base of everything a deployment answers.

    A newer deployment may add fields, which are kept (``model_extra``); the types of the known
    ones are validated.
    """

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
