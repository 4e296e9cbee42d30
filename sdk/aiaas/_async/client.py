"""The client: where a program starts."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from aiaas._async import _runtime
from aiaas._async.pipeline import AsyncPipeline
from aiaas._async.transport import AsyncTransport, HttpClient
from aiaas._core.config import DEFAULT_TIMEOUT_S, resolve
from aiaas._core.requests import build
from aiaas._core.responses import parse_any
from aiaas._core.retry import DEFAULT_RETRY, Retry

if TYPE_CHECKING:
    from typing import Self

    from pydantic import BaseModel

    from aiaas._async.images import AsyncImages
    from aiaas._async.models import AsyncModels
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT", bound="BaseModel | None")
ResponseT = TypeVar("ResponseT")


class AsyncClient:
    """A deployment, as Python objects.

    One client keeps its connections open between calls: make one and share it, and close it at
    the end or use it as a context manager.

    Args:
        api_key: The key; by default the environment variable ``AIAAS_API_KEY``.
        base_url: Address of the deployment; by default the environment variable
            ``AIAAS_BASE_URL``, else ``http://127.0.0.1:8080``, where the reference cloud
            listens.
        timeout_s: Seconds that an attempt may wait for each step of the network: sending, and
            every part of the answer. Connecting is given 10 seconds at most.
        retry: When failed requests are sent again; ``Retry(max_attempts=1)`` for never.
        http_client: An httpx client with settings of your own (proxy, certificates, limits).
            It is not closed with this client.
        sleep: Waits between attempts; replace it in tests.

    Raises:
        ConfigurationError: There is no key, or a setting cannot work.

    Example:
        >>> async with aiaas.AsyncClient() as client:
        ...     answer = await client.images.classify("cat.jpg")
        >>> print(answer.label, answer.score)
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        retry: Retry = DEFAULT_RETRY,
        http_client: HttpClient | None = None,
        sleep: _runtime.Sleep = _runtime.sleep,
    ) -> None:
        self._config = resolve(api_key, base_url, timeout_s)
        self._pipeline = AsyncPipeline(AsyncTransport(self._config, http_client), retry, sleep)

    @property
    def base_url(self) -> str:
        """Address of the deployment."""
        return self._config.base_url

    @cached_property
    def images(self) -> AsyncImages:
        """Classify and embed pictures."""
        # Imported here, as building the wire types of every domain takes time.
        from aiaas._async.images import AsyncImages

        return AsyncImages(self._pipeline)

    @cached_property
    def models(self) -> AsyncModels:
        """List and describe the models of the deployment."""
        from aiaas._async.models import AsyncModels

        return AsyncModels(self._pipeline)

    async def request(
        self, operation: Operation[RequestT, ResponseT], request: RequestT | None = None
    ) -> ResponseT:
        """Call any operation of the contract with its own request and response types.

        The resources are more convenient; this is for operations that have none.

        Args:
            operation: A row of the operation table, for instance
                ``aiaas.contract.system.HEALTH``.
            request: Its parameters, if it has any.

        Raises:
            AiaasError: The call failed.

        Example:
            >>> from aiaas.contract.system import HEALTH
            >>> print((await client.request(HEALTH)).version)
        """
        response = await self._pipeline.send(build(operation, request))
        return parse_any(operation, response)

    async def close(self) -> None:
        """Close the connections. A client cannot be used after that."""
        await self._pipeline.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
