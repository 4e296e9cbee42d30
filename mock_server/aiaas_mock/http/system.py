"""What operators, load balancers and tools ask: health, readiness, the document, metrics."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

from aiaas.contract.openapi import build_document
from aiaas.contract.system import Health, Readiness
from aiaas_mock.context import RequestContext
from aiaas_mock.gateway.records import Metrics
from aiaas_mock.http.answers import Answer

State = Literal["starting", "ready", "stopping"]


class SystemService:
    """Answers ``system.*``.

    Args:
        version: Version of the server.
        state: Tells what the server is doing.
        loaded: Tells which models are in memory.
        metrics: The server's metrics.
    """

    def __init__(
        self,
        version: str,
        state: Callable[[], State],
        loaded: Callable[[], tuple[str, ...]],
        metrics: Metrics,
    ) -> None:
        self._version = version
        self._state = state
        self._loaded = loaded
        self._metrics = metrics
        self._document: bytes | None = None

    async def health(self, request: None, context: RequestContext) -> Health:
        """Answer ``system.health``."""
        return Health(version=self._version)

    async def ready(self, request: None, context: RequestContext) -> Answer:
        """Answer ``system.ready``."""
        state = self._state()
        body = Readiness(status=state, models=self._loaded())
        return Answer(body.model_dump_json().encode(), 200 if state == "ready" else 503)

    async def openapi(self, request: None, context: RequestContext) -> Answer:
        """Answer ``system.openapi``."""
        if self._document is None:  # on first use, for a quick start
            self._document = json.dumps(build_document()).encode()
        return Answer(self._document)

    async def metrics(self, request: None, context: RequestContext) -> Answer:
        """Answer ``system.metrics``."""
        return Answer(self._metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")
