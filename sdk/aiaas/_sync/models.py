# Generated from aiaas/_async/models.py by `make sync`; edit that file instead.
"""The models of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiaas._core.model_types import Model, ModelPage
from aiaas._core.page_types import Page, attach_all
from aiaas._core.requests import arguments, build
from aiaas._core.responses import parse
from aiaas._core.results import Origin, attach
from aiaas._sync.paging import Paginator
from aiaas._sync.pipeline import Pipeline
from aiaas.contract.models import LIST, RETRIEVE, ListModelsRequest, RetrieveModelRequest

if TYPE_CHECKING:
    from typing import Unpack

    from aiaas._core.options import CallOptions


class Models:
    """What a deployment can answer with. Reach it as ``client.models``."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def list(
        self,
        *,
        task: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Paginator[Model]:
        """List the models with their measured quality, over all pages.

        Args:
            task: Only models for this task, for instance ``image-classification``.
            limit: Most models to fetch at once, 1 to 100.
            cursor: Where to begin: ``next_cursor`` of an earlier page.
            options: Options for each of its requests; see `CallOptions`.

        Returns:
            An iterable of models; its ``pages()`` gives whole pages. Nothing is sent before it
            is iterated over.

        Raises:
            ValueError: An argument is out of range.

        Example:
            >>> for model in client.models.list(task="image-classification"):
            ...     print(model.id, model.summary)
        """
        with arguments():
            first = ListModelsRequest(task=task, limit=limit, cursor=cursor)

        def fetch(cursor: str | None) -> Page[Model]:
            request = first.model_copy(update={"cursor": cursor})
            response = self._pipeline.send(build(LIST, request), options)
            page = parse(LIST, response, ModelPage)
            attach_all(page, response)
            return page

        return Paginator(fetch, cursor=cursor)

    def retrieve(self, name: str, **options: Unpack[CallOptions]) -> Model:
        """Describe one model, with all its labels.

        Args:
            name: ``name``, ``name@version`` or an alias.
            options: Options for this call; see `CallOptions`.

        Raises:
            NotFoundError: There is no such model.
            ValueError: `name` is empty or too long.

        Example:
            >>> model = client.models.retrieve("imagenet-mobilenet-v2")
            >>> print(model.limits)
        """
        with arguments(model="name"):
            request = RetrieveModelRequest(model=name)
        response = self._pipeline.send(build(RETRIEVE, request), options)
        model = parse(RETRIEVE, response, Model)
        attach(model, Origin(response.headers))
        return model
