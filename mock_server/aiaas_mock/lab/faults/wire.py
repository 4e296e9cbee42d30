"""The connection under a request: reset, closed, written to.

It is the server's own transport. In one process there is none; what a client over a socket would
see is then raised, as the exception that httpx raises there.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any, Final, Literal

from starlette.types import Receive, Send

if TYPE_CHECKING:
    import httpx

_GONE_WITHIN_S: Final = 5.0
_AT_ONCE: Final = struct.pack("ii", 1, 0)

Break = Literal["reset", "silence", "no answer", "cut", "no HTTP"]
"""How a connection ends that does not end well."""


def equal_of(broken: Break) -> httpx.TransportError:
    """Return what httpx raises over a socket when a connection ends like this."""
    import httpx  # here, since a server on a socket needs no client, which is slow to load

    if broken == "reset":
        return httpx.ReadError("[Errno 104] Connection reset by peer")
    if broken == "silence":
        return httpx.ReadTimeout("The read operation timed out")
    return httpx.RemoteProtocolError(_MESSAGES[broken])


_MESSAGES: Final[dict[Break, str]] = {
    "no answer": "Server disconnected without sending a response.",
    "cut": "peer closed connection without sending complete message body",
    "no HTTP": "illegal status line or chunk header",
}


class Wire:
    """The connection of one request.

    Args:
        transport: The server's.
        receive: The ASGI channel from the client.
    """

    def __init__(self, transport: asyncio.Transport, receive: Receive) -> None:
        self._transport = transport
        self._receive = receive

    @classmethod
    def of(cls, receive: Receive, send: Send) -> Wire | None:
        """Return the connection under a request; None where there is none that is known.

        uvicorn's ``send`` is a method of what holds the transport, with h11 and with httptools.
        """
        transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
        return None if transport is None else cls(transport, receive)

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._transport.write(data)

    async def reset(self) -> None:
        """Break the connection; the client is told at once, with RST."""
        found = self._transport.get_extra_info("socket")
        # On a socket of our own, since some servers' sockets take no options.
        with socket.socket(fileno=socket.dup(found.fileno())) as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()
        await self._until_gone()

    async def close(self) -> None:
        """Close the connection when what was written is sent."""
        self._transport.close()
        await self._until_gone()

    async def _until_gone(self) -> None:
        """Wait until the server knows, or it would answer in our place."""
        async with asyncio.timeout(_GONE_WITHIN_S):
            while (await self._receive())["type"] != "http.disconnect":
                pass
