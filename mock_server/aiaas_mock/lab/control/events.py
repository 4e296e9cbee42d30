"""Tells what happens, as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from pydantic import BaseModel

from aiaas_mock.lab.contract.events import EventsDone, EventsOpen, EventsPing, EventsRequest
from aiaas_mock.lab.control.endpoint import ControlHandler, MakeSpace
from aiaas_mock.lab.desk import Desk
from aiaas_mock.lab.journal.entries import Entry
from aiaas_mock.lab.journal.shown import shown
from aiaas_mock.lab.namespace import Namespace
from aiaas_mock.services.events import Events

PING_AFTER_S: Final = 15.0  # proxies give silent connections up after a minute or half of one


async def _stream(request: EventsRequest, space: MakeSpace) -> Events:
    return Events(tell(await space(), limit=request.limit))


async def tell(
    space: Namespace, *, limit: int | None, ping_after_s: float = PING_AFTER_S
) -> AsyncIterator[tuple[str, BaseModel]]:
    """Yield what happens in a namespace.

    Args:
        space: The namespace.
        limit: After how many entries it ends; None for never.
        ping_after_s: Seconds of silence before it says that it is still there.
    """
    with space.journal.watched() as coming:
        yield "open", EventsOpen(namespace=space.name, next_number=space.journal.next_number)
        count = 0
        while limit is None or count < limit:
            entry = await _next(coming, ping_after_s)
            if entry is None:
                yield "ping", EventsPing(at=space.clock.now())
                continue
            count += 1
            yield "request", shown(entry, bodies=False)
        yield "done", EventsDone(count=count)


async def _next(coming: asyncio.Queue[Entry], within_s: float) -> Entry | None:
    try:
        async with asyncio.timeout(within_s):
            return await coming.get()
    except TimeoutError:
        return None


def handlers(desk: Desk) -> Mapping[str, ControlHandler]:
    """Return what answers, by operation."""
    return {"mock.events": _stream}
