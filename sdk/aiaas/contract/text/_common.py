"""What the operations on text share."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from aiaas.contract._base import RequestModel, ResponseModel

MAX_INPUTS: Final = 256
"""Most texts in one request."""

MAX_CHARACTERS: Final = 100_000
"""Longest text that is answered, in code points; a longer one gets the error ``text_too_long``."""

SCOPE: Final = "text:infer"

TextInputs = Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_INPUTS, strict=False)]
ModelName = Annotated[str, Field(min_length=1, max_length=128)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""A language, as a code of ISO 639, such as ``en`` or ``zh``."""

Score = Annotated[float, Field(ge=0.0, le=1.0)]


class TextsRequest(RequestModel):
    """1 to 256 texts."""

    inputs: TextInputs


class Span(ResponseModel):
    """A part of a text.

    Attributes:
        start: Position of its first character in the text, in Unicode code points from 0.
        end: Position after its last character.
    """

    start: int
    end: int
