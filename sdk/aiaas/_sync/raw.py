# Generated from aiaas/_async/raw.py by `make sync`; edit that file instead.
"""Any operation, with all that is around its answer."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aiaas._core.raw_types import Response
from aiaas._core.requests import build
from aiaas._sync.pipeline import Pipeline
from aiaas._sync.transport import StreamedResponse

if TYPE_CHECKING:
    from typing import Unpack

    from pydantic import BaseModel

    from aiaas._core.options import CallOptions
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT", bound="BaseModel | None")
ResponseT = TypeVar("ResponseT")


class Raw:
    """Call any operation and see the whole answer. Reach it as ``client.raw``."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def send(
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
            >>> response = client.raw.send(LIST, ListModelsRequest(limit=5))
            >>> print(response.status, response.rate_limit, len(response.content))
            >>> for model in response.parse().data:
            ...     print(model.id)
        """
        return Response(operation, self._pipeline.send(build(operation, request), options))

    @contextmanager
    def stream(
        self,
        operation: Operation[RequestT, Any],
        request: RequestT | None = None,
        **options: Unpack[CallOptions],
    ) -> Generator[StreamedResponse, None, None]:
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
            >>> with client.raw.stream(CONTENT, FileRequest(file="file_7f3a")) as response:
            ...     for chunk in response.chunks():
            ...         print(len(chunk))
        """
        response = self._pipeline.open(build(operation, request), options)
        try:
            yield response
        finally:
            response.close()
