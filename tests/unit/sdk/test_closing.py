"""Closing leaves nothing open, and closes nothing that is not ours."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

import aiaas
from aiaas.contract.system import HEALTH
from aiaas.middleware import Hedging

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


class Closable:
    """A middleware that is closed by an ordinary function."""

    def __init__(self) -> None:
        self.closed = 0

    def __call__(self, call: Any, proceed: Any, /) -> Any:
        return proceed(call)

    def close(self) -> None:
        self.closed += 1


class AsyncClosable(Closable):
    """A middleware that is closed by a coroutine function."""

    async def close(self) -> None:  # type: ignore[override]
        self.closed += 1


async def test_middleware_that_can_be_closed_is_closed_with_the_client() -> None:
    def plain(call: Any, proceed: Any, /) -> Any:
        return proceed(call)

    layer, async_layer = Closable(), AsyncClosable()
    with aiaas.Client("k", middleware=[layer, plain]):
        assert layer.closed == 0
    async with aiaas.AsyncClient("k", middleware=[layer, async_layer, plain]):
        assert async_layer.closed == 0
    assert (layer.closed, async_layer.closed) == (2, 1)


def test_the_threads_of_hedging_end_with_the_client() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "ok", "version": "1"})

    threads = set(threading.enumerate())
    hedging = Hedging(after_s=5.0)
    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as http_client,
        aiaas.Client("k", http_client=http_client, middleware=[hedging]) as client,
    ):
        client.request(HEALTH)
        ours = set(threading.enumerate()) - threads
        assert ours
    for thread in ours:
        thread.join(10)
    assert set(threading.enumerate()) == threads
