"""Closing leaves nothing open, and closes nothing that is not ours."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest

import aiaas

# A server in the same process, so that connections are real ones.
SERVER = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b'{"status": "ok", "version": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"

import aiaas, gc
from aiaas.contract.system import HEALTH
"""

SYNC = """
with aiaas.Client("key", base_url=url) as client:
    assert client.request(HEALTH).version == "1"
del client
"""

ASYNC = """
import asyncio
async def main():
    async with aiaas.AsyncClient("key", base_url=url) as client:
        assert (await client.request(HEALTH)).version == "1"
asyncio.run(main())
"""


@pytest.mark.parametrize("use", [SYNC, ASYNC], ids=["sync", "async"])
def test_a_closed_client_leaves_no_warning(use: str) -> None:
    code = f"{SERVER}{use}\ngc.collect()\nserver.shutdown()\nserver.server_close()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_client_of_the_callers_own_stays_open() -> None:
    with httpx.Client() as http_client:
        with aiaas.Client("k", http_client=http_client):
            pass
        assert not http_client.is_closed


async def test_an_asynchronous_client_of_the_callers_own_stays_open() -> None:
    async with httpx.AsyncClient() as http_client:
        async with aiaas.AsyncClient("k", http_client=http_client):
            pass
        assert not http_client.is_closed


async def test_closing_twice_is_harmless() -> None:
    client = aiaas.Client("k")
    client.close()
    client.close()
    async_client = aiaas.AsyncClient("k")
    await async_client.close()
    await async_client.close()
