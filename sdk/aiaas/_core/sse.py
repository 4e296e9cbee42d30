"""Server-sent events, as the WHATWG HTML standard reads them, from bytes that come in pieces.

Section 9.2.6, "Interpreting an event stream". Three things of it are easily missed, and each has
broken a client: a block without ``data`` (``retry:`` or a comment alone) is no event, a chunk may
end between CR and LF or inside a character, and what the end of the stream cuts off is dropped.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

MEDIA_TYPE: Final = "text/event-stream"
DEFAULT_MAX_EVENT_CHARS: Final = 16 * 1024 * 1024
"""Above any event of the contract; a stream without line ends must not fill the memory."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")  # `str.splitlines` knows ten kinds, the standard three
_BOM: Final = "\ufeff"
_MILLISECONDS: Final = re.compile(r"[0-9]{1,15}")  # more is no time that anybody waits


class EventTooLargeError(ValueError):
    """One event is longer than the decoder was told to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a stream.

    Attributes:
        type: What ``event:`` said, else ``message``.
        data: Its ``data:`` lines, joined by line feeds.
        id: The last ``id:`` that came, in this event or before it.
    """

    type: str = "message"
    data: str = ""
    id: str = ""


class SseDecoder:
    """Turns bytes into events; how the bytes are cut into chunks makes no difference.

    Attributes:
        retry_ms: What the last valid ``retry:`` asked for, if any did.
        last_id: The last ``id:`` that came, even if no event followed it.

    Example:
        >>> decoder = SseDecoder()
        >>> decoder.feed(b"event: token\\ndata: Hel")
        []
        >>> decoder.feed(b"lo\\n\\n")
        [Event(type='token', data='Hello', id='')]
    """

    def __init__(self, *, max_event_chars: int = DEFAULT_MAX_EVENT_CHARS) -> None:
        self.retry_ms: int | None = None
        self.last_id = ""
        self._max_event_chars = max_event_chars
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = True
        self._after_cr = False
        self._line: list[str] = []  # pieces of the line under way: joined once, when it ends
        self._line_chars = 0
        self._type = ""
        self._data: list[str] = []
        self._data_chars = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes.

        Raises:
            EventTooLargeError: An event is longer than `max_event_chars`.
        """
        lines = self._lines(self._decoder.decode(chunk))
        return [event for line in lines if (event := self._read(line)) is not None]

    def _lines(self, text: str) -> list[str]:
        """Return the lines that `text` completes, and keep what comes after them."""
        if not text:
            return []  # a CR that came before still waits for its LF
        if self._at_start:
            self._at_start = False
            text = text.removeprefix(_BOM)
        if self._after_cr:
            # The CR ended its line at once: no event may wait for a byte that may never come.
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r")
        first, *others = _LINE_END.split(text)
        self._keep(first)
        if not others:
            return []
        lines = ["".join(self._line), *others[:-1]]
        self._line = []
        self._line_chars = 0
        self._keep(others[-1])
        return lines

    def _keep(self, piece: str) -> None:
        if piece:
            self._line.append(piece)
            self._line_chars += len(piece)
            self._check_size()

    def _read(self, line: str) -> Event | None:
        """Take a line in; an empty one ends an event."""
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")  # a comment is a field without a name
        self._set(name, value.removeprefix(" "))
        return None

    def _set(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
            self._data_chars += len(value) + 1
            self._check_size()
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
        elif name == "retry" and _MILLISECONDS.fullmatch(value):
            self.retry_ms = int(value)

    def _dispatch(self) -> Event | None:
        event = None
        if self._data:
            event = Event(type=self._type or "message", data="\n".join(self._data), id=self.last_id)
        self._type = ""
        self._data = []
        self._data_chars = 0
        return event

    def _check_size(self) -> None:
        if self._line_chars + self._data_chars > self._max_event_chars:
            raise EventTooLargeError(f"an event is longer than {self._max_event_chars} characters")
