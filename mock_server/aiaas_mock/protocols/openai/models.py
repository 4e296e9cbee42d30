"""``models``: those that can be asked in OpenAI's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from aiaas.contract.models import ListModelsRequest, Model, ModelPage, RetrieveModelRequest
from aiaas_mock.context import RequestContext
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer
from aiaas_mock.http.endpoint import Handler
from aiaas_mock.protocols.openai.answers import ListedModel, ModelList
from aiaas_mock.protocols.protocol import Named

_TASKS: Final = ("text-embedding", "text-generation")


class ModelsAdapter:
    """Answers ``models``.

    Args:
        list_models: Answers ``models.list``.
        retrieve: Answers ``models.retrieve``.
    """

    def __init__(self, list_models: Handler, retrieve: Handler) -> None:
        self._list = list_models
        self._retrieve = retrieve

    async def list_all(self, named: Named, context: RequestContext) -> Answer:
        """List them all."""
        found = [model for task in _TASKS for model in await self._of_task(task, context)]
        answer = ModelList(data=tuple(_listed(model) for model in found))
        return Answer(answer.model_dump_json().encode())

    async def retrieve(self, named: Named, context: RequestContext) -> Answer:
        """Describe one, by its name, ``name@version`` or an alias."""
        model: Model = await self._retrieve(RetrieveModelRequest(model=named.model), context)
        if model.task not in _TASKS:
            raise ApiError(
                "model_not_found",
                f"Model {model.id} neither embeds nor writes texts: it is for our own operations.",
                param="/model",
            )
        return Answer(_listed(model).model_dump_json().encode())

    async def moderate(self, named: Named, context: RequestContext) -> Answer:
        """Refuse: no model here moderates."""
        raise ApiError("model_not_found", "There is no model here that moderates.", param="/model")

    async def _of_task(self, task: str, context: RequestContext) -> list[Model]:
        found: list[Model] = []
        request = ListModelsRequest.model_validate({"task": task})
        while True:
            page: ModelPage = await self._list(request, context)
            found += page.data
            if page.next_cursor is None:
                return found
            request = request.model_copy(update={"cursor": page.next_cursor})


def _listed(model: Model) -> ListedModel:
    created = datetime.fromisoformat(model.created).replace(tzinfo=UTC)
    return ListedModel(id=model.id, created=int(created.timestamp()), owned_by=model.origin)
