"""Answers what can be asked of recordings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiaas.contract.answers import Page
from aiaas_mock.cassettes import Cassette, CassetteError, write_har
from aiaas_mock.cassettes.har_reading import read_log
from aiaas_mock.errors import ApiError
from aiaas_mock.http.answers import Answer, disposition
from aiaas_mock.http.detour import Detour
from aiaas_mock.lab.contract.recordings import (
    BringRecordingRequest,
    DeletedRecording,
    RecordingRequest,
    RecordingState,
    ReplayRecordingRequest,
    StartRecordingRequest,
)
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.journal.redaction import is_secret
from aiaas_mock.lab.recordings.recordings import Recordings
from aiaas_mock.lab.recordings.session import (
    Recording,
    Session,
    Upstream,
)


@dataclass(frozen=True, slots=True)
class _Answers:
    desk: Desk

    async def list(self, request: None, space: MakeSpace) -> Page[RecordingState]:
        recordings = (await space()).recordings
        found = [_shown(recordings, one) for one in recordings.all.values()]
        if recordings.session is not None:
            found.append(_shown(recordings, recordings.session.so_far()))
        return Page[RecordingState](data=tuple(found), has_more=False)

    async def create(self, request: BringRecordingRequest, space: MakeSpace) -> RecordingState:
        try:
            cassette = await asyncio.to_thread(read_log, request.log)
        except CassetteError as error:
            detail = f"{error.place}: {error.reason}"
            raise ApiError("invalid_request", detail, param=error.place) from error
        recordings = (await space()).recordings
        return _shown(recordings, recordings.add(cassette))

    async def start(self, request: StartRecordingRequest, space: MakeSpace) -> RecordingState:
        upstream = _upstream(request)
        if upstream is None:
            recordings = (await space()).recordings
            return _shown(recordings, recordings.start().so_far())
        # Here, as it loads an HTTP client, which a server that passes nothing on does not need.
        from aiaas_mock.lab.recordings.forwarding import Forwarding, refuse_own

        await refuse_own(upstream, self.desk.server_id)

        def forward(session: Session, upstream: Upstream) -> Detour:
            return Forwarding(session, upstream, self.desk.server_id)

        recordings = (await space()).recordings
        return _shown(recordings, recordings.start(upstream, forward).so_far())

    async def stop(self, request: None, space: MakeSpace) -> RecordingState:
        recordings = (await space()).recordings
        return _shown(recordings, recordings.stop())

    async def retrieve(self, request: RecordingRequest, space: MakeSpace) -> Answer:
        found = (await space()).recordings.get(request.recording)
        har = await asyncio.to_thread(write_har, Cassette(list(found.exchanges)))
        headers = {"Content-Disposition": disposition(f"{found.id}.har")}
        return Answer(har.encode(), headers=headers)

    async def delete(self, request: RecordingRequest, space: MakeSpace) -> DeletedRecording:
        (await space()).recordings.remove(request.recording)
        return DeletedRecording(id=request.recording)

    async def replay(self, request: ReplayRecordingRequest, space: MakeSpace) -> RecordingState:
        recordings = (await space()).recordings
        return _shown(recordings, recordings.play(request.recording, request.pace).recording)


def _upstream(request: StartRecordingRequest) -> Upstream | None:
    if request.upstream is None:
        return None
    headers = {name.lower(): v.get_secret_value() for name, v in request.headers.items()}
    secrets = {f"upstream {name}": v for name, v in headers.items() if is_secret(name)}
    key = None if request.api_key is None else request.api_key.get_secret_value()
    if key is not None:
        secrets["upstream api_key"] = key
    return Upstream(
        url=request.upstream.rstrip("/"),
        api_key=key,
        headers=tuple(headers.items()),
        secrets=secrets,
    )


def _shown(recordings: Recordings, found: Recording) -> RecordingState:
    return RecordingState(
        id=found.id,
        state=recordings.state_of(found.id),
        made_at=found.made_at,
        upstream=found.upstream,
        exchanges=len(found.exchanges),
        size_bytes=found.size_bytes,
        truncated=found.left_out > 0,
        left_out=found.left_out,
        max_exchanges=recordings.bounds.exchanges,
        max_bytes=recordings.bounds.bytes,
    )


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    answers = _Answers(desk)
    return {
        "mock.recordings.list": answers.list,
        "mock.recordings.create": answers.create,
        "mock.recordings.start": answers.start,
        "mock.recordings.stop": answers.stop,
        "mock.recordings.retrieve": answers.retrieve,
        "mock.recordings.delete": answers.delete,
        "mock.recordings.replay": answers.replay,
    }
