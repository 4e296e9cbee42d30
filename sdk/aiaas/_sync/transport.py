# Generated from aiaas/_async/transport.py by `make sync`; edit that file instead.
"""The only module that knows httpx: one request in, one answer or one error out."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from aiaas._core.calls import Call
from aiaas._core.config import Config, Network
from aiaas._core.errors import APIConnectionError, APITimeoutError, ConfigurationError, Phase
from aiaas._core.redaction import Secret
from aiaas._core.requests import Outgoing, Part
from aiaas._core.responses import RawResponse
from aiaas._core.version import CLIENT_VERSION, USER_AGENT
from aiaas._sync import _runtime

if TYPE_CHECKING:
    from aiaas._core.uploads import Upload, UploadReader

HttpClient = httpx.Client
"""What may be passed as ``http_client``."""

# httpx keeps 20 idle connections by default; more callers than that would reconnect all the time.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)
_CONNECT_TIMEOUT_S = 10.0
_LEAST_TIMEOUT_S = 0.001  # 0 would mean not to wait at all, which sockets report in another way
_PIECE_BYTES = 64 * 1024
# httpx's own time-outs go first, as they know in which phase a request is.
_LATER_S = 0.005

_PHASES: dict[type[httpx.RequestError], Phase] = {
    httpx.ConnectError: "connect",
    httpx.ConnectTimeout: "connect",
    httpx.LocalProtocolError: "write",
    httpx.PoolTimeout: "pool",
    httpx.ProxyError: "proxy",
    httpx.WriteError: "write",
    httpx.WriteTimeout: "write",
}
"""Where each of httpx's errors happens; the others happen while reading."""


class StreamedResponse(RawResponse):
    """An answer whose body is read piece by piece; it must be closed."""

    __slots__ = ("_closed", "_response", "host")

    def __init__(self, response: httpx.Response, host: str) -> None:
        super().__init__(response.status_code, response.headers, b"", response.http_version)
        self._response = response
        self._closed = False
        self.host = host

    def chunks(self) -> Generator[bytes, None, None]:
        """Iterate over the body as it arrives.

        Raises:
            APIConnectionError: The connection broke.
            RuntimeError: The body was read before, or the answer is closed.
        """
        try:
            for chunk in self._response.iter_bytes():
                yield chunk
                if self._closed:
                    raise _unreadable()
        except httpx.RequestError as error:
            raise _connection_error(error, self._response.url, None) from error
        except httpx.StreamError:
            raise _unreadable() from None

    def close(self) -> None:
        """Release the connection; closing twice is harmless."""
        self._closed = True
        self._response.close()


