"""Whether the server is there, and what it is."""

from __future__ import annotations

from typing import Final

import orjson

from aiaas_mock.context import RequestContext
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.endpoint import Handler
from aiaas_mock.protocols.protocol import Named

_EXTENSIONS: Final = (
    "binary_tensor_data",
    "classification",
    "model_configuration",
    "model_repository",
    "statistics",
)


class ServerDescription:
    """Answers ``health/...`` and what the server is.

    Args:
        version: Version of the server.
        is_ready: Answers our own question of the same kind.
    """

    def __init__(self, version: str, is_ready: Handler) -> None:
        self._version = version
        self._is_ready = is_ready

    async def live(self, named: Named, context: RequestContext) -> Answer:
        """Answer that the server is there."""
        return Answer(orjson.dumps({"live": True}))

    async def ready(self, named: Named, context: RequestContext) -> Answer:
        """Answer whether the models are loaded that must be."""
        status: int = (await self._is_ready(None, context)).status
        return Answer(orjson.dumps({"ready": status == 200}), status)

    async def metadata(self, named: Named, context: RequestContext) -> Answer:
        """Answer which server this is, and which extensions it speaks."""
        content = {"name": "aiaas-mock", "version": self._version, "extensions": _EXTENSIONS}
        return Answer(orjson.dumps(content))
