"""Faults of a stream of events. Every piece that the server sends of one is an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiaas_mock.errors import ApiError
from aiaas_mock.lab.contract import fault_kinds as kinds
from aiaas_mock.lab.faults.channel import Channel


class EventFaults:
    """Changes a stream of events while it is sent.

    Args:
        faults: What is made of it.
        channel: The way to the client.

    Attributes:
        failed: Whether the stream ends with a failure that was made.
    """

    def __init__(self, faults: Sequence[Any], channel: Channel) -> None:
        self._faults = faults
        self._channel = channel
        self._place = 0
        self._held: bytes | None = None
        self.failed = False

    async def send(self, event: bytes) -> None:
        """Send an event, and what becomes of it."""
        place, self._place = self._place, self._place + 1
        for fault in [] if self.failed else self._faults:
            act = _BEFORE.get(type(fault))
            if act is not None and fault.events == place:
                self.failed = isinstance(fault, kinds.ErrorEvent)
                await act(fault, self._channel)
        hit = {type(fault) for fault in self._faults if getattr(fault, "position", None) == place}
        if kinds.MalformedEvent in hit:
            event = event.rstrip()[:-1] + b"\n\n"
        if kinds.DuplicateEvent in hit:
            event += event
        if kinds.Reordered in hit:
            self._held = event
            return
        await self._channel.body(event, more=True)
        await self._release()

    async def end(self) -> None:
        """End the stream."""
        await self._release()
        await self._channel.body(b"")

    async def _release(self) -> None:
        """Send the event that waits for the one after it."""
        if self._held is not None:
            held, self._held = self._held, None
            await self._channel.body(held, more=True)


async def _drop(fault: kinds.DropAfterEvents, channel: Channel) -> None:
    channel.break_off("cut")


async def _fail(fault: kinds.ErrorEvent, channel: Channel) -> None:
    # Told in the way of the protocol: whoever streams writes it as the stream's last event.
    raise ApiError("internal_error", "A fault rule of the lab ended the stream.")


async def _stall(fault: kinds.Stall, channel: Channel) -> None:
    if fault.pause_s is None:
        await channel.hold()
    else:
        await channel.pause(fault.pause_s)


_BEFORE: Final[dict[type, Callable[[Any, Channel], Awaitable[None]]]] = {
    kinds.DropAfterEvents: _drop,
    kinds.ErrorEvent: _fail,
    kinds.Stall: _stall,
}
"""What happens in place of the next event, after so many."""

EVENT_KINDS: Final = (
    *_BEFORE,
    kinds.Reordered,
    kinds.DuplicateEvent,
    kinds.MalformedEvent,
)
