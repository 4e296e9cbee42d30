"""An upload as it travels: a JSON part ``request`` (optional), then one part ``file``.

The file is handed on while it arrives. That is why the order matters: what is to be done with
the bytes must be known before the first of them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeAlias

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from pydantic import BaseModel

from aiaas_mock.errors import ApiError
from aiaas_mock.http.body import BodyReader
from aiaas_mock.http.faults import invalid_field
from aiaas_mock.services.uploads import Upload

_REQUEST: Final = "request"
_FILE: Final = "file"
_MOST_REQUEST_BYTES: Final = 32 * 1024
_MOST_NAME: Final = 255
_MOST_MEDIA_TYPE: Final = 127
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)

_Event: TypeAlias = MultipartSegment | bytes | bytearray | None


async def read_upload(
    body: BodyReader,
    boundary: str,
    *,
    parse: Callable[[bytes], BaseModel],
    max_file_bytes: int,
) -> Upload[Any]:
    """Read a body up to the first byte of its file.

    Args:
        body: The body, unread.
        boundary: What parts it.
        parse: Reads the JSON part.
        max_file_bytes: The largest file that is taken.

    Raises:
        ApiError: It is malformed, has other parts or another order, or no file.
    """
    events = _events(body, boundary)
    options = b"{}"
    part = await anext(events, None)
    if isinstance(part, MultipartSegment) and part.name == _REQUEST:
        options = await _whole(events)
        part = await anext(events, None)
    if not isinstance(part, MultipartSegment):
        raise invalid_field("/file", "missing_field", "There must be one part named 'file'.")
    if part.name != _FILE:
        raise _misplaced(part.name)
    return Upload(
        options=parse(options),
        filename=safe_name(part.filename),
        media_type=_safe_media_type(part.content_type),
        source=_file(events, max_file_bytes),
    )


def safe_name(filename: str | None) -> str:
    """Return a file's name without folders and control characters."""
    name = re.split(r"[/\\]", filename or "")[-1]
    name = _CONTROL.sub("", name).strip()[:_MOST_NAME]
    return name if name.strip(".") else "file"


def _safe_media_type(value: str | None) -> str:
    media_type = (value or "").partition(";")[0].strip().lower()
    if len(media_type) <= _MOST_MEDIA_TYPE and _MEDIA_TYPE.fullmatch(media_type):
        return media_type
    return "application/octet-stream"


async def _events(body: BodyReader, boundary: str) -> AsyncIterator[_Event]:
    """Yield part heads, bytes, and None at the end of each part."""
    try:
        with PushMultipartParser(boundary, max_segment_count=8, max_header_size=4096) as parser:
            async for chunk in body.chunks():
                for event in parser.parse(chunk):
                    yield event
    except (MultipartError, ValueError) as error:
        raise ApiError("invalid_multipart", f"The body cannot be read: {error}.") from error


async def _whole(events: AsyncIterator[_Event]) -> bytes:
    """Read the rest of a small part."""
    data = bytearray()
    async for event in events:
        if event is None:
            break
        data += event
        if len(data) > _MOST_REQUEST_BYTES:
            raise ApiError(
                "invalid_multipart",
                f"The part 'request' has more than {_MOST_REQUEST_BYTES} bytes.",
                headers={"Connection": "close"},
            )
    return bytes(data)


async def _file(events: AsyncIterator[_Event], max_bytes: int) -> AsyncIterator[bytes]:
    """Yield the bytes of the file, and see to it that nothing follows."""
    size_bytes = 0
    async for event in events:
        if isinstance(event, MultipartSegment):
            raise _misplaced(event.name)
        if event is None:
            continue
        size_bytes += len(event)
        if size_bytes > max_bytes:
            raise ApiError(
                "file_too_large",
                f"The file has more than {max_bytes} bytes.",
                headers={"Connection": "close"},
            )
        yield bytes(event)


def _misplaced(name: str) -> ApiError:
    if name == _REQUEST:
        detail = "The part 'request' must be the first, before the part 'file'."
    elif name == _FILE:
        detail = "There may be one part named 'file'."
    else:
        detail = "Parts are named 'request' or 'file', nothing else."
    return ApiError("invalid_multipart", detail, headers={"Connection": "close"})
