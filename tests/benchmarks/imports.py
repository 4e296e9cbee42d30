"""Import of events: seconds, and whether the memory of client and server stays flat."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.benchmarks.servers import KEY, Server, aiaas_server, fresh_environment

EVENTS: Final = 500_000
FEW: Final = 50_000
"""What the memory of a long import is held against."""

_ITEMS: Final = 5_000
_USERS: Final = 20_000
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TYPES: Final = ("view", "view", "view", "add-to-cart", "purchase")


@dataclass(frozen=True, slots=True)
class _Run:
    """One import.

    Attributes:
        seconds: How long the command took, its start included.
        client_mib: Peak memory of the command.
        server_mib: Peak memory of the server until then.
    """

    seconds: float
    client_mib: float
    server_mib: float


def import_cost() -> dict[str, float]:
    """Import many events into an empty data directory, after a few into another."""
    with tempfile.TemporaryDirectory() as folder:
        few = _fresh_import(Path(folder), FEW)
        many = _fresh_import(Path(folder), EVENTS)
    return {
        f"{EVENTS:,} events s": many.seconds,
        "events per s": EVENTS / many.seconds,
        "client MiB": many.client_mib,
        f"client MiB, {FEW:,} events": few.client_mib,
        "client growth MiB": many.client_mib - few.client_mib,
        "server MiB": many.server_mib,
        f"server MiB, {FEW:,} events": few.server_mib,
    }


def _fresh_import(folder: Path, events: int) -> _Run:
    items, file = folder / "items.csv", folder / f"{events}.csv"
    items.write_text("id,title\n" + "".join(f"item-{n},Item {n}\n" for n in range(_ITEMS)))
    with file.open("w") as lines:
        lines.writelines(_lines(events))
    data = str(folder / f"data-{events}")
    with aiaas_server("import", "litert", "--data-dir", data) as server:
        _command(server, "items", "import", str(items), expected=_ITEMS)
        started = time.perf_counter()
        client_mib = _command(server, "import", str(file), expected=events)
        return _Run(time.perf_counter() - started, client_mib, _peak_mib(server.pid))


def _lines(events: int) -> Iterator[str]:
    chance = random.Random(1)
    yield "user,item,type,value,time\n"
    for _ in range(events):
        kind = chance.choice(_TYPES)
        value = f"{chance.randrange(1, 10_000) / 100}" if kind == "purchase" else ""
        moment = _BEGIN + timedelta(seconds=chance.randrange(20_000_000))
        # Squared, so that few are met often, as in a shop.
        user = int(chance.random() ** 2 * _USERS)
        item = int(chance.random() ** 2 * _ITEMS)
        yield f"user-{user},item-{item},{kind},{value},{moment:%Y-%m-%dT%H:%M:%SZ}\n"


def _command(server: Server, *words: str, expected: int) -> float:
    """Run ``aiaas recommendations``, and return its peak memory.

    Raises:
        RuntimeError: It failed, or the server did not take everything.
    """
    command = [sys.executable, "-m", "aiaas.cli", "recommendations", *words, "--json"]
    environment = {**fresh_environment(), "AIAAS_API_KEY": KEY, "AIAAS_BASE_URL": server.url}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    # Not `process.wait`, as only this tells what this one child used.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    created = json.loads(said)["created"] if said else 0
    if process.returncode != 0 or created != expected:
        raise RuntimeError(f"{created} of {expected}, exit code {process.returncode}: {said}")
    return used.ru_maxrss / 1024


def _peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
