"""Ctrl-C in a bulk call ends it at once, whatever its requests are waiting for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from tests.integration.lossy_proxy import Fate, LossyProxy

AT_ONCE_S: Final = 5.0
"""Far below every wait here, and above what ending a process takes on a busy machine."""
CONCURRENCY: Final = 3

SETTING: Final = f"""
import signal, sys, threading
import aiaas

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the parent ignores
told = []
again_in_a_minute = aiaas.Retry(initial_delay_s=60, max_delay_s=60, random=lambda: 1.0)
settings = {{"api_key": "key", "base_url": sys.argv[1], "retries": again_in_a_minute}}
bulk = {{"pictures": [b"x"] * 64 * 50, "concurrency": {CONCURRENCY}, "progress": told.append}}
"""

SYNC: Final = f"""{SETTING}
with aiaas.Client(**settings) as client:
    try:
        client.images.classify_many(**bulk)
    except KeyboardInterrupt:
        print("interrupted", told)
"""

ASYNC: Final = f"""{SETTING}
import asyncio

async def main():
    async with aiaas.AsyncClient(**settings) as client:
        await client.images.classify_many(**bulk)

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted", told)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process")
@pytest.mark.parametrize("script", [SYNC, ASYNC], ids=["sync", "async"])
@pytest.mark.parametrize("fate", [Fate.UNANSWERED, Fate.BUSY], ids=["answers", "retries"])
def test_a_bulk_call_that_waits_is_ended_by_ctrl_c(script: str, fate: Fate, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with LossyProxy("http://nowhere", seed=1, odds={fate: 1.0}) as proxy, log.open("wb") as output:
        command = [sys.executable, "-W", "error", "-c", script, proxy.url]
        with subprocess.Popen(command, stdout=output, stderr=output) as process:
            try:
                ends_at_s = time.monotonic() + 30
                while proxy.attempts < CONCURRENCY:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < ends_at_s
                    time.sleep(0.01)
                interrupted_s = time.monotonic()
                process.send_signal(signal.SIGINT)
                code = process.wait(AT_ONCE_S)
            finally:
                process.kill()
        took_s = time.monotonic() - interrupted_s
    assert (code, log.read_text()) == (0, "interrupted []\n")
    assert took_s < AT_ONCE_S
    assert proxy.attempts == CONCURRENCY
