"""Reads HAR 1.2 files, ours and other tools', and says which entry and which field is wrong."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aiaas_mock.cassettes.exchange import Cassette, Chunk, Exchange, Headers

_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~:-]+$")]
_HeaderValue = Annotated[str, Field(pattern=r"^[^\r\n\x00]*$")]
_Time = Annotated[float, Field(allow_inf_nan=False)]

_ENTRIES: Final = "/log/entries"
_UNREADABLE: Final = "not a HAR file"


class CassetteError(Exception):
    """A file is no cassette; the message says why.

    Attributes:
        place: JSON pointer to what is wrong; empty when all of it is.
        reason: What is wrong there.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{_UNREADABLE}: {f'{place}: ' if place else ''}{reason}")
        self.place = place
        self.reason = reason


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Named(_Part):
    name: _HeaderName
    value: _HeaderValue


class _Content(_Part):
    text: str = ""
    encoding: str = ""


class _Request(_Part):
    method: Annotated[str, Field(pattern=r"^[A-Z]{1,16}$")]
    url: str
    headers: tuple[_Named, ...]
    body: _Content = Field(_Content(), alias="postData")


class _Response(_Part):
    status: Annotated[int, Field(ge=100, le=599)]
    headers: tuple[_Named, ...]
    content: _Content


class _Chunk(_Part):
    size_bytes: Annotated[int, Field(ge=0)]
    at_ms: _Time


class _Timings(_Part):
    wait: _Time = 0.0


class _Entry(_Part):
    begun: datetime = Field(alias="startedDateTime")
    request: _Request
    response: _Response
    timings: _Timings = _Timings()
    comment: str = ""
    chunks: tuple[_Chunk, ...] | None = Field(None, alias="_chunks")


def read_har(text: str) -> Cassette:
    """Read the text of a HAR file; one without ``_chunks`` has every body in one piece.

    Raises:
        CassetteError: It is none.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CassetteError("", f"{type(error).__name__}: {error}") from error
    return read_log(value.get("log") if isinstance(value, dict) else None)


def read_log(log: Any) -> Cassette:
    """Read what stands under ``log`` in a HAR file; raises like `read_har`."""
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise CassetteError(_ENTRIES, "there must be a list of entries here.")
    return Cassette([_exchange(entry, f"{_ENTRIES}/{at}") for at, entry in enumerate(entries)])


def _exchange(value: Any, place: str) -> Exchange:
    try:
        entry = _Entry.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = "".join(f"/{step}" for step in first["loc"])
        raise CassetteError(f"{place}{field}", f"{first['msg']}.") from None
    body = _bytes(entry.response.content, f"{place}/response/content/text")
    return Exchange(
        method=entry.request.method,
        url=entry.request.url,
        request_headers=_pairs(entry.request.headers),
        request_body=_bytes(entry.request.body, f"{place}/request/postData/text"),
        status=entry.response.status,
        response_headers=_pairs(entry.response.headers),
        response_body=body,
        chunks=_chunks(entry.chunks, body, f"{place}/_chunks"),
        begun=entry.begun,
        wait_ms=max(entry.timings.wait, 0.0),  # -1 is HAR's word for what is not known
        comment=entry.comment,
    )


def _bytes(content: _Content, place: str) -> bytes:
    try:
        if content.encoding == "base64":
            return base64.b64decode(content.text, validate=True)
        return content.text.encode()
    except ValueError:  # of half a character, too
        raise CassetteError(place, "this is not what its encoding says.") from None


def _chunks(chunks: tuple[_Chunk, ...] | None, body: bytes, place: str) -> tuple[Chunk, ...]:
    if chunks is None:
        return (Chunk(size_bytes=len(body), at_ms=0.0),) if body else ()
    if sum(chunk.size_bytes for chunk in chunks) != len(body):
        raise CassetteError(place, "together the chunks are not as long as its body.")
    return tuple(Chunk(size_bytes=one.size_bytes, at_ms=max(one.at_ms, 0.0)) for one in chunks)


def _pairs(named: tuple[_Named, ...]) -> Headers:
    # Browsers list what HTTP/2 has in the place of a request line among the headers.
    return tuple((one.name, one.value) for one in named if not one.name.startswith(":"))
