"""What the protocols stand before."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from aiaas_mock.http.endpoint import Handler
from aiaas_mock.protocols.statistics import ModelStatistics
from aiaas_mock.services.images import ImageService
from aiaas_mock.services.tensors import TensorService


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What answers, whatever protocol asks.

    Attributes:
        handlers: What answers the operations of our own contract.
        tensors: Runs arrays.
        images: Decodes and runs pictures.
        executor: Threads for what would hold up the event loop.
        statistics: What the models have done.
        version: Version of the server.
    """

    handlers: Mapping[str, Handler]
    tensors: TensorService
    images: ImageService
    executor: Executor
    statistics: ModelStatistics
    version: str
