"""The addresses of OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from pydantic import BaseModel

from aiaas.contract.text._common import SCOPE
from aiaas_mock.http.decode import Incoming, from_json
from aiaas_mock.protocols.behind import Behind
from aiaas_mock.protocols.openai.chat import ChatAdapter
from aiaas_mock.protocols.openai.embeddings import EmbeddingsAdapter
from aiaas_mock.protocols.openai.models import ModelsAdapter
from aiaas_mock.protocols.openai.types import ChatRequest, EmbeddingsRequest
from aiaas_mock.protocols.protocol import Call

_READ: Final = "models:read"


def calls(behind: Behind) -> Sequence[Call]:
    """Return what can be asked."""
    ours = behind.handlers
    models = ModelsAdapter(ours["models.list"], ours["models.retrieve"])
    embeddings = EmbeddingsAdapter(ours["text.embed"], ours["text.count_tokens"])
    return (
        Call(name="openai.models", paths=("/models",), scope=_READ, handler=models.list_all),
        Call(name="openai.model", paths=("/models/{model}",), scope=_READ, handler=models.retrieve),
        Call(
            name="openai.embeddings",
            method="POST",
            paths=("/embeddings",),
            scope=SCOPE,
            handler=embeddings.create,
            decode=_json(EmbeddingsRequest),
        ),
        Call(
            name="openai.chat",
            method="POST",
            paths=("/chat/completions",),
            scope=SCOPE,
            handler=ChatAdapter(ours["text.generate"]).create,
            decode=_json(ChatRequest),
        ),
        Call(
            name="openai.moderations",
            method="POST",
            paths=("/moderations",),
            scope=SCOPE,
            handler=models.moderate,
        ),
    )


def _json(model: type[BaseModel]) -> Callable[[Incoming], Awaitable[BaseModel]]:
    async def decode(incoming: Incoming) -> BaseModel:
        return from_json(model, await incoming.body.read())

    return decode
