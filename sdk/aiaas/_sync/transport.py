# Generated from aiaas/_async/transport.py by `make sync`; edit that file instead.
"""The only module that knows httpx: one request in, one answer or one error out."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import httpx

from aiaas._core.config import Config
from aiaas._core.errors import APIConnectionError, APITimeoutError, ConfigurationError, Phase
from aiaas._core.requests import Outgoing, Part
from aiaas._core.responses import RawResponse
from aiaas._core.version import CLIENT_VERSION, USER_AGENT

HttpClient = httpx.Client
"""What may be passed as ``http_client``."""

# httpx keeps 20 idle connections by default; more callers than that would reconnect all the time.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)
_CONNECT_TIMEOUT_S = 10.0

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


class Transport:
    """Sends requests over the connections of one httpx client."""

    def __init__(self, config: Config, http_client: HttpClient | None) -> None:
        _check(config, http_client)
        self._config = config
        self._owned = http_client is None
        self._http = http_client or httpx.Client(limits=_LIMITS, follow_redirects=False)
        self._timeout = httpx.Timeout(
            config.timeout_s, connect=min(config.timeout_s, _CONNECT_TIMEOUT_S)
        )
        # `httpx.Headers` masks the key in its repr, which a plain dictionary would show to
        # whoever prints the locals of a traceback.
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Authorization": f"Bearer {config.api_key.reveal()}",
                "User-Agent": USER_AGENT,
                "Aiaas-Client-Version": CLIENT_VERSION,
            }
        )

    def send(self, outgoing: Outgoing, *, attempt: int) -> RawResponse:
        """Send a request once and read the whole answer.

        Raises:
            APIConnectionError: No answer came.
        """
        request = self._request(outgoing, attempt)
        try:
            # Redirects are refused whatever the client's own setting: the key would go along.
            response = self._http.send(request, follow_redirects=False)
        except httpx.RequestError as error:
            raise _connection_error(error, request.url) from error
        return RawResponse(response.status_code, response.headers, response.content)

    def close(self) -> None:
        """Close the connections, unless the httpx client was passed in."""
        if self._owned:
            self._http.close()

    def _request(self, outgoing: Outgoing, attempt: int) -> httpx.Request:
        headers = self._headers.copy()
        if outgoing.content_type is not None:
            headers["Content-Type"] = outgoing.content_type
        if attempt > 1:
            headers["Aiaas-Retry-Count"] = str(attempt - 1)
        return self._http.build_request(
            outgoing.operation.method,
            self._url(outgoing),
            content=outgoing.content,
            files=[_file(part) for part in outgoing.parts] or None,
            headers=headers,
            timeout=self._timeout,
        )

    def _url(self, outgoing: Outgoing) -> str:
        url = self._config.base_url + outgoing.path
        return f"{url}?{outgoing.query}" if outgoing.query else url


def _check(config: Config, http_client: object) -> None:
    if http_client is not None and not isinstance(http_client, HttpClient):
        wanted, given = HttpClient.__name__, type(http_client)
        raise ConfigurationError(
            f"http_client must be an httpx.{wanted}; got {given.__module__}.{given.__qualname__}."
        )
    try:
        httpx.URL(config.base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"The base URL cannot be read: {error}.") from None


def _file(part: Part) -> tuple[str, tuple[str | None, bytes, str]]:
    return part.name, (part.filename, part.content, part.media_type)


def _connection_error(error: httpx.RequestError, url: httpx.URL) -> APIConnectionError:
    kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
    return kind(str(error), host=url.netloc.decode("ascii"), phase=_phase_of(error))


def _phase_of(error: httpx.RequestError) -> Phase:
    phase = _PHASES.get(type(error), "read")
    if phase == "connect":
        causes = _causes(error)
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return "resolve"
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return "tls"
    return phase


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: Any = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes
