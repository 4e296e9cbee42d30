"""Faults of how an answer travels: slowly, in part, not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiaas_mock.lab.contract import fault_kinds as kinds
from aiaas_mock.lab.faults.bodies import Whole
from aiaas_mock.lab.faults.channel import Channel, length

_TICK_S: Final = 0.05
_CLOSE: Final = (b"connection", b"close")


async def _slow_chunks(fault: kinds.SlowChunks, whole: Whole, channel: Channel) -> None:
    size = max(1, -(-len(whole.body) // fault.chunks))
    await channel.pieces(whole, _cut(whole.body, size), fault.pause_s)


async def _bandwidth(fault: kinds.Bandwidth, whole: Whole, channel: Channel) -> None:
    size = max(1, int(fault.bytes_per_s * _TICK_S))
    await channel.pieces(whole, _cut(whole.body, size), size / fault.bytes_per_s)


def _cut(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


async def _reset(fault: kinds.Reset, whole: Whole, channel: Channel) -> None:
    channel.break_off("reset")


async def _empty_reply(fault: kinds.EmptyReply, whole: Whole, channel: Channel) -> None:
    channel.break_off("no answer")


async def _close_mid_body(fault: kinds.CloseMidBody, whole: Whole, channel: Channel) -> None:
    await _half(whole, channel)
    channel.break_off("cut")


async def _reset_mid_body(fault: kinds.ResetMidBody, whole: Whole, channel: Channel) -> None:
    await _half(whole, channel)
    channel.break_off("reset")


async def _half(whole: Whole, channel: Channel) -> None:
    announced = max(1, len(whole.body))  # of no body, one byte is missing
    await channel.start(whole.status, whole.headers, length(announced))
    await channel.body(whole.body[: announced // 2], more=True)


async def _slow_close(fault: kinds.SlowClose, whole: Whole, channel: Channel) -> None:
    if channel.wire is None:
        await channel.pause(fault.hold_s)
        await channel.start(whole.status, whole.headers, _CLOSE)
        await channel.body(whole.body)
        return
    await channel.raw(whole, channel.wire, whole.body, _CLOSE)
    await channel.pause(fault.hold_s)
    await channel.wire.close()


async def _malformed_chunk(fault: kinds.MalformedChunk, whole: Whole, channel: Channel) -> None:
    if channel.wire is not None:
        start = whole.body[: max(1, len(whole.body) // 2)]
        chunks = b"%x\r\n%b\r\nno-length\r\n" % (len(start), start) if start else b"no-length\r\n"
        chunked = (b"transfer-encoding", b"chunked")
        await channel.raw(whole, channel.wire, chunks, chunked, _CLOSE)
    channel.break_off("no HTTP")


async def _malformed_head(fault: kinds.MalformedHead, whole: Whole, channel: Channel) -> None:
    if channel.wire is not None:
        channel.wire.write(b"HTTP/none at all\r\n\r\n")
    channel.break_off("no HTTP")


DELIVERIES: Final[dict[type, Callable[[Any, Whole, Channel], Awaitable[None]]]] = {
    kinds.SlowChunks: _slow_chunks,
    kinds.Bandwidth: _bandwidth,
    kinds.Reset: _reset,
    kinds.EmptyReply: _empty_reply,
    kinds.CloseMidBody: _close_mid_body,
    kinds.ResetMidBody: _reset_mid_body,
    kinds.SlowClose: _slow_close,
    kinds.MalformedChunk: _malformed_chunk,
    kinds.MalformedHead: _malformed_head,
}
"""Sends an answer in the way of a kind."""
