"""A request to infer, as it is written in JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Parameters = Annotated[dict[str, Any], Field(default_factory=dict)]


class _Part(BaseModel):
    # Unknown members are let through: the protocol grows by extensions.
    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, protected_namespaces=(), defer_build=True
    )


class InputTensor(_Part):
    """A tensor that is sent.

    Attributes:
        name: Which of the model's inputs it is.
        shape: Lengths of its axes, the batch first.
        datatype: The protocol's name of the type of its numbers.
        parameters: ``binary_data_size`` where the numbers follow the JSON.
        data: The numbers, nested or flat, where they are part of the JSON.
    """

    name: str
    shape: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=8)]
    datatype: str
    parameters: Parameters
    data: list[Any] | None = None


class RequestedOutput(_Part):
    """An output that is wanted.

    Attributes:
        name: Which of the model's outputs it is.
        parameters: ``binary_data`` and ``classification``.
    """

    name: str
    parameters: Parameters


class InferRequest(_Part):
    """What to infer.

    Attributes:
        id: Comes back with the answer.
        parameters: ``binary_data_output`` and ``timeout``; others have no meaning here.
        inputs: The tensors.
        outputs: What is wanted; everything when omitted.
    """

    id: str = ""
    parameters: Parameters
    inputs: tuple[InputTensor, ...]
    outputs: tuple[RequestedOutput, ...] = ()
