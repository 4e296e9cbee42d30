"""Passes requests on to the deployment that is recorded, and its answers back.

Imported when that is asked for: a server that records nothing needs no HTTP client.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from typing import Any, Final

import httpx
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from aiaas.contract._operation import Operation
from aiaas_mock.cassettes.exchange import Headers
from aiaas_mock.cassettes.take import Take
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.http.answers import StreamedAnswer
from aiaas_mock.http.body import BodyReader
from aiaas_mock.lab.recordings.messages import SERVER, decoded, headers_of, path_of, relayed
from aiaas_mock.lab.recordings.session import Session, Upstream

PASSED_BY: Final = "X-Mock-Passed-By"
"""Request: the servers that passed it on, with commas between."""

_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
_PROBE_TIMEOUT: Final = httpx.Timeout(5.0)
_OF_THE_SERVER: Final = "system."
# What is recorded of a compressed answer has none of its pieces.
_ALWAYS: Final = ("accept-encoding", "identity")


class Forwarding:
    """The deployment that is recorded, in the place of a namespace: a `Detour`.

    A connection for each request: one that was kept could have been closed meanwhile, which would
    be told as a failure of the deployment.

    Args:
        session: Where its answers are kept.
        upstream: The deployment.
        server_id: Names this run of this server.
        timeout: How long it may take, step by step.
    """

    def __init__(
        self,
        session: Session,
        upstream: Upstream,
        server_id: str,
        *,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> None:
        self._timeout = timeout
        self._session = session
        self._upstream = upstream
        self._server_id = server_id

    @property
    def admits(self) -> bool:
        """Whether keys are looked at here: they are where others would use what is ours."""
        return self._upstream.api_key is not None or bool(self._upstream.headers)

    def takes(self, operation: Operation[Any, Any]) -> bool:
        """Take all but what is about this server; tokens, too, where the upstream's are shown."""
        if self.admits:
            return operation.scope is not None
        return not operation.name.startswith(_OF_THE_SERVER)

    async def answer(self, scope: Scope, body: BodyReader, record: RequestRecord) -> StreamedAnswer:
        """Have the deployment answer.

        Raises:
            ApiError: It cannot be reached, takes too long, or the request has been here before.
        """
        passed_by = self._passed_by(scope)
        headers, path = headers_of(scope), path_of(scope)
        take = self._session.begin(scope["method"], self._origin + path, headers)
        request = self._request(scope, path, headers, _noted(body, take))
        request.headers[PASSED_BY] = passed_by
        client = httpx.AsyncClient(verify=self._tls)
        try:
            response = await self._sent(client, request)
        except BaseException:
            await client.aclose()
            raise
        came = decoded(response.headers.raw)
        take.head(response.status_code, came)
        pieces = _Relay(client, response, take, lambda: self._keep(take, headers, record))
        if scope["method"] == "HEAD":  # nobody will ask for its body
            self._keep(take, headers, record)
            await pieces.aclose()
        return relayed(response.status_code, _without_date(came), pieces, record)

    @property
    def _origin(self) -> str:
        url = httpx.URL(self._upstream.url)
        return f"{url.scheme}://{url.netloc.decode()}"

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()  # read once: it takes longer than a request

    def _passed_by(self, scope: Scope) -> str:
        """Return who passed a request on, and that we do now.

        Raises:
            ApiError: We did already.
        """
        wanted = PASSED_BY.lower().encode()
        before = [v.decode("latin-1") for name, v in scope["headers"] if name == wanted]
        if any(self._server_id in value for value in before):
            raise ApiError(
                "invalid_request",
                "This server passed the request on to itself. Stop the recording with "
                "POST /_mock/recordings/stop, and name another upstream.",
            )
        return ", ".join((*before, self._server_id))

    def _request(
        self, scope: Scope, path: str, headers: Headers, content: AsyncIterator[bytes]
    ) -> httpx.Request:
        upstream = self._upstream
        own = [*upstream.headers, _ALWAYS]
        if upstream.api_key is not None:
            own.append(("authorization", f"Bearer {upstream.api_key}"))
        replaced = {name.lower() for name, _ in own} | {"expect"}
        kept = [pair for pair in headers if pair[0] not in replaced]
        framed = {b"content-length", b"transfer-encoding"}
        has_body = any(name in framed for name, _ in scope["headers"])
        return httpx.Request(
            scope["method"],
            f"{upstream.url}{path}",
            headers=[(n.encode("latin-1"), v.encode("latin-1")) for n, v in (*kept, *own)],
            content=content if has_body else None,
            extensions={"timeout": self._timeout.as_dict()},
        )

    async def _sent(self, client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        url = self._upstream.url
        try:
            return await client.send(request, stream=True)
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            raise ApiError(
                "deadline_exceeded",
                f"The upstream {url} did not answer in {self._timeout.read:g} s.",
            ) from None
        except httpx.TransportError as error:
            raise ApiError(
                "overloaded",
                f"The upstream {url} cannot be reached ({type(error).__name__}). See that it runs "
                "and that its address is right, or end the recording: POST /_mock/recordings/stop.",
                headers={"Retry-After": "1"},
            ) from None

    def _keep(self, take: Take, headers: Headers, record: RequestRecord) -> None:
        if record.injected is None:
            self._session.keep(take, headers)


class _Relay:
    """The body of an answer, as it comes.

    A class, as a generator that was never begun would not close what it stands before.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        response: httpx.Response,
        take: Take,
        done: Callable[[], None],
    ) -> None:
        self._client = client
        self._response = response
        self._take = take
        self._done = done
        self._pieces = response.aiter_raw()

    def __aiter__(self) -> _Relay:
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece."""
        try:
            return self._take.take(await anext(self._pieces))
        except StopAsyncIteration:
            self._done()
            raise
        except httpx.TransportError as error:
            raise ClientDisconnect from error  # the answer was cut off: so it is for the client

    async def aclose(self) -> None:
        """End the connection."""
        await self._response.aclose()
        await self._client.aclose()


async def _noted(body: BodyReader, take: Take) -> AsyncIterator[bytes]:
    async for piece in body.chunks():
        yield take.ask(piece)


async def refuse_own(upstream: Upstream, server_id: str) -> None:
    """Refuse a deployment that is this server, in whatever namespace.

    Raises:
        ApiError: It is.
    """
    address = f"{upstream.url}/_mock/health"
    try:
        async with httpx.AsyncClient(timeout=_PROBE_TIMEOUT) as client:
            answer = await client.get(address, headers=list(upstream.headers))
    except (httpx.InvalidURL, ValueError, OverflowError) as error:
        raise ApiError(
            "invalid_request", "The upstream is no address.", param="/upstream"
        ) from error
    except httpx.TransportError:
        return  # it may start later; requests are told when it did not
    if answer.headers.get(SERVER) == server_id:
        raise ApiError(
            "invalid_request",
            "The upstream is this very server, whose requests would go round in circles. "
            "Name another, or leave 'upstream' out to record what is answered here.",
            param="/upstream",
        )


def _without_date(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if pair[0] != "date")  # the server of here dates it