class Transport:
    """Sends requests over the connections of one httpx client."""

    def __init__(
        self, config: Config, http_client: HttpClient | None, clock: Callable[[], float]
    ) -> None:
        _check(config, http_client)
        self._config = config
        self._clock = clock
        self._owned = http_client is None
        self._http: HttpClient | None = http_client or _new_client(config.network)
        self._making = threading.Lock()
        self._abandoned: list[HttpClient] = []
        self._timeout = _timeout(config.timeout_s)
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "User-Agent": USER_AGENT,
                "Aiaas-Client-Version": CLIENT_VERSION,
            }
        )
        # The headers with the key that was used last, as copying is cheaper than setting. They
        # mask the key in their repr, which a plain dictionary would show to whoever prints the
        # locals of a traceback.
        self._prepared: tuple[Secret | None, httpx.Headers] = (None, self._headers)

    def send(self, call: Call) -> RawResponse:
        """Send a request once and read the whole answer, or its head if it is to be streamed.

        Raises:
            APIConnectionError: No answer came.
        """
        upload = call.outgoing.upload
        if upload is None:
            return self._exchange(call, None)
        with _runtime.opened(upload.open) as reader:
            return self._exchange(call, _body(upload, reader))

    def close(self) -> None:
        """Close the connections, unless the httpx client was passed in."""
        if self._owned and self._http is not None:
            self._http.close()

    def after_fork(self) -> None:
        """Take new connections in a child process.

        Two processes on one connection would read each other's answers. The old client is kept
        and not closed: closing would say goodbye in the name of the parent.
        """
        if self._owned:
            if self._http is not None:
                self._abandoned.append(self._http)
            # Made when it is needed: most children of a process do not use its clients.
            self._http = None
            self._making = threading.Lock()

    def _client(self) -> HttpClient:
        if self._http is None:
            with self._making:
                self._http = self._http or _new_client(self._config.network)
        return self._http

    def _exchange(self, call: Call, body: Generator[bytes, None, None] | None) -> RawResponse:
        client = self._client()
        request = self._request(client, call, body)
        left_s = call.remaining_s
        if left_s is None:
            return self._sent(client, call, request)
        host = request.url.netloc.decode("ascii")
        if left_s <= 0:
            raise APITimeoutError("no time is left", host=host, phase="pool")
        # Time-outs begin anew with every piece of a step: pieces look at the clock.
        pieces = request.stream = _Pieces(request, call)
        try:
            with _runtime.time_limit(left_s + _LATER_S):
                return self._sent(client, call, request)
        except _runtime.OutOfTime:
            phase: Phase = "read" if pieces.sent else "write"
            raise APITimeoutError("the deadline passed", host=host, phase=phase) from None

    def _sent(self, client: HttpClient, call: Call, request: httpx.Request) -> RawResponse:
        piecewise = call.stream or call.ends_at_s is not None
        try:
            # Redirects are refused whatever the client's own setting: the key would go along.
            response = client.send(request, stream=piecewise, follow_redirects=False)
            if piecewise:
                return self._taken(call, response)
        except httpx.RequestError as error:
            network = self._config.network if self._owned else None
            raise _connection_error(error, request.url, network) from error
        return RawResponse(
            response.status_code, response.headers, response.content, response.http_version
        )

    def _taken(self, call: Call, response: httpx.Response) -> RawResponse:
        """Leave the body to the caller, or read it as long as there is time."""
        if call.stream and response.is_success:
            return StreamedResponse(response, response.url.netloc.decode("ascii"))
        try:
            content = self._content(call, response)
        finally:
            response.close()
        return RawResponse(response.status_code, response.headers, content, response.http_version)

    def _content(self, call: Call, response: httpx.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if call.remaining_s == 0:
                raise httpx.ReadTimeout("the answer came too slowly", request=response.request)
        return bytes(content)

    def _request(
        self, client: HttpClient, call: Call, body: Generator[bytes, None, None] | None
    ) -> httpx.Request:
        outgoing = call.outgoing
        request = client.build_request(
            outgoing.operation.method,
            outgoing.url or self._url(outgoing),
            content=outgoing.content if body is None else body,
            files=[_file(part) for part in outgoing.parts] or None,
            headers=self._headers_of(call),
            timeout=self._timeout_of(call),
        )
        if call.ends_at_s is not None:
            request.extensions["timeout"] = _StepTimeouts(request.extensions["timeout"], call)
        return request

    def _headers_of(self, call: Call) -> httpx.Headers:
        outgoing, settings = call.outgoing, call.settings
        headers = self._authorized(call.authorization).copy()
        if settings.headers:
            headers.update(settings.headers)
        if call.headers:
            headers.update(call.headers)
        if outgoing.accept is not None:
            headers["Accept"] = outgoing.accept
        if outgoing.content_type is not None:
            headers["Content-Type"] = outgoing.content_type
        if outgoing.upload is not None:
            headers["Content-Type"] = outgoing.upload.content_type
            if outgoing.upload.size_bytes is not None:
                headers["Content-Length"] = str(outgoing.upload.size_bytes)
        if settings.idempotency_key is not None:
            headers["Idempotency-Key"] = settings.idempotency_key
        left_s = call.remaining_s
        if left_s is not None:
            headers["Aiaas-Deadline-Ms"] = str(max(1, round(left_s * 1000)))
        if call.attempt > 1:
            headers["Aiaas-Retry-Count"] = str(call.attempt - 1)
        return headers

    def _authorized(self, authorization: Secret | None) -> httpx.Headers:
        used, headers = self._prepared
        if used is not authorization:
            headers = self._headers.copy()
            if authorization is not None:
                headers["Authorization"] = authorization.reveal()
            self._prepared = (authorization, headers)
        return headers

    def _timeout_of(self, call: Call) -> httpx.Timeout:
        timeout_s, remaining_s = call.settings.timeout_s, call.remaining_s
        if remaining_s is not None and remaining_s < timeout_s:
            return _timeout(remaining_s)
        return self._timeout if timeout_s == self._config.timeout_s else _timeout(timeout_s)

    def _url(self, outgoing: Outgoing) -> str:
        url = self._config.base_url + outgoing.path
        return f"{url}?{outgoing.query}" if outgoing.query else url


class _StepTimeouts(dict[str, float | None]):
    """The time-outs of a request that must end in time altogether.

    A request waits for a connection, connects, sends and reads, each with a time-out of its own.
    They are looked up when a step begins, and what the steps before took is taken off then: a
    call that waited for its connection until shortly before its deadline has little to read in.
    """

    def __init__(self, limits: Mapping[str, float | None], call: Call) -> None:
        super().__init__(limits)
        self._call = call

    def get(self, step: str, default: Any = None) -> Any:
        """Return the seconds that a step which begins now may take."""
        left_s = max(_LEAST_TIMEOUT_S, self._call.remaining_s or 0.0)
        return min(super().get(step) or left_s, left_s)


class _Pieces(httpx.SyncByteStream):
    """The body of a request in small pieces, which ends with the time of its call.

    Attributes:
        sent: Whether the last piece was taken.
    """

    def __init__(self, request: httpx.Request, call: Call) -> None:
        self.sent = False
        self._body: Any = request.stream
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            for start in range(0, len(chunk), _PIECE_BYTES):
                if self._call.remaining_s == 0:
                    raise httpx.WriteTimeout("the request went out too slowly")
                yield chunk[start : start + _PIECE_BYTES]
        self.sent = True


def _body(upload: Upload, reader: UploadReader) -> Generator[bytes, None, None]:
    yield upload.head
    while chunk := _runtime.call_blocking(reader.read):
        yield chunk
    yield upload.tail


def _new_client(network: Network) -> HttpClient:
    options: dict[str, Any] = {}
    if network.ca_file is not None or network.client_cert is not None:
        options["verify"] = _ssl_context(network)
    try:
        return httpx.Client(
            limits=_LIMITS,
            follow_redirects=False,
            trust_env=network.trust_env,
            proxy=network.proxy,
            **options,
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        from aiaas._core.connections import unusable_network

        raise unusable_network(network, error) from None


def _ssl_context(network: Network) -> ssl.SSLContext:
    try:
        context = (
            ssl.create_default_context(cafile=network.ca_file)
            if network.ca_file is not None
            else _usual_ssl_context(network)
        )
        if isinstance(network.client_cert, str):
            context.load_cert_chain(network.client_cert)
        elif network.client_cert is not None:
            context.load_cert_chain(*network.client_cert)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"ca_file={network.ca_file!r}, client_cert={network.client_cert!r} "
            f"cannot be used: {error}"
        ) from None
    return context


def _usual_ssl_context(network: Network) -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context(trust_env=network.trust_env)
    except OSError as error:
        from aiaas._core.connections import unusable_network

        raise unusable_network(network, error) from None


def _timeout(timeout_s: float) -> httpx.Timeout:
    return httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S))


