"""`MockCloud`: the reference cloud in this process, without a socket."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

from pydantic import SecretStr

from aiaas_mock.app import create_app
from aiaas_mock.inference.backend import ModelBackend
from aiaas_mock.settings import Settings
from aiaas_mock.testing.app_thread import AppThread
from aiaas_mock.testing.in_process import InProcessDoor
from aiaas_mock.testing.namespace import MockNamespace

_NAME: Final = "default"
_READY_S: Final = 60.0


class MockCloud(MockNamespace):
    """Runs the reference cloud in a thread of this process, for unittest, notebooks and pytest.

    It is the namespace ``default`` of itself: everything of `MockNamespace` steers that one. Use
    `namespace` for more of them.

    Args:
        seed: Root seed of everything that is drawn.
        frozen: Instant at which the clock stands.
        faults: Rules of what goes wrong, as the control plane has them.
        backend: What runs the models, instead of this process.
        settings: Settings of the server, such as ``engine="null"`` or ``models=folder``.

    Raises:
        pydantic.ValidationError: There is no such setting, or its value is wrong.

    Example:
        >>> with MockCloud(seed=7) as cloud:
        ...     print(cloud.client().images.classify("cat.jpg").label)
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        frozen: datetime | str | None = None,
        faults: Iterable[Mapping[str, object]] = (),
        backend: ModelBackend | None = None,
        **settings: Any,
    ) -> None:
        key = f"sk_mock_{_NAME}_{secrets.token_hex(16)}"
        # What others set for a server of theirs must not have this one listen or write to a disk.
        chosen = {"host": "127.0.0.1", "data_dir": None, "key_file": None, **settings}
        self._first_seed, self._first_instant, self._first_faults = seed, frozen, tuple(faults)
        self._log = _Log()
        self._thread = AppThread(
            create_app(
                Settings(api_key=(SecretStr(key),), **chosen),
                backend=backend,
                logger=self._log,
                on_ready=self._log.settled.set,
            )
        )
        door = InProcessDoor(self._thread)
        super().__init__(door, _NAME, api_key=key, base_url=door.url)

    def start(self) -> None:
        """Start, and wait until the models are loaded; `with` does it.

        Raises:
            RuntimeError: It was started before, or its models cannot be loaded.
        """
        self._thread.start()
        try:
            self._log.wait()
            if self._first_seed is not None:
                self.seed = self._first_seed
            if self._first_instant is not None:
                self.clock.freeze(self._first_instant)
            self.set_up(faults=self._first_faults)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop; safe to call twice, and for good."""
        self._thread.stop()
        self._door.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start, without holding up the event loop."""
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, without holding up the event loop."""
        await asyncio.to_thread(self.stop)

    @contextmanager
    def namespace(
        self, name: str, *, seed: int | None = None, frozen: datetime | str | None = None
    ) -> Iterator[MockNamespace]:
        """Make another namespace, which is dropped at the end of the block.

        Args:
            name: Its name: 1 to 32 of a-z, 0-9 and '-'.
            seed: Root seed of everything that is drawn.
            frozen: Instant at which its clock stands.
        """
        made = MockNamespace.made(self._door, name, seed=seed, frozen=frozen)
        try:
            yield made
        finally:
            made.drop()


class _Log:
    """Writes the server's log to ``logging``, where a test or a notebook can see it."""

    def __init__(self) -> None:
        self.settled = threading.Event()
        self._reason: str | None = None
        self._logger = logging.getLogger("aiaas_mock")

    def info(self, event: str, **fields: Any) -> None:
        self._logger.info("%s %s", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        trace = fields.pop("exc_info", None)
        self._logger.error("%s %s", event, fields, exc_info=trace)
        if event == "not ready":
            self._reason = str(fields.get("reason") or trace)
            self.settled.set()

    def wait(self) -> None:
        """Wait until the server is ready.

        Raises:
            RuntimeError: It will not be.
        """
        if not self.settled.wait(_READY_S):
            self._reason = f"not ready after {_READY_S:g} seconds"
        if self._reason is not None:
            raise RuntimeError(f"the mock cloud did not start: {self._reason}")
