"""Any operation, with all that is around its answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aiaas._async.pipeline import AsyncPipeline
from aiaas._async.transport import AsyncStreamedResponse
from aiaas._core.raw_types import Response
from aiaas._core.requests import build

if TYPE_CHECKING:
    from typing import Unpack

    from pydantic import BaseModel

    from aiaas._core.options import CallOptions
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT", bound="BaseModel | None")
ResponseT = TypeVar("ResponseT")


class AsyncRaw:
    """Call any operation and see the whole answer. Reach it as ``client.raw``."""

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    async def send(
        self,
        operation: Operation[RequestT, ResponseT],
        request: RequestT | None = None,
        **options: Unpack[CallOptions],
    ) -> Response[ResponseT]:
        """Call an operation and return its answer: status, headers, bytes, and the parsed body.

        Args:
            operation: A row of the operation table, for instance ``aiaas.contract.models.LIST``.
            request: Its parameters, if it has any.
            options: Options for this call; see `CallOptions`.

        Raises:
            AiaasError: The call failed.
            TypeError: The operation needs another request, or sends a file.

        Example:
            >>> from aiaas.contract.models import LIST, ListModelsRequest
            >>> response = await client.raw.send(LIST, ListModelsRequest(limit=5))
            >>> print(response.status, response.rate_limit, len(response.content))
            >>> for model in response.parse().data:
            ...     print(model.id)
        """
        return Response(operation, await self._pipeline.send(build(operation, request), options))

    @asynccontextmanager
    async def stream(
        self,
        operation: Operation[RequestT, Any],
        request: RequestT | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[AsyncStreamedResponse, None]:
        """Call an operation and give its answer before the body has come.

        Args:
            operation: A row of the operation table.
            request: Its parameters, if it has any.
            options: Options for this call; see `CallOptions`.

        Returns:
            A context manager of the answer; iterate over its ``chunks()``.

        Raises:
            AiaasError: The call failed.
            TypeError: The operation needs another request, or sends a file.

        Example:
            >>> from aiaas.contract.files import CONTENT, FileRequest
            >>> async with client.raw.stream(CONTENT, FileRequest(file="file_7f3a")) as response:
            ...     async for chunk in response.chunks():
            ...         print(len(chunk))
        """
        response = await self._pipeline.open(build(operation, request), options)
        try:
            yield response
        finally:
            await response.aclose()
