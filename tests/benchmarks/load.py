"""A closed-loop load generator: so many clients, each sending the next request after the answer.

It runs as a process of its own and does as little as possible per request: one keep-alive socket
per client, one ready-made request, and of the answer only the status and the length are read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvloop

_WARM_UP_S = 0.3


@dataclass(frozen=True, slots=True)
class Load:
    """What a run measured.

    Attributes:
        per_s: Answers per second.
        p50_ms: Median time of an answer.
        p99_ms: Time that 99 of 100 answers needed at most.
        answers: Number of answers counted.
        failures: Answers with a status other than 200.
    """

    per_s: float
    p50_ms: float
    p99_ms: float
    answers: int
    failures: int


class _Client(asyncio.Protocol):
    """Sends the request again whenever its answer is complete."""

    def __init__(self, request: bytes, tally: _Tally) -> None:
        self.answered = asyncio.Event()
        self._request = request
        self._tally = tally
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not registered as subclasses.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        at = head.index(b"content-length:") + 15
        line_end = head.find(b"\r\n", at)
        length = int(head[at : line_end if line_end > 0 else None])
        if len(self._buffer) < head_end + 4 + length:
            return
        self.answered.set()
        self._tally.add(time.perf_counter() - self._sent, ok=head.startswith(b"http/1.1 200"))
        self._buffer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._tally.lost += 1
        self.answered.set()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._transport is not None:
            self._transport.write(self._request)


class _Tally:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.failures = 0
        self.lost = 0

    def add(self, seconds: float, *, ok: bool) -> None:
        self.times.append(seconds)
        self.failures += not ok


def http_request(url: str, body: bytes, content_type: str, key: str) -> bytes:
    """Write a POST request as it travels."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(host: str, port: int, request: bytes, clients: int, seconds: float) -> Load:
    """Put load on a server for a time."""
    tally = _Tally()
    loop = asyncio.get_running_loop()
    connections = [
        await loop.create_connection(lambda: _Client(request, tally), host, port)
        for _ in range(clients)
    ]
    await asyncio.sleep(_WARM_UP_S)
    # A busy server takes one new connection between two rounds of requests.
    for _, client in connections:
        await client.answered.wait()
    tally.times.clear()
    tally.failures = 0
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - started
    times = sorted(tally.times)
    if tally.lost or not times:
        raise RuntimeError(f"{tally.lost} connections lost, {len(times)} answers")
    for _, client in connections:
        client.close()
    return Load(
        per_s=len(times) / took,
        p50_ms=times[len(times) // 2] * 1e3,
        p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))] * 1e3,
        answers=len(times),
        failures=tally.failures,
    )


def main() -> None:
    """Read the request from a file and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("request", type=Path)
    parser.add_argument("clients", type=int)
    parser.add_argument("seconds", type=float)
    options = parser.parse_args()
    request = options.request.read_bytes()
    measured = uvloop.run(
        run(options.host, options.port, request, options.clients, options.seconds)
    )
    json.dump(asdict(measured), sys.stdout)


if __name__ == "__main__":
    main()
