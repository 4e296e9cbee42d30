# Generated from aiaas/_async/client.py by `make sync`; edit that file instead.
"""The client: where a program starts."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from aiaas._core.config import DEFAULT_TIMEOUT_S, resolve
from aiaas._core.requests import build
from aiaas._core.responses import parse_any
from aiaas._core.retry import DEFAULT_RETRY, Retry
from aiaas._sync import _runtime
from aiaas._sync.pipeline import Pipeline
from aiaas._sync.transport import HttpClient, Transport

if TYPE_CHECKING:
    from typing import Self

    from pydantic import BaseModel

    from aiaas._sync.images import Images
    from aiaas._sync.models import Models
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT", bound="BaseModel | None")
ResponseT = TypeVar("ResponseT")


class Client:
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
        >>> with aiaas.Client() as client:
        ...     answer = client.images.classify("cat.jpg")
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
        self._pipeline = Pipeline(Transport(self._config, http_client), retry, sleep)

    @property
    def base_url(self) -> str:
        """Address of the deployment."""
        return self._config.base_url

    @cached_property
    def images(self) -> Images:
        """Classify and embed pictures."""
        # Imported here, as building the wire types of every domain takes time.
        from aiaas._sync.images import Images

        return Images(self._pipeline)

    @cached_property
    def models(self) -> Models:
        """List and describe the models of the deployment."""
        from aiaas._sync.models import Models

        return Models(self._pipeline)

    def request(
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
            >>> print(client.request(HEALTH).version)
        """
        response = self._pipeline.send(build(operation, request))
        return parse_any(operation, response)

    def close(self) -> None:
        """Close the connections. A client cannot be used after that."""
        self._pipeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
