"""The two kinds of wire model: what a client sends and what a deployment answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema


def _integral(value: Any) -> Any:
    # JSON has one kind of number: 6.0 is a valid integer in JSON Schema, so it must be one here.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Integer = Annotated[int, BeforeValidator(_integral)]
"""A strict integer that also accepts the JSON number ``6.0``."""


@dataclass(frozen=True, slots=True)
class OneFinding:
    """Lets a union find one mistake of a kind of its own, and not one for each of its members.

    Attributes:
        kind: Name of the mistake; `aiaas.contract._findings` has its words.
    """

    kind: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the union's schema with an error of its own."""
        error = {"custom_error_type": self.kind, "custom_error_message": "Of no type that may be"}
        return cast("CoreSchema", {**handler(source), **error})


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
