"""``multipart/form-data`` with a JSON part ``request`` and repeated file parts ``inputs``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from aiaas_mock.errors import ApiError
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.faults import invalid_field

_REQUEST: Final = "request"
_INPUTS: Final = "inputs"
_MOST_PARTS: Final = 1024  # far above any operation's limit on inputs, which is checked later


@dataclass(slots=True)
class Form:
    """The parts of a body.

    Attributes:
        request: The JSON part, ``{}`` when there is none.
        inputs: The files, in order.
    """

    request: bytes = b"{}"
    inputs: list[bytes] = field(default_factory=list)


async def read_form(body: BodyReader, boundary: str) -> Form:
    """Read a body part by part, as it arrives.

    Raises:
        ApiError: It is malformed, or has a part of another name.
    """
    collector = _Collector()
    try:
        with PushMultipartParser(
            boundary, max_segment_count=_MOST_PARTS, max_header_size=4096
        ) as parser:
            async for chunk in body.chunks():
                for event in parser.parse(chunk):
                    collector.take(event)
    except (MultipartError, ValueError) as error:
        raise ApiError("invalid_multipart", f"The body cannot be read: {error}.") from error
    return collector.form


class _Collector:
    """Puts the parser's events together."""

    def __init__(self) -> None:
        self.form = Form()
        self._name = ""
        self._payload: list[bytes] = []
        self._seen_request = False

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if event is None:
            self._finish()
        elif isinstance(event, MultipartSegment):
            self._start(event.name)
        else:
            self._payload.append(bytes(event))

    def _start(self, name: str) -> None:
        if name not in (_REQUEST, _INPUTS):
            raise invalid_field(
                "/", "unknown_field", "Parts are named 'request' or 'inputs', nothing else."
            )
        if name == _REQUEST and self._seen_request:
            raise invalid_field("/request", "duplicate", "There may be one 'request' part.")
        self._name = name
        self._payload = []

    def _finish(self) -> None:
        payload = self._payload[0] if len(self._payload) == 1 else b"".join(self._payload)
        if self._name == _REQUEST:
            self._seen_request = True
            self.form.request = payload
        else:
            self.form.inputs.append(payload)
