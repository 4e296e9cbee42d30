# Generated from aiaas/_async/client.py by `make sync`; edit that file instead.
"""The client: where a program starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from aiaas._core.config import ClientCertificate, KeySource, Network, resolve
from aiaas._core.credentials import OAuth2ClientCredentials
from aiaas._core.ids import new_id as _new_id
from aiaas._core.options import CallOptions, ClientOptions, Settings, as_retry, checked_headers
from aiaas._core.requests import build
from aiaas._core.responses import parse_any
from aiaas._core.retry import DEFAULT_RETRY, Retry
from aiaas._sync import _runtime
from aiaas._sync.middleware import Middleware
from aiaas._sync.pipeline import Engine, Pipeline
from aiaas._sync.transport import HttpClient, Transport

if TYPE_CHECKING:
    from typing import Self, Unpack

    from pydantic import BaseModel

    from aiaas._sync.files import Files
    from aiaas._sync.images import Images
    from aiaas._sync.jobs import Jobs
    from aiaas._sync.models import Models
    from aiaas._sync.raw import Raw
    from aiaas._sync.recommendations import Recommender
    from aiaas._sync.text import Text
    from aiaas._sync.usage import Usage
    from aiaas.contract._operation import Operation

RequestT = TypeVar("RequestT", bound="BaseModel | None")
ResponseT = TypeVar("ResponseT")


class Client:
    """A deployment, as Python objects.

    One client keeps its connections open between calls: make one and share it, and close it at
    the end or use it as a context manager. It may be used by many tasks or threads at once, and
    in a child process after a fork, where it takes new connections.

    What is not given as an argument is taken from the profile that `profile` names, then from the
    environment, then from the default profile. Profiles are in ``~/.config/aiaas/config.toml``
    (``AIAAS_CONFIG`` names another file).

    Args:
        api_key: The key (``AIAAS_API_KEY``); a function that gives it, called once a call; or
            `OAuth2ClientCredentials`.
        base_url: Address of the deployment (``AIAAS_BASE_URL``), without ``/v1``; by default
            ``http://127.0.0.1:8080``, where the reference cloud listens.
        profile: Name of a profile, which then comes before the environment. Without it the one
            that ``AIAAS_PROFILE`` names, or ``default``, comes after the environment.
        timeout_s: Seconds that an attempt may wait for each step of the network: sending, and
            every part of the answer; 60 by default. Connecting is given 10 seconds at most.
        deadline_s: Seconds for a whole call with its attempts and waits; by default without end.
        retries: How often a failed request is sent again, or a whole `Retry` policy.
        headers: Headers to send with every request.
        middleware: What is around every attempt, the outermost first. One that has a method
            ``close`` is closed with the client.
        proxy: Address of a proxy; ``HTTPS_PROXY`` and its like count when omitted.
        ca_file: PEM file with the certificate authorities to trust instead of the usual ones.
        client_cert: Certificate to show to the deployment (mutual TLS): a PEM file with
            certificate and key, or one file of each.
        trust_env: Whether proxies and certificates may be set by environment variables.
        http_client: An httpx client with settings of your own. It is not closed with this client.
        sleep: Waits between attempts; replace it in tests.
        clock: Gives seconds that only go forward, for deadlines and tokens; replace it in tests.
        new_id: Makes idempotency keys; replace it in tests.

    Raises:
        ConfigurationError: There is no key, or a setting cannot work.
        MissingDependencyError: The proxy is of a kind that needs another package.

    Example:
        >>> with aiaas.Client() as client:
        ...     answer = client.images.classify("cat.jpg")
        >>> print(answer.label, answer.score)
    """

    def __init__(
        self,
        api_key: str | KeySource | OAuth2ClientCredentials | None = None,
        *,
        base_url: str | None = None,
        profile: str | None = None,
        timeout_s: float | None = None,
        deadline_s: float | None = None,
        retries: int | Retry = DEFAULT_RETRY,
        headers: Mapping[str, str] | None = None,
        middleware: Sequence[Middleware] = (),
        proxy: str | None = None,
        ca_file: str | None = None,
        client_cert: ClientCertificate | None = None,
        trust_env: bool = True,
        http_client: HttpClient | None = None,
        sleep: _runtime.Sleep = _runtime.sleep,
        clock: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self._config = resolve(
            api_key,
            base_url,
            profile=profile,
            timeout_s=timeout_s,
            deadline_s=deadline_s,
            network=Network(
                proxy=proxy, ca_file=ca_file, client_cert=client_cert, trust_env=trust_env
            ),
        )
        settings = Settings(
            timeout_s=self._config.timeout_s,
            deadline_s=self._config.deadline_s,
            retry=as_retry(retries, DEFAULT_RETRY),
            headers=checked_headers(headers or {}),
        )
        engine = Engine(
            self._config,
            settings,
            Transport(self._config, http_client, clock),
            middleware=tuple(middleware),
            sleep=sleep,
            clock=clock,
            new_id=new_id,
        )
        self._pipeline = Pipeline(engine, settings)

    @property
    def base_url(self) -> str:
        """Address of the deployment."""
        return self._config.base_url

    @cached_property
    def files(self) -> Files:
        """Store files and read them."""
        from aiaas._sync.files import Files

        return Files(self._pipeline)

    @cached_property
    def images(self) -> Images:
        """Classify and embed pictures."""
        # Imported here, as building the wire types of every domain takes time.
        from aiaas._sync.images import Images

        return Images(self._pipeline)

    @cached_property
    def jobs(self) -> Jobs:
        """Look at jobs, wait for them, and call them off."""
        from aiaas._sync.jobs import Jobs

        return Jobs(self._pipeline)

    @cached_property
    def models(self) -> Models:
        """List and describe the models of the deployment."""
        from aiaas._sync.models import Models

        return Models(self._pipeline)

    @cached_property
    def raw(self) -> Raw:
        """Call any operation and see the whole answer: status, headers, bytes."""
        from aiaas._sync.raw import Raw

        return Raw(self._pipeline)

    @cached_property
    def recommendations(self) -> Recommender:
        """Recommend items to users, learn from what they do, and say why."""
        from aiaas._sync.recommendations import Recommender

        return Recommender(self._pipeline)

    @cached_property
    def text(self) -> Text:
        """Understand, compare and write texts."""
        from aiaas._sync.text import Text

        return Text(self._pipeline)

    @cached_property
    def usage(self) -> Usage:
        """See what was asked for so far."""
        from aiaas._sync.usage import Usage

        return Usage(self._pipeline)

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Return a copy with other options.

        It shares connections, credentials, retry budget and middleware with this client, so it
        costs next to nothing; closing either closes both.

        Args:
            options: ``timeout_s``, ``deadline_s``, ``retries``, ``headers`` (added to those that
                there are). Every method takes them too, for one call.

        Raises:
            TypeError: A client has no such option: ``idempotency_key`` is one of single calls.
            ValueError: An option has a value that cannot work.

        Example:
            >>> patient = client.with_options(deadline_s=120, retries=10)
        """
        copy = object.__new__(type(self))
        copy._config = self._config
        copy._pipeline = self._pipeline.with_options(options)
        return copy

    def request(
        self,
        operation: Operation[RequestT, ResponseT],
        request: RequestT | None = None,
        **options: Unpack[CallOptions],
    ) -> ResponseT:
        """Call any operation of the contract with its own request and response types.

        The resources are more convenient; this is for operations that have none.

        Args:
            operation: A row of the operation table, for instance
                ``aiaas.contract.system.HEALTH``.
            request: Its parameters, if it has any.
            options: Options for this call; see `CallOptions`.

        Raises:
            AiaasError: The call failed.
            TypeError: The operation needs another request, or sends a file.

        Example:
            >>> from aiaas.contract.system import HEALTH
            >>> print(client.request(HEALTH).version)
        """
        response = self._pipeline.send(build(operation, request), options)
        return parse_any(operation, response)

    def close(self) -> None:
        """Close connections and middleware. A client cannot be used after that."""
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
