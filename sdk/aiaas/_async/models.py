"""The models of a deployment."""

from __future__ import annotations

from aiaas._async.paging import AsyncPaginator
from aiaas._async.pipeline import AsyncPipeline
from aiaas._core.model_types import Model, ModelPage
from aiaas._core.page_types import Page
from aiaas._core.requests import build
from aiaas._core.responses import parse
from aiaas._core.results import Origin, attach
from aiaas.contract.models import LIST, RETRIEVE, ListModelsRequest, RetrieveModelRequest


class AsyncModels:
    """What a deployment can answer with. Reach it as ``client.models``."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    def list(self, *, task: str | None = None, limit: int = 20) -> AsyncPaginator[Model]:
        """List the models with their measured quality, over all pages.

        Args:
            task: Only models for this task, for instance ``image-classification``.
            limit: Most models to fetch at once, 1 to 100.

        Returns:
            An iterable of models; its ``pages()`` gives whole pages. Nothing is sent before it
            is iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> async for model in client.models.list(task="image-classification"):
            ...     print(model.id, model.summary)
        """
        first = ListModelsRequest(task=task, limit=limit)

        async def fetch(cursor: str | None) -> Page[Model]:
            request = first.model_copy(update={"cursor": cursor})
            response = await self._pipeline.send(build(LIST, request))
            page = parse(LIST, response, ModelPage)
            origin = Origin(response.request_id)
            attach(page, origin)
            for model in page.data:
                attach(model, origin)
            return page

        return AsyncPaginator(fetch)

    async def retrieve(self, name: str) -> Model:
        """Describe one model, with all its labels.

        Args:
            name: ``name``, ``name@version`` or an alias.

        Raises:
            NotFoundError: There is no such model.
            ValueError: `name` is empty or too long.

        Example:
            >>> model = await client.models.retrieve("imagenet-mobilenet-v2")
            >>> print(model.limits)
        """
        response = await self._pipeline.send(build(RETRIEVE, RetrieveModelRequest(model=name)))
        model = parse(RETRIEVE, response, Model)
        attach(model, Origin(response.request_id))
        return model
