"""One worker of the soak: namespace after namespace, each with a fault and some requests."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from aiaas_mock.conformance.material import ANKLE_BOOT

_REQUESTS: Final = 12
_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "reset", "when": "before"},
    {"kind": "reset", "when": "after"},
    {"kind": "empty_reply", "when": "after"},
    {"kind": "close_mid_body"},
    {"kind": "reset_mid_body"},
    {"kind": "malformed_chunk"},
    {"kind": "slow_close", "hold_s": 0.01},
    {"kind": "truncate"},
    {"kind": "status", "status": 502},
    {"kind": "rate_limit", "retry_after_s": 1},
    {"kind": "latency", "delay_s": 0.01},
    {"kind": "slow_chunks", "chunks": 5, "pause_s": 0.005},
    {"kind": "drop_after_events", "events": 2},
    {"kind": "stall", "events": 1},
    {"kind": "timeout"},
)
_PATIENCE_S: Final = 0.5
"""After that a worker leaves; faults hold requests up for longer."""


@dataclass(slots=True)
class Tally:
    """What all workers together have seen.

    Attributes:
        namespaces: How many were made.
        requests: How many requests were sent.
        found: How many of them were in the journals.
        outcomes: Status or exception of each.
        wrong: What must not be.
    """

    namespaces: int = 0
    requests: int = 0
    found: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Traffic:
    """A worker.

    Args:
        url: Address of the server.
        key: A key that may choose its namespace.
        number: Which worker it is.
        tally: What is counted of all.
    """

    def __init__(self, url: str, key: str, number: int, tally: Tally) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._number = number
        self._tally = tally
        self._random = random.Random(number)

    async def run(self, ends_at: float, pause_s: float) -> None:
        """Go on until the time has come."""
        async with (
            httpx.AsyncClient(headers=self._headers, timeout=_PATIENCE_S) as client,
            httpx.AsyncClient(base_url=self._url, timeout=60) as control,
        ):
            place = 0
            while time.monotonic() < ends_at:
                place += 1
                await self._visit(client, control, f"w{self._number}-{place}")
                await asyncio.sleep(pause_s)

    async def _visit(
        self, client: httpx.AsyncClient, control: httpx.AsyncClient, name: str
    ) -> None:
        """Make a namespace, use it, look into its journal, and drop it or leave it."""
        steer = f"/ns/{name}/_mock"
        made = await control.post("/_mock/namespaces", json={"name": name, "seed": self._number})
        made.raise_for_status()
        rule = {"probability": 0.4, "fault": self._random.choice(_FAULTS)}
        (await control.post(f"{steer}/faults", json=rule)).raise_for_status()
        for _ in range(_REQUESTS):
            await self._ask(client, f"{self._url}/ns/{name}")
        self._tally.namespaces += 1
        await self._look(control, steer, name)
        if self._random.random() < 0.7:  # the others are evicted by those that come later
            (await control.delete(f"/_mock/namespaces/{name}")).raise_for_status()

    async def _look(self, control: httpx.AsyncClient, steer: str, name: str) -> None:
        found = 0
        for _ in range(50):  # what was held up is written down when its client has left
            entries = (await control.get(f"{steer}/requests", params={"limit": 100})).json()["data"]
            found = len(entries)
            if found >= _REQUESTS:
                break
            await asyncio.sleep(0.02)
        self._tally.found += found
        if found != _REQUESTS:
            self._tally.wrong.append(f"{name}: {_REQUESTS} requests, {found} in the journal")

    async def _ask(self, client: httpx.AsyncClient, base: str) -> None:
        self._tally.requests += 1
        kind = self._random.randrange(5)
        try:
            if kind == 0:
                answer = await client.post(f"{base}/v1/files", files={"file": b"x" * 2000})
            elif kind == 1:
                picture = {"Content-Type": "image/png"}
                answer = await client.post(
                    f"{base}/v1/images/classify?model=fashion-cnn",
                    content=ANKLE_BOOT,
                    headers=picture,
                )
            elif kind == 2:
                asked = {"inputs": ["I love it.", "It is awful."]}
                answer = await client.post(f"{base}/v1/text/sentiment", json=asked)
            elif kind == 3:
                wanted = {"prompt": "To be", "max_tokens": 3, "stream": True}
                answer = await client.post(f"{base}/v1/text/generate", json=wanted)
            else:
                answer = await client.get(f"{base}/v1/models/clothing")
        except httpx.TransportError as error:
            self._tally.outcomes[type(error).__name__] += 1
        else:
            self._tally.outcomes[str(answer.status_code)] += 1
            if answer.status_code == 500:
                self._tally.wrong.append(f"500 to {answer.request.url.path}")
