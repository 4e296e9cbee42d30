"""Puts the answer of an override in the place of the real one, on its way out.

The request has been authenticated, counted, checked and answered by then: an override changes
what is told, and nothing else.
"""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.types import Message, Send

from aiaas.contract import problems
from aiaas_mock.gateway.records import RequestRecord
from aiaas_mock.lab.contract.overrides import Respond
from aiaas_mock.lab.journal.entries import headers_of, json_of
from aiaas_mock.lab.journal.redaction import redacted
from aiaas_mock.lab.journal.tape import Tape, media_type_of
from aiaas_mock.lab.matching import Subject
from aiaas_mock.lab.overrides.merging import NoSuchPlace, merged
from aiaas_mock.lab.overrides.overrides import ActiveOverride, Overrides
from aiaas_mock.lab.visit import Visit

HEADER: Final = "X-Mock-Override"
"""Answer: the id of the override that made it."""

_JSON: Final = "application/json"
_NOT_ADMITTED: Final = frozenset({401, 403, 429})
_FIRST_PROBLEM: Final = 400


class Substitution:
    """Stands between the server and the client where there are overrides.

    Args:
        overrides: Those of the namespace.
        visit: The request.
        scope: The same, as the server has it.
        tape: What went past of it.
        send: The ASGI channel to the client.

    Attributes:
        used: What answered; None for the server itself.
    """

    def __init__(
        self, overrides: Overrides, visit: Visit, scope: Any, tape: Tape, send: Send
    ) -> None:
        self._overrides = overrides
        self._visit = visit
        self._scope = scope
        self._tape = tape
        self._send = send
        self._head: Message = {}
        self._body = bytearray()
        self.used: ActiveOverride | None = None

    async def send(self, message: Message) -> None:
        """Send the server's answer, or the override's."""
        record = self._visit.record
        if message["type"] == "http.response.start" and record is not None:
            self._head = message
            self.used = self._chosen(record)
        if self.used is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._deliver(self.used)

    def _chosen(self, record: RequestRecord) -> ActiveOverride | None:
        media_type = media_type_of(self._head["headers"])
        status: int = self._head["status"]
        if record.key_id is None or status in _NOT_ADMITTED:
            return None
        if media_type not in (_JSON, problems.MEDIA_TYPE) or self._scope["method"] == "HEAD":
            return None
        return self._overrides.choose(self._subject(record), succeeded=status < _FIRST_PROBLEM)

    def _subject(self, record: RequestRecord) -> Subject:
        request = self._tape.request
        return Subject(
            operation=record.operation,
            method=self._scope["method"],
            path=self._scope["path"],
            key_id=record.key_id,
            headers=headers_of(self._scope["headers"]),
            body=redacted(json_of(request)),
            sha256=request.sha256,
        )

    async def _deliver(self, used: ActiveOverride) -> None:
        respond = used.override.respond
        status, body = self._answer(respond)
        problem = status >= _FIRST_PROBLEM
        own = {
            "content-type": problems.MEDIA_TYPE if problem else _JSON,
            "content-length": str(len(body)),
            **{name.lower(): value for name, value in respond.headers.items()},
            HEADER.lower(): used.id,
        }
        headers = [pair for pair in self._head["headers"] if pair[0].decode("latin-1") not in own]
        headers += [(name.encode(), value.encode()) for name, value in own.items()]
        if self._visit.record is not None:
            self._visit.record.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _answer(self, respond: Respond) -> tuple[int, bytes]:
        if respond.merge is None:
            return respond.status or 200, json.dumps(respond.body).encode()
        real = json.loads(self._body)
        try:
            real = merged(real, respond.merge)
        except NoSuchPlace:  # an answer with fewer results than were to be changed
            real = merged(real, respond.merge, any_index=True)
        return self._head["status"], json.dumps(real).encode()
