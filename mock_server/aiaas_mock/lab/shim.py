"""The outermost layer of the server: here every request gets its namespace."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import Recorder
from aiaas_mock.http.routes import refuse
from aiaas_mock.lab.claim import Claims, unprefixed
from aiaas_mock.lab.control.endpoint import note_claim
from aiaas_mock.lab.faults.channel import Channel
from aiaas_mock.lab.faults.injection import Injection
from aiaas_mock.lab.faults.one_off import HEADER as FAULT_HEADER
from aiaas_mock.lab.faults.one_off import read_rule
from aiaas_mock.lab.identity import identify
from aiaas_mock.lab.namespaces import Namespaces
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
    ) -> None:
        self._fault_header = fault_header
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
                await self._app(scope, receive, send)
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
        await self._app(scope, receive, faults.send)
        await faults.finish()

    def _brings_a_fault(self, scope: Scope) -> bool:
        return self._fault_header and bool(_fault_header(scope))


def _fault_header(scope: Scope) -> str:
    found = (value for name, value in scope["headers"] if name == _FAULT_HEADER)
    text: bytes = next(found, b"")
    return text.decode("latin-1")
