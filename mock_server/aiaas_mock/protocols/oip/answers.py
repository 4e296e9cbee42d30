"""Outputs of a model on their way out: as JSON, or as bytes behind it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson

from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.inference.backend import Array, Floats
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.protocols.oip.datatypes import datatype_of
from aiaas_mock.protocols.oip.metadata import name_of
from aiaas_mock.protocols.oip.requests import JSON_LENGTH
from aiaas_mock.protocols.oip.types import InferRequest
from aiaas_mock.services.tensors import OUTPUT

_CLASSES: Final = "classification"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the output is wanted.

    Attributes:
        is_binary: As bytes, not in the JSON.
        classes: So many of the best classes of each row; 0 for all numbers.
    """

    is_binary: bool
    classes: int


def wanted_of(request: InferRequest, ref: ModelRef) -> Wanted:
    """Read how a request wants the output.

    Raises:
        ApiError: It asks for what the model does not give.
    """
    if not request.outputs:
        return Wanted(request.parameters.get("binary_data_output") is True, 0)
    if len(request.outputs) != 1 or request.outputs[0].name != OUTPUT:
        raise invalid_field(
            "/outputs", "unknown_tensor", f"The model gives one tensor, '{OUTPUT}'."
        )
    parameters = request.outputs[0].parameters
    by_default = request.parameters.get("binary_data_output", False)
    return Wanted(
        parameters.get("binary_data", by_default) is True,
        _checked_classes(parameters.get(_CLASSES, 0), ref),
    )


def _checked_classes(classes: Any, ref: ModelRef) -> int:
    if type(classes) is not int or classes < 0:
        raise _refused("The number of classes must be a whole number.")
    if classes and len(ref.bundle.labels) != ref.card.output.size:
        raise _refused("The model has no classes.")
    return min(classes, ref.card.output.size)


def _refused(detail: str) -> ApiError:
    return invalid_field(f"/outputs/0/parameters/{_CLASSES}", "invalid_value", detail)


def answer_of(request: InferRequest, ref: ModelRef, rows: Floats, wanted: Wanted) -> Answer:
    """Write what a model said."""
    output = _Output.of_classes(rows, ref, wanted.classes) if wanted.classes else _Output.of(rows)
    described: dict[str, Any] = {
        "name": OUTPUT,
        "datatype": output.datatype,
        "shape": output.shape,
    }
    head: dict[str, Any] = {
        "model_name": name_of(ref),
        "model_version": ref.card.version,
        "outputs": [described],
    }
    if request.id:
        head["id"] = request.id
    if not wanted.is_binary:
        described["data"] = output.data
        return Answer(orjson.dumps(head, option=orjson.OPT_SERIALIZE_NUMPY))
    packed = output.packed()
    described["parameters"] = {"binary_data_size": packed.nbytes}
    json = orjson.dumps(head)
    return Answer(
        b"".join((json, packed)),
        media_type="application/octet-stream",
        headers={JSON_LENGTH: str(len(json))},
    )


@dataclass(frozen=True, slots=True)
class _Output:
    """A tensor on its way out: its numbers in one row, or the texts of its classes."""

    datatype: str
    shape: tuple[int, ...]
    data: Array | list[str]

    @classmethod
    def of(cls, rows: Floats) -> _Output:
        # The engines' arrays are contiguous, so that this is no copy.
        return cls(datatype_of(rows.dtype), rows.shape, np.ascontiguousarray(rows).reshape(-1))

    @classmethod
    def of_classes(cls, rows: Floats, ref: ModelRef, classes: int) -> _Output:
        return cls("BYTES", (len(rows), classes), _best(rows, ref, classes))

    def packed(self) -> memoryview:
        """Return the bytes that follow the JSON; of texts, each after its length."""
        if isinstance(self.data, np.ndarray):
            return self.data.astype("<f4", copy=False).data
        texts = [text.encode() for text in self.data]
        return memoryview(b"".join(struct.pack("<I", len(text)) + text for text in texts))


def _best(rows: Floats, ref: ModelRef, classes: int) -> list[str]:
    """Write the best classes of each row as ``value:index:label``, best first."""
    best: Array = np.argsort(-rows, axis=1, kind="stable")[:, :classes]
    return [
        f"{row[index]:f}:{index}:{ref.bundle.labels[index]}"
        for row, indices in zip(rows, best.tolist(), strict=True)
        for index in indices
    ]
