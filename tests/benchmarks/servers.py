"""Servers under test, each a process of its own on a free loopback port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

KEY = "sk_mock_bench_0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        name: What it is called in the results.
        port: Where it listens on loopback.
        pid: Its process.
        ready_s: Time from the start of the process to the first positive probe.
        started: `time.perf_counter` at the start of the process.
    """

    name: str
    port: int
    pid: int
    ready_s: float
    started: float

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"


def fresh_environment() -> dict[str, str]:
    """Return the environment of a process that is timed: compiled modules are kept, as usual."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextlib.contextmanager
def aiaas_server(name: str, engine: str, *options: str) -> Iterator[Server]:
    """Run the reference cloud with the fashion models only."""
    command = [
        *(sys.executable, "-m", "aiaas_mock", "serve", "--engine", engine, "--api-key", KEY),
        *("--default", "images.classify=fashion-cnn", "--warm", "fashion-cnn"),
        # Room for 64 clients with 64 pictures each.
        *("--warm", "fashion-resnet", "--log-format", "json", "--max-queue", "8192", *options),
    ]
    with running(name, command, "/readyz") as server:
        yield server


@contextlib.contextmanager
def naive_server() -> Iterator[Server]:
    """Run the plain FastAPI server that calls ``model.predict`` for every request."""
    command = [sys.executable, "-m", "tests.benchmarks.naive"]
    with running("fastapi + model.predict", command, "/ready") as server:
        yield server


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], probe: str, *, port_option: str = "--port"
) -> Iterator[Server]:
    """Run a server, from its first positive answer to a probe on."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, port_option, str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=fresh_environment(),
        )
        try:
            _wait(f"http://127.0.0.1:{port}{probe}", process)
            yield Server(name, port, process.pid, time.perf_counter() - started, started)
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    with httpx.Client(timeout=5) as client:  # one, as making it takes longer than asking
        while time.monotonic() < give_up and process.poll() is None:
            try:
                answer = client.get(url)
            except httpx.TransportError:
                pass  # not listening yet
            else:
                if answer.status_code == 200:
                    return
            time.sleep(0.005)
    raise RuntimeError(f"no positive answer from {url} (exit code {process.poll()})")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
