"""What all answers have in common: meta data, usage, warnings, item errors, pages."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from aiaas.contract._base import ResponseModel
from aiaas.contract.problems import Problem

ItemT = TypeVar("ItemT")


class Usage(ResponseModel):
    """What a request is counted as.

    Attributes:
        inputs: Number of inputs that were answered (failed ones are not counted).
    """

    inputs: int


class Warning(ResponseModel):  # the wire's own word; shadows the builtin only in this module
    """Something that did not stop the request but that its author should know.

    Attributes:
        code: Stable machine-readable name.
        detail: A sentence for people.
    """

    code: str
    detail: str


class ItemError(ResponseModel):
    """Takes the place of a result when one input of a batch failed alone.

    Attributes:
        index: Position of the input in the request, from 0.
        error: What was wrong with it.
    """

    index: int
    error: Problem


ResultOr = Annotated[ItemT | ItemError, Field(union_mode="left_to_right")]
"""A result, or the error in its place. They share no required field but ``index``."""


class Prediction(ResponseModel):
    """A label and how sure the model is of it, 0 to 1."""

    label: str
    score: float


EncodingFormat = Literal["float", "base64"]


class Embedded(ResponseModel):
    """An input as a vector.

    Attributes:
        index: Position of the input in the request, from 0.
        embedding: L2-normalised vector: numbers, or base64 of packed little-endian float32.
    """

    index: int
    embedding: tuple[float, ...] | str

    @property
    def vector(self) -> tuple[float, ...]:
        """The embedding as numbers, whichever way it travelled."""
        if not isinstance(self.embedding, str):
            return self.embedding
        packed = array("f", base64.b64decode(self.embedding, validate=True))
        if sys.byteorder == "big":
            packed.byteswap()
        return tuple(packed)


class InferenceAnswer(ResponseModel):
    """The fields that every inference answer has beside its ``results``.

    Attributes:
        id: Identifies the answer.
        object: What kind of answer it is.
        model: ``name@version`` of the model that answered.
        usage: What the request is counted as.
        warnings: Things its author should know; usually empty.
    """

    id: str
    object: str
    model: str
    usage: Usage
    warnings: tuple[Warning, ...] = ()


class Page(ResponseModel, Generic[ItemT]):
    """One page of a list.

    Attributes:
        data: The items, in a stable order.
        has_more: Whether there is another page.
        next_cursor: Pass it as ``cursor`` to get the next page.
    """

    object: Literal["list"] = "list"
    data: tuple[ItemT, ...]
    has_more: bool
    next_cursor: str | None = None
