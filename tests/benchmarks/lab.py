"""What the lab costs: on the way of every request, and for a namespace of a test's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import httpx
from tests.benchmarks import over_http
from tests.benchmarks.servers import KEY, Server, aiaas_server

_CLIENTS = 16
_NAMESPACES = 200


def rates(*, rounds: int, seconds: float) -> dict[str, float]:
    """Compare requests a second of the null engine without a lab, with one, and with a rule."""
    shape = over_http.shapes()["json 1"]
    with (
        aiaas_server("without", "null", "--lab", "off") as without,
        aiaas_server("with", "null") as plain,
        aiaas_server("with a rule", "null") as ruled,
    ):
        _add_rule(ruled)
        servers = [without, plain, ruled]
        loads = over_http.measure(servers, shape, _CLIENTS, rounds=rounds, seconds=seconds)
    found = over_http.rates(loads)
    return {
        **found,
        "with / without": found["with"] / found["without"],
        "with a rule / without": found["with a rule"] / found["without"],
    }


def namespace_ms(rounds: int) -> dict[str, float]:
    """Return what it costs to make and drop a namespace over HTTP, in milliseconds."""
    with aiaas_server("namespaces", "null") as server:
        client = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"})
        with client:
            client.post("/v1/files", files={"file": b"content"})  # opens the database
            empty = [_cost_ms(client, lambda name: None) for _ in range(rounds)]
            used = [_cost_ms(client, lambda name: _store(client, name)) for _ in range(rounds)]
    return {"made and dropped ms": median(empty), "with a file in it, dropped ms": median(used)}


def _add_rule(server: Server) -> None:
    """Have every request held against a rule that hits none."""
    rule = {"match": {"operation": "models.list"}, "fault": {"kind": "reset"}}
    space = {"X-Mock-Namespace": "bench"}  # that of the benchmark's key
    httpx.post(f"{server.url}/_mock/faults", json=rule, headers=space).raise_for_status()


def _store(client: httpx.Client, name: str) -> None:
    key = {"Authorization": f"Bearer sk_mock_{name}_development"}
    made = client.post("/v1/files", files={"file": b"content"}, headers=key)
    made.raise_for_status()


def _cost_ms(client: httpx.Client, use: Callable[[str], None]) -> float:
    """Return the mean time that making and dropping takes, without what is done in between."""
    spent_s = 0.0
    for number in range(_NAMESPACES):
        name = f"bench-{number}"
        started = time.perf_counter()
        client.post("/_mock/namespaces", json={"name": name, "seed": 7}).raise_for_status()
        spent_s += time.perf_counter() - started
        use(name)
        started = time.perf_counter()
        client.delete(f"/_mock/namespaces/{name}").raise_for_status()
        spent_s += time.perf_counter() - started
    return spent_s / _NAMESPACES * 1e3
