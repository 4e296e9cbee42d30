"""A reference cloud in a process of its own, on a free loopback port."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final

_ANNOUNCED: Final = re.compile(r"aiaas-mock \S+ on (http://\S+)")
_START_S: Final = 60.0


class ServerDied(Exception):
    """The server ended before it listened; the message is what it wrote."""


class ServerProcess:
    """Runs ``aiaas-mock serve --port 0`` with further arguments.

    Args:
        arguments: Options of ``aiaas-mock serve``.
        env: The whole environment, this process's when omitted.
        python: Options of the interpreter itself.

    Attributes:
        url: Where it listens.

    Raises:
        ServerDied: It ended before it listened.

    Example:
        >>> with ServerProcess("--api-key", "at-least-16-characters") as server:
        ...     print(server.url)
    """

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        python: Sequence[str] = (),
    ) -> None:
        command = [sys.executable, *python, "-m", "aiaas_mock", "serve", "--port", "0", *arguments]
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter and our own module
            command, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._wait_for_url()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._lines)

    def wait_for_log(self, pattern: str, *, timeout_s: float = 10.0) -> re.Match[str]:
        """Wait until a regular expression is found in the log.

        Raises:
            TimeoutError: It was not there in time.
        """
        found: list[re.Match[str] | None] = []

        def search() -> bool:
            found.append(re.search(pattern, self.log))
            return found[-1] is not None

        with self._changed:
            self._changed.wait_for(search, timeout_s)
        match = found[-1]
        if match is None:
            raise TimeoutError(f"no {pattern!r} in the server's log:\n{self.log}")
        return match

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def wait(self, timeout_s: float = 30.0) -> int:
        """Wait for the end and return the exit code."""
        code = self._process.wait(timeout_s)
        self._reader.join(timeout_s)
        return code

    def stop(self) -> int:
        """Let it answer what is in flight, and return its exit code; safe to call twice."""
        if self._process.poll() is None:
            self._process.terminate()
        return self.wait()

    def __enter__(self) -> ServerProcess:
        """Return the running server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def _read(self) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        with stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._process.wait()
            self._changed.notify_all()

    def _wait_for_url(self) -> str:
        def settled() -> bool:
            return bool(_ANNOUNCED.search(self.log)) or self._process.poll() is not None

        with self._changed:
            self._changed.wait_for(settled, _START_S)
        announced = _ANNOUNCED.search(self.log)
        if announced is None:
            self._process.kill()
            self.wait()
            raise ServerDied(self.log)
        return announced[1]