def _check(config: Config, http_client: object) -> None:
    if http_client is not None and not isinstance(http_client, HttpClient):
        wanted, given = HttpClient.__name__, type(http_client)
        raise ConfigurationError(
            f"http_client must be an httpx.{wanted}; got {given.__module__}.{given.__qualname__}."
        )
    if http_client is not None and config.network != Network(trust_env=config.network.trust_env):
        raise ConfigurationError(
            "proxy, ca_file and client_cert are settings of the http_client, if you pass one."
        )
    try:
        httpx.URL(config.base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"The base URL cannot be read: {error}.") from None


def _file(part: Part) -> tuple[str, tuple[str | None, bytes, str]]:
    return part.name, (part.filename, part.content, part.media_type)


def _unreadable() -> RuntimeError:
    return RuntimeError("an answer's body can be read once, and only before it is closed")


def _connection_error(
    error: httpx.RequestError, url: httpx.URL, network: Network | None
) -> APIConnectionError:
    kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
    host, phase = url.netloc.decode("ascii"), _PHASES.get(type(error), "read")
    if phase not in ("connect", "proxy"):
        return kind(str(error), host=host, phase=phase)
    # Imported here: only connections that are not made need an explanation.
    from aiaas._core import connections

    hint = None
    if phase == "connect":
        phase = connections.phase_beneath(error)
        hint = connections.tls_hint(error) if phase == "tls" else None
    proxy = connections.proxy_of(url.scheme, url.host, network) if network else None
    if proxy is None or phase == "tls":
        failure = kind(str(error), host=host, phase=phase, hint=hint)
        failure.retryable = hint is None
        return failure
    failure = kind(f"{proxy}: {error}", host=host, phase="proxy")
    failure.host = proxy
    return failure
