"""Over HTTP: our engines and the naive peer under the same load, in turn."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.in_process import DecodeAndRun, per_s
from tests.benchmarks.load import Load, http_request
from tests.benchmarks.pictures import fashion_pngs, json_body, multipart_body
from tests.benchmarks.servers import KEY, Server

CLIENTS = (1, 16, 64)


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of request.

    Attributes:
        name: What it is called in the results.
        inputs: How many pictures or texts it carries.
        body: The body.
        content_type: Its type.
        path: Where it is sent to.
    """

    name: str
    inputs: int
    body: bytes
    content_type: str
    path: str = "/v1/images/classify"


def shapes() -> dict[str, Shape]:
    """Return the kinds of request, by name."""
    pngs = fashion_pngs(64)
    found = (
        Shape("json 1", 1, *json_body(pngs[:1])),
        Shape("raw 1", 1, pngs[0], "image/png"),
        Shape("multipart 64", 64, *multipart_body(pngs)),
    )
    return {shape.name: shape for shape in found}


def measure(
    servers: Sequence[Server], shape: Shape, clients: int, *, rounds: int, seconds: float
) -> dict[str, Load]:
    """Put the same load on each server in turn; per server the round with the median rate."""
    found: dict[str, list[Load]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            found[server.name].append(load(server, shape, clients, seconds))
    return {name: _median(loads) for name, loads in found.items()}


def bulk_ratio(server: Server, *, rounds: int, seconds: float) -> dict[str, float]:
    """Compare 64 pictures in one request, one client, with the same work without HTTP, in turn."""
    shape = shapes()["multipart 64"]
    pngs = fashion_pngs(64)
    work = DecodeAndRun("litert")
    over_http, in_process = [], []
    for _ in range(rounds):
        in_process.append(per_s(lambda: work(pngs), 64, seconds=seconds))
        over_http.append(load(server, shape, 1, seconds).per_s * 64)
    return {
        "pictures/s over HTTP": median(over_http),
        "pictures/s in process": median(in_process),
        "ratio": median(a / b for a, b in zip(over_http, in_process, strict=True)),
    }


def rates(loads: Mapping[str, Load]) -> dict[str, float]:
    """Return requests a second by server."""
    return {name: load.per_s for name, load in loads.items()}


def load(server: Server, shape: Shape, clients: int, seconds: float) -> Load:
    """Put one kind of request on a server for a time.

    Raises:
        RuntimeError: Some answers were no successes.
    """
    request = http_request(f"{server.url}{shape.path}", shape.body, shape.content_type, KEY)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(request)
        arguments = ["127.0.0.1", str(server.port), file.name, str(clients), str(seconds)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load", *arguments],
            check=True,
            capture_output=True,
        )
    measured = Load(**json.loads(done.stdout))
    if measured.failures:
        raise RuntimeError(f"{server.name}: {measured.failures} answers were not 200")
    return measured


def _median(loads: list[Load]) -> Load:
    return sorted(loads, key=lambda load: load.per_s)[len(loads) // 2]
