"""Recommendations: what an answer takes beside the null engine's, and events kept a second."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from statistics import median
from typing import Any, Final

import httpx
from tests.benchmarks.load import Load
from tests.benchmarks.over_http import CLIENTS, Shape, load, measure, shapes
from tests.benchmarks.servers import KEY, Server, aiaas_server

SIZES: Final = (3_145, 100_000)
"""Items: those of the demo, and many."""

BATCHES: Final = {1: (1, 16, 64), 100: (1,), 1_000: (1,)}
"""Events in a request, and clients that send them."""

_USERS: Final = 500
_EVENTS_PER_USER: Final = 30
_AT_A_TIME: Final = 1_000
_WORDS: Final = (
    *("red", "blue", "white", "small", "large", "vintage", "wooden", "metal", "paper", "garden"),
    *("mug", "lamp", "clock", "bag", "box", "candle", "holder", "heart", "chair", "doll"),
)
_PATH: Final = "/v1/recommendations"


def figures(rounds: int, seconds: float) -> dict[str, Any]:
    """Measure everything."""
    found: dict[str, Any] = {}
    with aiaas_server("null", "null") as null:
        for items in SIZES:
            with aiaas_server("recommendations", "litert") as server:
                _fill(server, items)
                found |= _answers(server, null, items, rounds=rounds, seconds=seconds)
    found["events/s kept on disk"] = _events(rounds, seconds)
    return found


def _answers(
    server: Server, null: Server, items: int, *, rounds: int, seconds: float
) -> dict[str, Any]:
    trivial = shapes()["json 1"]
    body = json.dumps({"user": "u1"}).encode()
    asked = Shape("for_user", 1, body, "application/json", f"{_PATH}/for-user")
    found = {}
    for clients in CLIENTS:
        nothing: list[Load] = []
        answers: list[Load] = []
        for _ in range(rounds):
            nothing.append(load(null, trivial, clients, seconds))
            answers.append(load(server, asked, clients, seconds))
        found[f"for_user, {items:,} items, {clients} clients"] = {
            "null p50 ms": median(one.p50_ms for one in nothing),
            "p50 ms": median(one.p50_ms for one in answers),
            "p99 ms": median(one.p99_ms for one in answers),
            "per s": median(one.per_s for one in answers),
            "p50 / null": median(
                ours.p50_ms / theirs.p50_ms for ours, theirs in zip(answers, nothing, strict=True)
            ),
        }
    return found


def _events(rounds: int, seconds: float) -> dict[str, float]:
    found = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        aiaas_server("events", "litert", "--data-dir", folder) as server,
    ):
        _fill(server, SIZES[0], events=False)
        for batch, loads in BATCHES.items():
            body = json.dumps({"events": list(_drawn(SIZES[0], batch))}).encode()
            shape = Shape(f"{batch} events", batch, body, "application/json", f"{_PATH}/events")
            for clients in loads:
                done = measure([server], shape, clients, rounds=rounds, seconds=seconds)
                name = f"{batch} a request, {clients} clients"
                found[name] = done[server.name].per_s * batch
    return found


def _fill(server: Server, items: int, *, events: bool = True) -> None:
    """Send a catalogue, and the events of some users."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=f"{server.url}{_PATH}", headers=headers, timeout=60) as client:
        for start in range(0, items, _AT_A_TIME):
            some = range(start, min(start + _AT_A_TIME, items))
            answer = client.post("/items", json={"items": [_item(number) for number in some]})
            answer.raise_for_status()
        if events:
            sent = list(_drawn(items, _USERS * _EVENTS_PER_USER))
            for start in range(0, len(sent), _AT_A_TIME):
                some_events = sent[start : start + _AT_A_TIME]
                client.post("/events", json={"events": some_events}).raise_for_status()
        client.post("/for-user", json={"user": "u1"}).raise_for_status()


def _item(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    words = [chance.choice(_WORDS) for _ in range(4)]
    metadata = {"price": chance.randrange(100), "colour": words[0]}
    return {"id": f"i{number}", "title": " ".join(words), "metadata": metadata}


def _drawn(items: int, count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(count)
    for number in range(count):
        item = min(int(chance.paretovariate(0.5)), items) - 1
        yield {"type": "purchase", "user": f"u{number % _USERS}", "item": f"i{item}"}
