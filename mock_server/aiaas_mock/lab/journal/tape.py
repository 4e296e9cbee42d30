"""What goes past on the way between a client and the server, copied as far as it may be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import Message, Receive, Send

KEPT_BYTES: Final = 64 * 1024
"""The longest body that is kept; of longer ones only size and digest are."""

RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Copied:
    """A body that went past.

    Attributes:
        media_type: Content type without parameters, lower case; empty for none.
        size_bytes: How much of it was seen.
        text: The body, where it is JSON or events and short enough; None otherwise.
        digest: SHA-256 of what is not kept; empty for what is.
    """

    media_type: str
    size_bytes: int
    text: bytes | None
    digest: str

    @property
    def sha256(self) -> str:
        """SHA-256 of what was seen; empty for no body."""
        return self.digest if self.text is None else hashlib.sha256(self.text).hexdigest()

    @property
    def weight_bytes(self) -> int:
        """Memory that it takes."""
        return 0 if self.text is None else len(self.text)


_NOTHING: Final = Copied("", 0, None, "")


class _Copy:
    """A body on its way past. What is kept is hashed when somebody asks, anything else now."""

    __slots__ = ("_digest", "_kept", "_media_type", "_size_bytes")

    def __init__(self, headers: RawHeaders) -> None:
        self._media_type = media_type_of(headers)
        self._kept: bytes | None = b"" if is_text(self._media_type) else None
        self._size_bytes = 0
        self._digest: Any = None

    def add(self, piece: bytes) -> None:
        self._size_bytes += len(piece)
        if self._kept is not None:
            piece = self._kept + piece if self._kept else piece
            self._kept = piece
            if self._size_bytes <= KEPT_BYTES:
                return
            self._kept = None
        if self._digest is None:
            self._digest = hashlib.sha256()
        self._digest.update(piece)

    def done(self) -> Copied:
        digest = "" if self._digest is None else self._digest.hexdigest()
        return Copied(self._media_type, self._size_bytes, self._kept or None, digest)


class Tape:
    """Copies one request and its answer while they go past.

    Args:
        headers: Headers of the request, in lower case.
        receive: The ASGI channel from the client.
        send: The ASGI channel to the client.

    Attributes:
        status: Status of the answer; 0 before there is one.
        answer_headers: Its headers.
    """

    __slots__ = ("_answer", "_headers", "_receive", "_request", "_send", "answer_headers", "status")

    def __init__(self, headers: RawHeaders, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._headers = headers
        self._request: _Copy | None = None
        self._answer: _Copy | None = None
        self.status = 0
        self.answer_headers: RawHeaders = ()

    @property
    def request(self) -> Copied:
        """The body of the request, as far as the server has read it."""
        return _NOTHING if self._request is None else self._request.done()

    @property
    def answer(self) -> Copied:
        """The body of the answer, as far as it was sent."""
        return _NOTHING if self._answer is None else self._answer.done()

    async def receive(self) -> Message:
        """Pass on what the client sends."""
        message = await self._receive()
        body = message.get("body")
        if body:
            if self._request is None:
                self._request = _Copy(self._headers)
            self._request.add(body)
        return message

    async def send(self, message: Message) -> None:
        """Pass on what the server sends."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answer_headers = message["headers"]
            self._answer = _Copy(self.answer_headers)
        elif self._answer is not None and (body := message.get("body")):
            self._answer.add(body)
        await self._send(message)


def media_type_of(headers: RawHeaders) -> str:
    """Return the content type without parameters; empty for none."""
    for name, value in headers:
        if name == b"content-type":
            return value.decode("latin-1").partition(";")[0].strip().lower()
    return ""


def is_text(media_type: str) -> bool:
    """Say whether bodies of a content type are kept: JSON and events are, pictures never."""
    return media_type in ("application/json", "text/event-stream") or media_type.endswith("+json")
