"""``:predict``: rows of instances, or a column of inputs."""

from __future__ import annotations

import binascii
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict

from aiaas.contract.images import MAX_INPUTS
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.decode import Incoming, from_json
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.inference.backend import Floats
from aiaas_mock.inference.bundles import ModelRef
from aiaas_mock.protocols.arrays import rows_from_json
from aiaas_mock.protocols.protocol import Named, named
from aiaas_mock.protocols.tfserving.names import find
from aiaas_mock.services.images import ImageService
from aiaas_mock.services.tensors import INPUT, TensorService

SIGNATURE: Final = "serving_default"

_B64: Final = "b64"
_BYTES: Final = {_B64}
_NAMED: Final = {INPUT}


class PredictRequest(BaseModel):
    """What to predict from: one of `instances` and `inputs`.

    Attributes:
        signature_name: The model's only signature.
        instances: One element per input.
        inputs: The whole tensor.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)

    signature_name: str = SIGNATURE
    instances: list[Any] | None = None
    inputs: Any = None


async def decode_predict(incoming: Incoming) -> tuple[Named, PredictRequest]:
    """Read a request; its content type is not looked at, as curl sends a form's by itself."""
    return named(incoming), from_json(PredictRequest, await incoming.body.read())


class Predictor:
    """Answers ``:predict``.

    Args:
        tensors: Runs numbers.
        images: Decodes and runs pictures.
    """

    def __init__(self, tensors: TensorService, images: ImageService) -> None:
        self._tensors = tensors
        self._images = images

    async def predict(
        self, request: tuple[Named, PredictRequest], context: RequestContext
    ) -> Answer:
        """Run a model on what a request brings: numbers, or pictures as base64."""
        path, body = request
        ref = find(self._tensors, path)
        if body.signature_name not in ("", SIGNATURE):
            raise invalid_field(
                "/signature_name", "unknown_signature", f"The only one is '{SIGNATURE}'."
            )
        if (body.instances is None) == (body.inputs is None):
            raise ApiError("invalid_request", "Send either 'instances' or 'inputs'.")
        if body.instances is not None:
            rows = [_unnamed(one) for one in body.instances]
            return _answer("predictions", await self._run(ref, rows, "/instances", context))
        column = _unnamed(body.inputs)
        return _answer("outputs", await self._run(ref, column, "/inputs", context))

    async def refuse(self, named: Named, context: RequestContext) -> Answer:
        """Refuse ``:classify`` and ``:regress``, which want signatures that no model here has."""
        ref = find(self._tensors, named)
        raise ApiError(
            "not_found", f"Model {ref.card.id} has the signature '{SIGNATURE}' alone; ask :predict."
        )

    async def _run(self, ref: ModelRef, data: Any, param: str, context: RequestContext) -> Floats:
        if _has_bytes(data):
            return await self._run_pictures(ref, data, param, context)
        rows = rows_from_json(data, self._tensors.takes(ref), param=param)
        return await self._tensors.run(ref, rows, context)

    async def _run_pictures(
        self, ref: ModelRef, data: list[Any], param: str, context: RequestContext
    ) -> Floats:
        if not self._tensors.takes_pictures(ref):
            raise ApiError("model_task_mismatch", f"Model {ref.id} does not take pictures.")
        if len(data) > MAX_INPUTS:
            raise invalid_field(param, "too_long", f"There may be at most {MAX_INPUTS} pictures.")
        pictures = [_picture(one, f"{param}/{index}") for index, one in enumerate(data)]
        answered = await self._images.infer(ref, pictures, context)
        for index, item in enumerate(answered.items):
            if isinstance(item, ApiError):  # the protocol has no place for it beside the others
                raise ApiError(item.code, f"{param}/{index}: {item.detail}", param=param)
        return answered.rows


def _unnamed(value: Any) -> Any:
    """Return the only tensor of a model, whether it was called by its name or not."""
    return value[INPUT] if isinstance(value, dict) and value.keys() == _NAMED else value


def _has_bytes(data: Any) -> bool:
    return isinstance(data, list) and any(isinstance(one, dict) and _B64 in one for one in data)


def _picture(value: Any, param: str) -> bytes:
    if isinstance(value, dict) and value.keys() == _BYTES and isinstance(value[_B64], str):
        try:
            return binascii.a2b_base64(value[_B64], strict_mode=True)
        except ValueError as error:
            raise invalid_field(param, "invalid_base64", "This is not base64.") from error
    raise invalid_field(param, "invalid_tensor", 'This must be {"b64": "..."}, as others are.')


def _answer(name: str, rows: Floats) -> Answer:
    return Answer(orjson.dumps({name: rows}, option=orjson.OPT_SERIALIZE_NUMPY))
