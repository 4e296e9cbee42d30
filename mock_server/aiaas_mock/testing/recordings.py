"""Recordings of a namespace: made, kept in files, replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from aiaas_mock.testing.control import Control


class MockRecordings:
    """What a namespace, or a deployment behind it, answered; to be answered again.

    Args:
        control: Where they are kept.

    Example:
        >>> aiaas_mock.recordings.load("tests/checkout.har")
        >>> aiaas_mock.recordings.replay()
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def start(
        self,
        upstream: str | None = None,
        *,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Record from now on, and return the id of the recording.

        Args:
            upstream: Address of the deployment that answers and is recorded; the namespace itself
                when omitted.
            api_key: Key for it, in the place of the client's.
            headers: Further headers for it.

        Raises:
            MockControlError: Something is recorded or replayed already, or the upstream is none.
        """
        given = {"upstream": upstream, "api_key": api_key, "headers": dict(headers or {}) or None}
        body = {name: value for name, value in given.items() if value is not None}
        return str(self._control.ask("POST", "recordings/start", body)["id"])

    def stop(self) -> dict[str, Any]:
        """Stop to record or to replay, and return the state of the recording.

        Raises:
            MockControlError: Neither is going on.
        """
        return self._control.ask("POST", "recordings/stop")

    @contextmanager
    def during(self, upstream: str | None = None, **arguments: Any) -> Iterator[str]:
        """Record inside a block; it takes what `start` does."""
        recording_id = self.start(upstream, **arguments)
        try:
            yield recording_id
        finally:
            self.stop()

    def list(self) -> list[dict[str, Any]]:
        """Return the states of all recordings, the newest last."""
        return list(self._control.ask("GET", "recordings")["data"])

    def save(self, path: str | PathLike[str], recording_id: str | None = None) -> None:
        """Write a recording to a HAR file; the newest when none is named."""
        har = self._control.ask("GET", f"recordings/{recording_id or self._newest()}")
        Path(path).write_text(json.dumps(har, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def load(self, path: str | PathLike[str]) -> str:
        """Bring a HAR file in, and return the id of the recording.

        Raises:
            MockControlError: It is none, or too large; the message has the entry and the field.
        """
        har = json.loads(Path(path).read_text("utf-8"))
        return str(self._control.ask("POST", "recordings", har)["id"])

    def replay(
        self,
        recording_id: str | None = None,
        *,
        pace: Literal["at_once", "recorded"] = "at_once",
    ) -> None:
        """Answer from a recording from now on, the newest when none is named.

        Raises:
            MockControlError: There is no such recording, or one is being made.
        """
        found = recording_id or self._newest()
        self._control.ask("POST", f"recordings/{found}/replay", query={"pace": pace})

    def remove(self, recording_id: str) -> None:
        """Forget a recording."""
        self._control.ask("DELETE", f"recordings/{recording_id}")

    def _newest(self) -> str:
        found = self.list()
        if not found:
            raise LookupError("the namespace has no recording")
        return str(found[-1]["id"])
