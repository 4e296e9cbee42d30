"""A proxy that hurts a part of what passes through it, decided by a seed."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum, auto
from types import MappingProxyType, TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit


class Fate(Enum):
    """What becomes of a request."""

    PASSED = auto()
    DELAYED = auto()
    """Passed on, a little later."""
    DROPPED = auto()
    """Not passed on, and the connection closed."""
    RESET_BEFORE = auto()
    """Not passed on, and the connection reset."""
    RESET_AFTER = auto()
    """Passed on and answered; the connection is reset instead of giving the answer."""
    CUT = auto()
    """Passed on, and half of the answer given."""
    BUSY = auto()
    """Answered with a 503 of the proxy itself."""
    BUSY_FOR_A_MOMENT = auto()
    """The same, with a ``Retry-After``."""
    UNANSWERED = auto()
    """Not passed on and never answered."""


SURVIVED: Final = frozenset({Fate.PASSED, Fate.DELAYED})
DONE_BUT_LOST: Final = frozenset({Fate.RESET_AFTER, Fate.CUT})
"""What the server did without the client's knowing."""

STORM: Final[Mapping[Fate, float]] = MappingProxyType(
    {
        Fate.DELAYED: 0.05,
        Fate.DROPPED: 0.05,
        Fate.RESET_BEFORE: 0.05,
        Fate.RESET_AFTER: 0.08,
        Fate.CUT: 0.05,
        Fate.BUSY: 0.04,
        Fate.BUSY_FOR_A_MOMENT: 0.03,
    }
)
"""Three in ten requests are lost, and some more are late."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_DELAY_S: Final = 0.03
_BUSY: Final = b"HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n%s\r\nbusy"


class _Message(NamedTuple):
    """A request or an answer."""

    head: bytes
    body: bytes


class _Peer:
    """One end of a connection, counted as long as it is open."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, open_peers: set[_Peer]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._open_peers = open_peers
        open_peers.add(self)

    async def read(self) -> _Message | None:
        """Read a message; None when the other side left before it was whole."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            return _Message(head, await self._reader.readexactly(int(length[1]) if length else 0))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def wait_until_left(self) -> None:
        while await self._reader.read(65536):
            pass

    async def close(self, *, reset: bool = False) -> None:
        if self not in self._open_peers:
            return
        self._open_peers.remove(self)
        if reset:
            # To linger for no time at all is how a socket is told to say RST instead of FIN.
            connection: socket.socket = self._writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        self._writer.close()
        with suppress(ConnectionError):  # the other side was quicker
            await self._writer.wait_closed()


class LossyProxy:
    """Stands before a server, in a thread of its own.

    Args:
        target: URL of the server.
        seed: Decides the fate of the first, second, ... request.
        odds: How probable each fate is; what is left of 1 is passed on.

    Attributes:
        url: Where it listens.
        counts: How many requests had which fate.
    """

    def __init__(self, target: str, *, seed: int, odds: Mapping[Fate, float] = STORM) -> None:
        address = urlsplit(target)
        self._target = (address.hostname, address.port)
        self._random = random.Random(seed)
        self._fates = [*odds, Fate.PASSED]
        self._weights = [*odds.values(), max(0.0, 1.0 - sum(odds.values()))]
        self._open_peers: set[_Peer] = set()
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="proxy")
        self.counts: Counter[Fate] = Counter()

    def __enter__(self) -> Self:
        # Client and proxy are two threads that wake each other all the time. Who wants to run
        # would wait 5 ms for it by default, which is longer than a whole request takes.
        self._interval_s = sys.getswitchinterval()
        sys.setswitchinterval(0.0005)
        self._thread.start()
        _, _, port = self._started.result()
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        loop, stop, _ = self._started.result()
        loop.call_soon_threadsafe(stop.set)
        self._thread.join()
        sys.setswitchinterval(self._interval_s)

    @property
    def attempts(self) -> int:
        """How many requests came."""
        return self.counts.total()

    @property
    def loss(self) -> float:
        """Share of the requests that had no whole answer of the server."""
        return 1.0 - sum(self.counts[fate] for fate in SURVIVED) / self.attempts

    @property
    def open_connections(self) -> int:
        """Connections on both sides, now."""
        return len(self._open_peers)

    async def _serve(self) -> None:
        stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", backlog=512)
        port = server.sockets[0].getsockname()[1]
        self._started.set_result((asyncio.get_running_loop(), stop, port))
        async with server:
            await stop.wait()
            for peer in tuple(self._open_peers):
                await peer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client, server = _Peer(reader, writer, self._open_peers), _Server(self._dial)
        try:
            while (request := await client.read()) is not None:
                (fate,) = self._random.choices(self._fates, self._weights)
                self.counts[fate] += 1
                if not await _meet(fate, request, client, server):
                    break
        except ConnectionError:  # one of the two left
            pass
        finally:
            await client.close()
            await server.close()

    async def _dial(self) -> _Peer:
        return _Peer(*await asyncio.open_connection(*self._target), self._open_peers)


class _Server:
    """The server as one client's connection sees it: dialled when there is something to send."""

    def __init__(self, dial: Callable[[], Awaitable[_Peer]]) -> None:
        self._dial = dial
        self._peer: _Peer | None = None

    async def ask(self, request: _Message) -> _Message:
        if self._peer is not None:
            answer = await self._ask(self._peer, request)
            if answer is not None:
                return answer
            # The server closes connections that were idle for long, as between slow calls.
            await self._peer.close()
        self._peer = await self._dial()
        answer = await self._ask(self._peer, request)
        if answer is None:
            raise ConnectionResetError
        return answer

    @staticmethod
    async def _ask(peer: _Peer, request: _Message) -> _Message | None:
        try:
            await peer.write(request.head + request.body)
        except ConnectionError:
            return None
        return await peer.read()

    async def close(self) -> None:
        if self._peer is not None:
            await self._peer.close()


async def _meet(fate: Fate, request: _Message, client: _Peer, server: _Server) -> bool:
    """Do with a request what its fate is, and say whether its connection goes on."""
    match fate:
        case Fate.DROPPED:
            return False
        case Fate.RESET_BEFORE:
            await client.close(reset=True)
            return False
        case Fate.UNANSWERED:
            await client.wait_until_left()
            return False
        case Fate.BUSY:
            await client.write(_BUSY % b"")
            return True
        case Fate.BUSY_FOR_A_MOMENT:
            await client.write(_BUSY % b"Retry-After-Ms: 10\r\n")
            return True
        case Fate.DELAYED:
            await asyncio.sleep(_DELAY_S)
    answer = await server.ask(request)
    match fate:
        case Fate.RESET_AFTER:
            await client.close(reset=True)
            return False
        case Fate.CUT:
            await client.write(answer.head + answer.body[: len(answer.body) // 2])
            return False
    await client.write(answer.head + answer.body)
    return True
