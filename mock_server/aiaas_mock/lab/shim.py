"""The outermost layer of the server: here every request gets its namespace."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder
from aiaas_mock.http.detour import note_detour
from aiaas_mock.http.routes import refuse
from aiaas_mock.lab.claim import Claims, unprefixed
from aiaas_mock.lab.control.endpoint import note_claim
from aiaas_mock.lab.faults.channel import Channel
from aiaas_mock.lab.faults.injection import Injection
from aiaas_mock.lab.faults.one_off import HEADER as FAULT_HEADER
from aiaas_mock.lab.faults.one_off import read_rule
from aiaas_mock.lab.identity import identify
from aiaas_mock.lab.journal.tape import Tape
from aiaas_mock.lab.journal.writing import write
from aiaas_mock.lab.namespaces import Namespaces
from aiaas_mock.lab.overrides.substitution import Substitution
from aiaas_mock.lab.recordings.listening import Listener
from aiaas_mock.lab.visit import Visit, note_visit

CONTROL: Final = "/_mock/"
_FAULT_HEADER: Final = FAULT_HEADER.lower().encode()


class LabShim:
    """Reads the claim of a request, takes it out of the address, and counts the visit.

    Args:
        app: What answers.
        control: The control plane.
        spaces: All namespaces.
        claims: Reads claims.
        recorder: Takes the record of requests whose claim is none.
        fault_header: Whether a request may bring a fault rule in a header.
        journal: Whether requests are written down.
    """

    def __init__(
        self,
        app: ASGIApp,
        control: ASGIApp,
        spaces: Namespaces,
        claims: Claims,
        recorder: Recorder,
        *,
        fault_header: bool,
        journal: bool,
    ) -> None:
        self._fault_header = fault_header
        self._journal = journal
        self._app = app
        self._control = control
        self._spaces = spaces
        self._claims = claims
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            prefixed, scope = unprefixed(scope)
            claim = self._claims.of(scope, prefixed)
        except ApiError as refusal:
            await refuse(refusal, self._recorder, receive, send)
            return
        if scope["path"].startswith(CONTROL):
            note_claim(scope, claim)  # steering a namespace is no visit of it
            await self._control(scope, receive, send)
            return
        visit = Visit(self._spaces, claim, scope)
        note_visit(scope, visit)
        try:
            if visit.space.draws.seed is not None:
                digest, receive = await identify(scope, receive)
                visit.foresee(digest)
            if visit.space.faults.rules or self._brings_a_fault(scope):
                await self._with_faults(visit, scope, receive, send)
            else:
                await self._answer(visit, scope, receive, send)
        finally:
            visit.leave()

    async def _with_faults(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        rules = visit.space.faults
        tried = list(rules.rules.values())
        try:
            if self._brings_a_fault(scope):
                tried.append(rules.one_off(_fault_header(scope), read_rule))
        except ApiError as refusal:
            await refuse(refusal, self._recorder, receive, send)
            return
        channel = Channel(rules, receive, send)
        faults = visit.faults = Injection(rules, tried, channel, visit.fate)
        await self._answer(visit, scope, receive, faults.send)
        await faults.finish()

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered, and recorded if that is wanted."""
        recordings = visit.space.recordings
        session, detour = recordings.session, recordings.detour
        if detour is not None:
            note_detour(scope, detour)  # which records by itself what others answer
        elif session is not None:
            listener = Listener(session, scope, receive, send)
            await listener.read()
            await self._overridden(visit, scope, listener.receive, listener.send)
            listener.finish(visit.record)
            return
        await self._overridden(visit, scope, receive, send)

    async def _overridden(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered, by an override if there is one, and written down."""
        overrides = visit.space.overrides
        if not self._journal and not overrides.all:
            await self._app(scope, receive, send)
            return
        started, tape = time.perf_counter(), Tape(scope["headers"], receive, send)
        if not overrides.all:
            substitution, out = None, tape.send
        else:
            substitution = Substitution(overrides, visit, scope, tape, tape.send)
            out = substitution.send
        try:
            await self._app(scope, tape.receive, out)
        finally:
            if self._journal:
                used = None if substitution is None else substitution.used
                self._write(visit, scope, tape, started, None if used is None else used.id)

    def _write(
        self, visit: Visit, scope: Scope, tape: Tape, started: float, override: str | None
    ) -> None:
        space = visit.space if visit.space.name else self._spaces.settled(visit.claimed)
        if space is not None:
            write(space, scope, tape, visit.record, started=started, override=override)

    def _brings_a_fault(self, scope: Scope) -> bool:
        return self._fault_header and bool(_fault_header(scope))


def _fault_header(scope: Scope) -> str:
    found = (value for name, value in scope["headers"] if name == _FAULT_HEADER)
    text: bytes = next(found, b"")
    return text.decode("latin-1")
