"""The addresses of the Open Inference Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiaas_mock.gateway.keys import MODELS_INFER
from aiaas_mock.http.endpoint import Gateway
from aiaas_mock.protocols.behind import Behind
from aiaas_mock.protocols.oip.inference import Inferrer
from aiaas_mock.protocols.oip.metadata import ModelDescriptions
from aiaas_mock.protocols.oip.repository import Repository, decode_load
from aiaas_mock.protocols.oip.requests import InferDecoder
from aiaas_mock.protocols.oip.server import ServerDescription
from aiaas_mock.protocols.oip.statistics import StatisticsReport
from aiaas_mock.protocols.protocol import Call

_READ: Final = "models:read"
_MODEL: Final = ("/models/{model}", "/models/{model}/versions/{version}")


def calls(behind: Behind, gateway: Gateway) -> Sequence[Call]:
    """Return what can be asked."""
    server = ServerDescription(behind.version, behind.handlers["system.ready"])
    models = ModelDescriptions(behind.tensors)
    repository = Repository(behind.tensors)
    stats = StatisticsReport(behind.tensors, behind.statistics).stats
    infer = Inferrer(behind.tensors, behind.executor).infer
    decode_infer = InferDecoder(behind.executor, max_bytes=gateway.max_body_bytes)
    one = "/repository/models/{model}"
    return (
        Call(name="oip.live", paths=("/health/live",), scope=None, handler=server.live),
        Call(name="oip.ready", paths=("/health/ready",), scope=None, handler=server.ready),
        Call(name="oip.server", paths=("",), scope=None, handler=server.metadata),
        # Before the models: "stats" is no model's name there.
        Call(name="oip.stats", paths=("/models/stats",), scope=_READ, handler=stats),
        Call(name="oip.stats", paths=_each("/stats"), scope=_READ, handler=stats),
        Call(name="oip.model", paths=_MODEL, scope=_READ, handler=models.metadata),
        Call(name="oip.model_ready", paths=_each("/ready"), scope=_READ, handler=models.ready),
        Call(name="oip.config", paths=_each("/config"), scope=_READ, handler=models.config),
        Call(
            name="oip.infer",
            method="POST",
            paths=_each("/infer"),
            scope=MODELS_INFER,
            handler=infer,
            decode=decode_infer,
        ),
        Call(
            name="oip.index",
            method="POST",
            paths=("/repository/index",),
            scope=_READ,
            handler=repository.index,
        ),
        Call(
            name="oip.load",
            method="POST",
            paths=(f"{one}/load",),
            scope=MODELS_INFER,
            handler=repository.load,
            decode=decode_load,
        ),
        Call(
            name="oip.unload",
            method="POST",
            paths=(f"{one}/unload",),
            scope=MODELS_INFER,
            handler=repository.unload,
        ),
    )


def _each(ending: str) -> tuple[str, ...]:
    return tuple(path + ending for path in _MODEL)
