"""The status of models, and the signature that they have."""

from __future__ import annotations

from typing import Any, Final

import orjson

from aiaas_mock.context import RequestContext
from aiaas_mock.http.answers import Answer
from aiaas_mock.inference.rows import Row
from aiaas_mock.protocols.protocol import Named
from aiaas_mock.protocols.tfserving.names import find
from aiaas_mock.protocols.tfserving.predict import SIGNATURE
from aiaas_mock.services.tensors import INPUT, OUTPUT, TensorService

_TYPES: Final[dict[str, str]] = {"uint8": "DT_UINT8", "int32": "DT_INT32", "float32": "DT_FLOAT"}
_METHOD: Final = "tensorflow/serving/predict"


class ModelDescriptions:
    """Answers what asks about a model.

    Args:
        tensors: Knows the models.
    """

    def __init__(self, tensors: TensorService) -> None:
        self._tensors = tensors

    async def status(self, named: Named, context: RequestContext) -> Answer:
        """Answer the status of a version, or of all; each can be asked, loaded or not."""
        ref = find(self._tensors, named)
        one = named.version is not None or named.label is not None
        bundles = [ref.bundle] if one else self._tensors.versions(ref)
        content = [
            {
                "version": bundle.card.version,
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
            for bundle in bundles
        ]
        return Answer(orjson.dumps({"model_version_status": content}))

    async def metadata(self, named: Named, context: RequestContext) -> Answer:
        """Answer what a model takes and gives."""
        ref = find(self._tensors, named)
        signature = {
            "inputs": {INPUT: _tensor(INPUT, self._tensors.takes(ref))},
            "outputs": {OUTPUT: _tensor(OUTPUT, self._tensors.gives(ref))},
            "method_name": _METHOD,
        }
        content = {
            "model_spec": {
                "name": ref.card.name,
                "signature_name": "",
                "version": ref.card.version,
            },
            "metadata": {"signature_def": {"signature_def": {SIGNATURE: signature}}},
        }
        return Answer(orjson.dumps(content))


def _tensor(name: str, row: Row) -> dict[str, Any]:
    sizes = (-1, *row.shape)
    return {
        "dtype": _TYPES[row.dtype.name],
        "tensor_shape": {
            # 64-bit numbers are text in the JSON of protocol buffers.
            "dim": [{"size": str(size), "name": ""} for size in sizes],
            "unknown_rank": False,
        },
        "name": name,
    }
