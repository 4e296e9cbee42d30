"""The repository of models: what is there, and what may be loaded by request."""

from __future__ import annotations

from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field

from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.decode import Incoming, from_json
from aiaas_mock.protocols.protocol import Named, named
from aiaas_mock.services.tensors import TensorService

_DONE: Final = Answer(b"{}")


class _LoadRequest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    parameters: dict[str, Any] = Field({})


async def decode_load(incoming: Incoming) -> Named:
    """Read a request to load a model.

    Raises:
        ApiError: It brings files or a configuration.
    """
    body = await incoming.body.read()
    if body and from_json(_LoadRequest, body).parameters:
        raise ApiError(
            "invalid_request",
            "Models and their configuration are not taken from requests; start the server with "
            "--models DIR.",
        )
    return named(incoming)


class Repository:
    """Answers ``repository/...``.

    Args:
        tensors: Knows the models.
    """

    def __init__(self, tensors: TensorService) -> None:
        self._tensors = tensors

    async def index(self, named: Named, context: RequestContext) -> Answer:
        """List all models. All are ready: one that is not in memory is loaded when it is asked."""
        loaded = {name.partition(":")[0] for name in self._tensors.loaded()}
        return Answer(
            orjson.dumps(
                [
                    {
                        "name": bundle.card.name,
                        "version": bundle.card.version,
                        "state": "READY",
                        "reason": "" if model_id in loaded else "loaded when it is first asked",
                    }
                    for model_id, bundle in self._tensors.bundles.items()
                ]
            )
        )

    async def load(self, named: Named, context: RequestContext) -> Answer:
        """Load a model into memory."""
        await self._tensors.load(self._tensors.find(named.model), context)
        return _DONE

    async def unload(self, named: Named, context: RequestContext) -> Answer:
        """Refuse: models are shared by everybody who uses the server."""
        ref = self._tensors.find(named.model)
        raise ApiError(
            "invalid_request",
            f"Model {ref.id} is shared by all users of this server, and stays.",
        )
