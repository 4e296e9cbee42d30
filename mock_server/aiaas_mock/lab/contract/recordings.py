"""Recordings: what a deployment answered, kept to be answered again without it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from aiaas.contract._base import RequestModel, ResponseModel
from aiaas.contract._operation import Operation
from aiaas.contract.answers import Page

MOST_HAR_BYTES: Final = 64 * 2**20
"""The largest file that is read. It is larger than a recording, as JSON escapes."""

RecordingId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_URL: Final = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"


def _is_address(url: str) -> str:
    if not re.fullmatch(_URL, url):
        raise ValueError(
            "must be an address such as https://ai.example.com, without user, query or fragment"
        )
    return url


_Url = Annotated[
    str,
    Field(max_length=2048, json_schema_extra={"pattern": _URL}),
    AfterValidator(_is_address),
]
_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
_OURS: Final = frozenset(
    {"authorization", "connection", "content-length", "host", "transfer-encoding"}
)
_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class StartRecordingRequest(RequestModel):
    """What is recorded.

    Attributes:
        upstream: Address of the deployment that answers and is recorded, without ``/v1``; when
            omitted, the namespace itself is.
        api_key: Key for the upstream, shown to it in the place of the client's. It is told nobody.
        headers: Further headers for the upstream, told nobody either.
    """

    upstream: _Url | None = None
    api_key: Annotated[_Secret, Field(min_length=8)] | None = None
    headers: dict[_HeaderName, _Secret] = Field(default_factory=dict, max_length=16)

    @model_validator(mode="after")
    def _check(self) -> StartRecordingRequest:
        if self.upstream is None and (self.api_key is not None or self.headers):
            raise ValueError("'api_key' and 'headers' go with an 'upstream'")
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f"'{name}' is no further header; a key is given as 'api_key'")
        for secret in (self.api_key, *self.headers.values()):
            if secret is not None and not _can_travel(secret.get_secret_value()):
                raise ValueError("a header takes printable ASCII only")
        return self


class BringRecordingRequest(RequestModel):
    """A HAR 1.2 file, as it is.

    Attributes:
        log: What such files have: ``entries``, and about the program that wrote it.
    """

    log: dict[str, Any]


class RecordingRequest(RequestModel):
    """Which recording."""

    recording: RecordingId


class ReplayRecordingRequest(RequestModel):
    """What is replayed, and how.

    Attributes:
        recording: Id of the recording.
        pace: Whether answers come at once, or as slowly as they came when they were recorded.
    """

    recording: RecordingId
    pace: Literal["at_once", "recorded"] = "at_once"


class RecordingState(ResponseModel):
    """A recording.

    Attributes:
        id: Names it.
        state: ``recording`` while it is being made, ``replaying`` while the namespace answers from
            it, else ``kept``.
        made_at: When it was begun or brought in, by the clock of the namespace.
        upstream: The deployment that was recorded; null for the namespace itself, and for files.
        exchanges: How many requests it has, with their answers.
        size_bytes: What they take: bodies, headers and addresses.
        truncated: Whether there was no room for some.
        left_out: For how many.
        max_exchanges: How many there may be.
        max_bytes: What they may take.
    """

    id: str
    state: str
    made_at: datetime
    upstream: str | None
    exchanges: int
    size_bytes: int
    truncated: bool
    left_out: int
    max_exchanges: int
    max_bytes: int


class DeletedRecording(ResponseModel):
    """A recording that is no more."""

    id: str
    deleted: bool = True


def _can_travel(value: str) -> bool:
    return value.isascii() and value.isprintable()


LIST: Final[Operation[None, Page[RecordingState]]] = Operation(
    name="mock.recordings.list",
    method="GET",
    path="/_mock/recordings",
    summary="List the recordings of the namespace, the oldest first, then the one that is made.",
    request=None,
    response=Page[RecordingState],
    scope=None,
    effect="read",
)

CREATE: Final[Operation[BringRecordingRequest, RecordingState]] = Operation(
    name="mock.recordings.create",
    method="POST",
    path="/_mock/recordings",
    summary="Bring a recording in: a HAR 1.2 file, of this server or of another tool.",
    request=BringRecordingRequest,
    response=RecordingState,
    bodies=("json",),
    scope=None,
    effect="write",
)

START: Final[Operation[StartRecordingRequest, RecordingState]] = Operation(
    name="mock.recordings.start",
    method="POST",
    path="/_mock/recordings/start",
    summary="Record what the namespace answers, or a deployment in its place, from now on.",
    request=StartRecordingRequest,
    response=RecordingState,
    bodies=("json",),
    scope=None,
    effect="write",
)

STOP: Final[Operation[None, RecordingState]] = Operation(
    name="mock.recordings.stop",
    method="POST",
    path="/_mock/recordings/stop",
    summary="Stop to record, or to replay: the namespace answers by itself again.",
    request=None,
    response=RecordingState,
    scope=None,
    effect="write",
)

RETRIEVE: Final[Operation[RecordingRequest, dict[str, Any]]] = Operation(
    name="mock.recordings.retrieve",
    method="GET",
    path="/_mock/recordings/{recording}",
    summary="Get a recording as a HAR 1.2 file.",
    request=RecordingRequest,
    response=None,
    scope=None,
    effect="read",
)

DELETE: Final[Operation[RecordingRequest, DeletedRecording]] = Operation(
    name="mock.recordings.delete",
    method="DELETE",
    path="/_mock/recordings/{recording}",
    summary="Delete a recording.",
    request=RecordingRequest,
    response=DeletedRecording,
    scope=None,
    effect="write",
)

REPLAY: Final[Operation[ReplayRecordingRequest, RecordingState]] = Operation(
    name="mock.recordings.replay",
    method="POST",
    path="/_mock/recordings/{recording}/replay",
    summary="Answer from a recording from now on, beginning at its beginning.",
    request=ReplayRecordingRequest,
    response=RecordingState,
    scope=None,
    effect="write",
)

# Fixed paths come before the one with a field, which would match them, too.
OPERATIONS: Final = (LIST, CREATE, START, STOP, RETRIEVE, DELETE, REPLAY)

EXAMPLES: Final[dict[str, Any]] = {
    "mock.recordings.create": {
        "log": {"version": "1.2", "creator": {"name": "aiaas-mock", "version": "1"}, "entries": []}
    },
    "mock.recordings.start": {
        "upstream": "https://ai.example.com",
        "api_key": "sk_live_shop_0123456789abcdef",
    },
}
