"""Writes down what a namespace itself answers."""

from __future__ import annotations

from collections import deque
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.lab.recordings.messages import address_of, decoded, headers_of
from aiaas_mock.lab.recordings.session import Session

_OF_THE_SERVER: Final = "system."


class Listener:
    """Listens to one request and its answer.

    Args:
        session: Where the exchange is kept.
        scope: The request.
        receive: The ASGI channel from the client.
        send: The ASGI channel to the client.
    """

    def __init__(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        self._session = session
        self._headers = headers_of(scope)
        self._take = session.begin(scope["method"], address_of(scope), self._headers)
        self._receive = receive
        self._send = send
        self._read: deque[Message] = deque()
        self._complete = False

    async def read(self) -> None:
        """Read the request as far as it may be kept; a server may refuse it without a look."""
        more = True
        while more and not self._take.too_large:
            message = await self._receive()
            self._take.ask(message.get("body", b""))
            self._read.append(message)
            more = message.get("more_body", False)

    async def receive(self) -> Message:
        """Pass on what the client sends."""
        if self._read:
            return self._read.popleft()
        return await self._receive()  # more of what is too large to be kept, or the hang-up

    async def send(self, message: Message) -> None:
        """Pass on what the server sends."""
        if message["type"] == "http.response.start":
            self._take.head(message["status"], decoded(message["headers"]))
        else:
            self._take.take(message.get("body", b""))
            self._complete = not message.get("more_body", False)
        await self._send(message)

    def finish(self, record: RequestRecord | None) -> None:
        """Keep the exchange: not one that was cut off, hit by a fault, or about the server."""
        if record is None or record.operation.startswith(_OF_THE_SERVER):
            return
        if self._complete and record.injected is None:
            self._session.keep(self._take, self._headers)
