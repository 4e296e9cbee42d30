"""A browser without a screen, driven over the pipe of its DevTools protocol: no driver needed."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FIRST_FD: Final = 10  # 3 and 4 are what the browser reads and writes
_WAIT_MS: Final = 20_000


def find_browser() -> str | None:
    """Return the path of a browser: that of ``AIAAS_TEST_BROWSER``, else of Chromium or Chrome."""
    named = os.environ.get("AIAAS_TEST_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page of a browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = os.fdopen(answers, "rb", closefd=False)
        self._count = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._call("Log.enable")
        self.complaints: list[str] = []

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=url)

    def run(self, expression: str) -> Any:
        """Return what JavaScript makes of an expression in the page."""
        found = self._call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true."""
        expression = f"""new Promise((resolve) => {{
            const look = () => {condition} ? resolve(true) : setTimeout(look, 20);
            setTimeout(() => resolve(false), {_WAIT_MS});
            look();
        }})"""
        assert self.run(expression), f"never came true: {condition}"

    def text(self, name: str) -> str:
        """Return the text of an element."""
        return str(self.run(f"document.getElementById({name!r}).textContent"))

    def click(self, name: str) -> None:
        """Click an element."""
        self.run(f"document.getElementById({name!r}).click()")

    def fill(self, name: str, value: str, event: str = "change") -> None:
        """Write into a field."""
        field = f"document.getElementById({name!r})"
        self.run(
            f"{field}.value = {json.dumps(value)}, {field}.dispatchEvent(new Event('{event}'))"
        )

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        command: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = json.loads(self._message())
            if message.get("method") == "Log.entryAdded":
                entry = message["params"]["entry"]
                if entry["level"] == "error":
                    self.complaints.append(entry["text"])
            if message.get("id") == self._count:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def _message(self) -> bytes:
        found = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser is gone"
            found += byte
        return bytes(found)


@contextmanager
def open_tab(browser: str, folder: Path) -> Iterator[Tab]:
    """Start a browser with a profile of its own, and end it."""
    (its_in, commands), (answers, its_out) = _pipe(), _pipe()
    arguments = [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"),
        *("--no-sandbox", f"--user-data-dir={folder}", "--remote-debugging-pipe"),
    ]
    pid = os.posix_spawn(
        browser,
        arguments,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, its_in, 3),
            (os.POSIX_SPAWN_DUP2, its_out, 4),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    os.close(its_in)
    os.close(its_out)
    try:
        yield Tab(commands, answers)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(commands)
        os.close(answers)


def _pipe() -> tuple[int, int]:
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FD))
        os.close(end)
    return ends[0], ends[1]
