"""What has arrived of a response, and how much of the request is still to be taken."""

from __future__ import annotations

from collections import deque
from typing import Final

import httpx

from aiaas_mock.testing.exchange import MOST_UNREAD_BYTES
from aiaas_mock.testing.messages import Broken, End, Head, Message, Taken
from aiaas_mock.testing.requests import error_of

_MOST_UNTAKEN_BYTES: Final = 256 * 1024
_TELL_BYTES: Final = MOST_UNREAD_BYTES // 2


class Reception:
    """Keeps the account of one exchange for its client; waits for nothing.

    Args:
        request: The request.

    Attributes:
        over: Whether nothing more will come.
    """

    __slots__ = ("_early", "_read_bytes", "_request", "_untaken_bytes", "over")

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._early: deque[Message] = deque()
        self._untaken_bytes = 0
        self._read_bytes = 0
        self.over = False

    @property
    def is_full(self) -> bool:
        """Whether the application has enough to take for now."""
        return self._untaken_bytes > _MOST_UNTAKEN_BYTES

    @property
    def answered(self) -> bool:
        """Whether the response ended before the request did."""
        return any(isinstance(message, End | Broken) for message in self._early)

    def count_sent(self, size_bytes: int) -> None:
        """Count a piece of the request."""
        self._untaken_bytes += size_bytes

    def keep(self, message: Message) -> None:
        """Take a message while the request is still being sent."""
        if isinstance(message, Taken):
            self._untaken_bytes -= message.size_bytes
        else:
            self._early.append(message)

    def kept(self) -> Message | None:
        """Return the next message that came early."""
        return self._early.popleft() if self._early else None

    def head(self, message: Message) -> Head:
        """Return status and headers.

        Raises:
            Exception: The connection broke, or the application raised it.
        """
        if isinstance(message, Head):
            return message
        self.over = True
        raise error_of(message, self._request)

    def piece(self, message: Message) -> bytes | None:
        """Return a piece of the body; None at its end.

        Raises:
            Exception: The connection broke, or the application raised it.
        """
        if isinstance(message, bytes):
            return message
        self.over = True
        if isinstance(message, End):
            return None
        raise error_of(message, self._request)

    def to_tell(self, size_bytes: int) -> int:
        """Count what was read, and return what to tell of it: a bit now and then is enough."""
        self._read_bytes += size_bytes
        if self._read_bytes < _TELL_BYTES:
            return 0
        told, self._read_bytes = self._read_bytes, 0
        return told
