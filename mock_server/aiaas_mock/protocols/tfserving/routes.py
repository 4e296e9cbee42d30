"""The addresses of TensorFlow Serving's REST protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiaas_mock.gateway.keys import MODELS_INFER
from aiaas_mock.protocols.behind import Behind
from aiaas_mock.protocols.protocol import Call
from aiaas_mock.protocols.tfserving.metadata import ModelDescriptions
from aiaas_mock.protocols.tfserving.predict import Predictor, decode_predict

_READ: Final = "models:read"
_MODEL: Final = (
    "/models/{model}",
    "/models/{model}/versions/{version}",
    "/models/{model}/labels/{label}",
)


def calls(behind: Behind) -> Sequence[Call]:
    """Return what can be asked; first what ends in a verb, which would be a part of a name."""
    models = ModelDescriptions(behind.tensors)
    predictor = Predictor(behind.tensors, behind.images)
    return (
        Call(
            name="tfserving.predict",
            method="POST",
            paths=_each(":predict"),
            scope=MODELS_INFER,
            handler=predictor.predict,
            decode=decode_predict,
        ),
        Call(
            name="tfserving.unsupported",
            method="POST",
            paths=_each(":classify") + _each(":regress"),
            scope=MODELS_INFER,
            handler=predictor.refuse,
        ),
        Call(
            name="tfserving.metadata",
            paths=_each("/metadata"),
            scope=_READ,
            handler=models.metadata,
        ),
        Call(name="tfserving.status", paths=_MODEL, scope=_READ, handler=models.status),
    )


def _each(ending: str) -> tuple[str, ...]:
    return tuple(path + ending for path in _MODEL)
