"""``python -m tests.soak``: a server under faults and come-and-go namespaces for half an hour.

Held at the end: no request is stuck, every request that a client sent is in the journal of its
namespace and no other is, and memory is where it was after the first tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time

import httpx
from tests.benchmarks.machine import rss_mib
from tests.soak.traffic import Tally, Traffic

from aiaas_mock.conformance import ServerProcess

_WORKERS = 8
_MOST_GROWTH_MIB = 10.0
_NAMESPACES = 64


def main() -> int:
    """Run as long as the command line asks for, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--pause-s", type=float, default=0.0, help="Rest of a worker between two.")
    given = parser.parse_args()
    key = f"sk_mock_default_{secrets.token_hex(16)}"
    options = ("--log-level", "error", "--max-namespaces", str(_NAMESPACES))
    with ServerProcess("--api-key", key, *options) as server:
        wrong = asyncio.run(_soak(server, key, given.minutes * 60, given.pause_s))
        wrong += [line for line in server.log.splitlines() if '"level": "error"' in line]
    print("\n".join(wrong[:20]) or "ok")
    return 1 if wrong else 0


async def _soak(server: ServerProcess, key: str, seconds: float, pause_s: float) -> list[str]:
    tally, ends_at = Tally(), time.monotonic() + seconds
    workers = [
        Traffic(server.url, key, number, tally).run(ends_at, pause_s) for number in range(_WORKERS)
    ]
    sampling = asyncio.create_task(_sample(server.pid, tally, seconds))
    await asyncio.gather(*workers)
    memory_mib = await sampling
    growth_mib = max(memory_mib[1:]) - memory_mib[0]
    stuck = await _under_way(server.url)
    print(f"{tally.requests} requests in {tally.namespaces} namespaces, {tally.found} in journals")
    print("outcomes:", ", ".join(f"{kind} {n}" for kind, n in tally.outcomes.most_common()))
    print(f"memory above that after the first tenth: {growth_mib:+.1f} MiB; under way: {stuck}")
    wrong = list(tally.wrong)
    if stuck:
        wrong.append(f"{stuck} requests are stuck")
    if growth_mib > _MOST_GROWTH_MIB:
        wrong.append(f"memory grew by {growth_mib:.1f} MiB, to {memory_mib[-1]:.0f} MiB")
    return wrong


async def _sample(pid: int, tally: Tally, seconds: float) -> list[float]:
    """Return the memory after each tenth of the time."""
    found = []
    for tenth in range(1, 11):
        await asyncio.sleep(seconds / 10)
        found.append(rss_mib(pid))
        print(f"{tenth * 10:3} %: {tally.requests} requests, {found[-1]:.1f} MiB", flush=True)
    return found


async def _under_way(url: str) -> int:
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(50):  # what a fault holds up ends when its client has left
            spaces = (await client.get("/_mock/namespaces")).json()["data"]
            left = sum(space["requests_under_way"] for space in spaces)
            if not left:
                break
            await asyncio.sleep(0.1)
    return int(left)


if __name__ == "__main__":
    sys.exit(main())
