"""From the bytes of a request to the rows of its tensor."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from aiaas_mock.errors import ApiError
from aiaas_mock.http.decode import Incoming, from_json
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.inference.backend import Array
from aiaas_mock.inference.rows import Row
from aiaas_mock.protocols.arrays import array_from_json, shape_text
from aiaas_mock.protocols.oip.compression import decompressed
from aiaas_mock.protocols.oip.datatypes import datatype_of
from aiaas_mock.protocols.oip.types import InferRequest, InputTensor
from aiaas_mock.protocols.protocol import Named, named
from aiaas_mock.services.tensors import INPUT

JSON_LENGTH: Final = "Inference-Header-Content-Length"
"""Header: how many bytes of a body are JSON; those of tensors follow."""

_INPUTS: Final = "/inputs"
_DATA: Final = "/inputs/0/data"


@dataclass(frozen=True, slots=True, kw_only=True)
class InferCall:
    """A request to infer.

    Attributes:
        named: The model.
        request: Its JSON.
        binary: What followed the JSON, where it lies in the body.
        accepted: How the answer may be compressed.
    """

    named: Named
    request: InferRequest
    binary: memoryview
    accepted: str


class InferDecoder:
    """Reads requests to infer.

    Args:
        executor: Threads that decompress bodies.
        max_bytes: The most that a body may become.
    """

    def __init__(self, executor: Executor, *, max_bytes: int) -> None:
        self._executor = executor
        self._max_bytes = max_bytes

    async def __call__(self, incoming: Incoming) -> InferCall:
        """Read one.

        Raises:
            ApiError: It cannot be read.
        """
        headers = incoming.headers
        body = await incoming.body.read()
        encoding = headers.get("content-encoding", "")
        if encoding:
            loop = asyncio.get_running_loop()
            body = await loop.run_in_executor(self._executor, self._decompressed, body, encoding)
        end = _json_length(headers.get(JSON_LENGTH), len(body))
        return InferCall(
            named=named(incoming),
            request=from_json(InferRequest, body if end == len(body) else body[:end]),
            binary=memoryview(body)[end:],
            accepted=headers.get("accept-encoding", ""),
        )

    def _decompressed(self, body: bytes, encoding: str) -> bytes:
        return decompressed(body, encoding, max_bytes=self._max_bytes)


def _json_length(header: str | None, size_bytes: int) -> int:
    if header is None:
        return size_bytes
    if not header.isdecimal() or len(header) > 15 or int(header) > size_bytes:
        raise ApiError(
            "invalid_request", f"{JSON_LENGTH} must be a number of bytes that the body has."
        )
    return int(header)


def rows_of(call: InferCall, row: Row) -> Array:
    """Return the tensor of a request, where it lies in the body if it came as bytes.

    Raises:
        ApiError: It is not what the model takes.
    """
    inputs = call.request.inputs
    if len(inputs) != 1 or inputs[0].name != INPUT:
        raise invalid_field(_INPUTS, "unknown_tensor", f"The model takes one tensor, '{INPUT}'.")
    (tensor,) = inputs
    _check_kind(tensor, row)
    size_bytes = tensor.parameters.get("binary_data_size")
    if size_bytes is None:
        return _from_json(tensor, row, call.binary)
    return _from_bytes(tensor, row, call.binary, size_bytes)


def _check_kind(tensor: InputTensor, row: Row) -> None:
    wanted = datatype_of(row.dtype)
    if tensor.datatype != wanted:
        raise invalid_field(
            f"{_INPUTS}/0/datatype",
            "wrong_datatype",
            f"The model takes {wanted}, not '{tensor.datatype[:16]}'.",
        )
    if len(tensor.shape) != 1 + len(row.shape) or tensor.shape[1:] != row.shape:
        given = ",".join(map(str, tensor.shape))
        raise invalid_field(
            f"{_INPUTS}/0/shape",
            "wrong_shape",
            f"The shape is [{given}]; the model takes {shape_text(row)}.",
        )


def _from_json(tensor: InputTensor, row: Row, binary: memoryview) -> Array:
    if "shared_memory_region" in tensor.parameters:
        raise invalid_field(
            f"{_INPUTS}/0/parameters",
            "unsupported",
            "There is no shared memory here; send the tensor with the request.",
        )
    if tensor.data is None or len(binary):
        raise invalid_field(
            _DATA,
            "missing_field",
            "The numbers must be in 'data', or follow the JSON with their 'binary_data_size'.",
        )
    found = array_from_json(tensor.data, row, param=_DATA)
    if found.shape != tensor.shape and (found.ndim != 1 or found.size != math.prod(tensor.shape)):
        raise invalid_field(_DATA, "wrong_shape", "There are not as many numbers as 'shape' says.")
    return found.reshape(tensor.shape)


def _from_bytes(tensor: InputTensor, row: Row, binary: memoryview, size_bytes: Any) -> Array:
    wanted = math.prod(tensor.shape) * row.dtype.itemsize
    if tensor.data is not None or size_bytes != wanted or len(binary) != wanted:
        raise invalid_field(
            f"{_INPUTS}/0/parameters/binary_data_size",
            "wrong_size",
            f"{wanted} bytes must be announced and follow the JSON, {len(binary)} do.",
        )
    rows = np.frombuffer(binary, row.dtype.newbyteorder("<")).reshape(tensor.shape)
    return rows.astype(row.dtype, copy=False)  # a copy on big-endian machines alone
