"""One endpoint per operation of the lab: who may steer, of which namespace."""

from __future__ import annotations

import hmac
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from aiaas.contract._operation import Operation
from aiaas_mock.context import random_id
from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder, RequestRecord
from aiaas_mock.http.answers import Answer, StreamedAnswer, encode
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.decode import Incoming, decoder
from aiaas_mock.http.exchange import Exchange
from aiaas_mock.http.sse import open_stream
from aiaas_mock.lab.claim import Claim
from aiaas_mock.lab.contract.recordings import CREATE as BRING
from aiaas_mock.lab.contract.recordings import MOST_HAR_BYTES
from aiaas_mock.lab.contract.ui import OPERATIONS as PAGES
from aiaas_mock.lab.loopback import is_local
from aiaas_mock.lab.namespace import Namespace
from aiaas_mock.lab.namespaces import Namespaces
from aiaas_mock.lab.recordings.messages import SERVER
from aiaas_mock.services.events import Events

MakeSpace = Callable[[], Awaitable[Namespace]]
"""Returns the namespace that a request means, made now if it is not there."""

ControlHandler = Callable[[Any, MakeSpace], Awaitable[Any]]
"""Answers an operation of the lab."""

_CLAIM: Final = "aiaas.claim"
_MOST_BODY_BYTES: Final = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What all endpoints of the lab share.

    Attributes:
        spaces: All namespaces.
        admin_token: What must be shown; None lets this machine steer, and no other.
        recorder: Takes the record of every request.
        server_id: Names this run of this server.
    """

    spaces: Namespaces
    admin_token: str | None
    recorder: Recorder
    server_id: str


class ControlEndpoint:
    """The ASGI application of one operation of the lab.

    Args:
        operation: A row of the lab's table.
        handler: What answers it.
        control: What all of them share.
    """

    def __init__(
        self, operation: Operation[Any, Any], handler: ControlHandler, control: Control
    ) -> None:
        self._operation = operation
        self._handler = handler
        self._control = control
        self._decode = decoder(operation, max_file_bytes=0)
        self._most_bytes = MOST_HAR_BYTES if operation is BRING else _MOST_BODY_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        record = RequestRecord(random_id("req"), self._operation.name)
        exchange = Exchange(record, receive, send, head=scope["method"] == "HEAD")
        exchange.headers[SERVER] = self._control.server_id
        await exchange.run(self._respond(scope, receive), self._control.recorder)

    async def _respond(self, scope: Scope, receive: Receive) -> Answer | StreamedAnswer:
        headers = Headers(scope=scope)
        self._check(scope, headers)
        body = BodyReader(receive, None, self._most_bytes)
        incoming = Incoming(scope["path_params"], scope["query_string"], headers, body)
        request = await self._decode(incoming)
        claim: Claim = scope[_CLAIM]

        async def space() -> Namespace:
            return await self._control.spaces.make(claim.name)

        answer = await self._handler(request, space)
        if isinstance(answer, Events):
            return await open_stream(answer, math.inf)
        return encode(self._operation, answer)

    def _check(self, scope: Scope, headers: Headers) -> None:
        expected = self._control.admin_token
        if expected is None:
            if not is_local(scope):
                raise ApiError(
                    "local_only", "Without --admin-token the lab answers its own machine only."
                )
            return
        if self._operation in PAGES:
            return
        shown = headers.get("authorization", "").partition(" ")[2].strip()
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode()):
            raise ApiError(
                "invalid_api_key",
                "The lab of this deployment wants 'Authorization: Bearer <admin token>'.",
                headers={"WWW-Authenticate": 'Bearer realm="aiaas lab"'},
            )


def note_claim(scope: Any, claim: Claim) -> None:
    """Write on a request which namespace it means."""
    scope[_CLAIM] = claim
