"""What the rules make of one request, on its way in and on its answer's way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from starlette.types import Message

from aiaas_mock.errors import ApiError
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.lab.contract import fault_kinds as kinds
from aiaas_mock.lab.faults.bodies import CHANGES, Whole
from aiaas_mock.lab.faults.channel import Channel
from aiaas_mock.lab.faults.delays import DELAYS
from aiaas_mock.lab.faults.deliveries import DELIVERIES
from aiaas_mock.lab.faults.events import EVENT_KINDS, EventFaults
from aiaas_mock.lab.faults.refusals import REFUSALS, PlainRefusal
from aiaas_mock.lab.faults.rules import ActiveRule, FaultRules, Hit, Stage, Subject

_EVENT_STREAM: Final = b"text/event-stream"


class Injection:
    """Stands between a request and the server where there are rules.

    Args:
        rules: The rules of the namespace.
        tried: Those that this request is held against.
        channel: The way to the client.
        fate: What chance depends on, for this request; None where there is no seed.

    Attributes:
        record: What is known of the request; None before an operation was found.
    """

    def __init__(
        self,
        rules: FaultRules,
        tried: Sequence[ActiveRule],
        channel: Channel,
        fate: str | None = None,
    ) -> None:
        self._rules = rules
        self._tried = tried
        self._channel = channel
        self._subject = Subject(operation="", headers={}, fate=fate)
        self._faults: list[Any] = []
        self._refused = False
        self._plain: PlainRefusal | None = None
        self._head: Message | None = None
        self._body = bytearray()
        self._events: EventFaults | None = None
        self.record: RequestRecord | None = None

    async def before(self, operation: str, headers: Mapping[str, str]) -> None:
        """Make the faults of a request whose key nobody has looked at.

        Raises:
            ApiError: It is refused.
            ClientDisconnect: It is given up.
        """
        self._subject = replace(self._subject, operation=operation, headers=headers)
        await self._meet("request")

    async def admitted(self, key_id: str) -> None:
        """Make the faults of a request of this key; raises as `before` does."""
        self._subject = replace(self._subject, key_id=key_id)
        await self._meet("admitted")

    async def after(self, model: str | None) -> None:
        """Make the faults of a request that this model answered; raises as `before` does."""
        self._subject = replace(self._subject, model=model)
        await self._meet("answered")

    async def send(self, message: Message) -> None:
        """Send the server's answer, or what becomes of it."""
        if self.record is not None and (self._refused or self._ended()):
            self.record.fault = None  # what was made on purpose is no defect
        if not self._faults and self._plain is None:
            await self._channel.pass_on(message)
        elif message["type"] == "http.response.start":
            await self._begin(message)
        elif self._events is not None:
            await self._stream(self._events, message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._deliver(self._head or message)

    async def finish(self) -> None:
        """End the connection if a fault broke it off."""
        await self._channel.finish()

    async def _meet(self, stage: Stage) -> None:
        for hit in self._rules.hits(self._subject, stage, self._tried):
            self._note(hit)
            await self._strike(hit)

    def _note(self, hit: Hit) -> None:
        record = self.record
        if record is not None:
            before = () if record.injected is None else (record.injected,)
            record.injected = ",".join((*before, hit.rule.id))

    async def _strike(self, hit: Hit) -> None:
        """Make a fault at once, or keep it for the answer."""
        fault, kind = hit.rule.rule.fault, type(hit.rule.rule.fault)
        if kind in REFUSALS:
            self._refuse(REFUSALS[kind](fault))
        elif kind in DELAYS:
            await self._channel.pause(DELAYS[kind](fault, hit))
        elif isinstance(fault, kinds.Timeout):
            await self._channel.hold()
        elif isinstance(fault, kinds.Reset | kinds.EmptyReply) and fault.when == "before":
            await self._channel.drain()
            self._channel.break_off("reset" if isinstance(fault, kinds.Reset) else "no answer")
        else:
            self._faults.append(fault)

    def _refuse(self, refusal: Exception) -> None:
        self._refused = True
        if not isinstance(refusal, PlainRefusal):
            raise refusal
        self._plain = refusal
        raise ApiError("internal_error", "Something on the way refused.")

    async def _begin(self, head: Message) -> None:
        self._head = head
        events = [fault for fault in self._faults if isinstance(fault, EVENT_KINDS)]
        if events and (b"content-type", _EVENT_STREAM) in head["headers"]:
            self._events = EventFaults(events, self._channel)
            await self._channel.pass_on(head)

    def _ended(self) -> bool:
        return self._events is not None and self._events.failed

    async def _stream(self, events: EventFaults, message: Message) -> None:
        if message.get("more_body", False):
            await events.send(message["body"])
        else:
            await events.end()

    async def _deliver(self, head: Message) -> None:
        headers = tuple(pair for pair in head["headers"] if pair[0] != b"content-length")
        whole = self._proxied(Whole(head["status"], headers, bytes(self._body)))
        for fault in self._faults:
            change = CHANGES.get(type(fault))
            whole = whole if change is None else change(fault, whole)
        for fault in self._faults:
            if isinstance(fault, kinds.Ttfb):
                await self._channel.pause(fault.delay_s)
        for fault in self._faults:
            if type(fault) in DELIVERIES:
                await DELIVERIES[type(fault)](fault, whole, self._channel)
                return
        await self._channel.whole(whole)

    def _proxied(self, whole: Whole) -> Whole:
        """Return what something on the way answers in place of the server."""
        plain = self._plain
        if plain is None:
            return whole
        if self.record is not None:
            self.record.status = plain.status
        headers = {"content-type": "text/plain", **plain.headers}
        raw = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
        return Whole(plain.status, raw, plain.text.encode())
