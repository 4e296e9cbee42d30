"""`MockServer`: a mock cloud on a port, whose namespaces tests take for themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import httpx

from aiaas_mock.testing.control import Control
from aiaas_mock.testing.namespace import MockNamespace
from aiaas_mock.testing.network import NetworkDoor

if TYPE_CHECKING:
    from aiaas_mock.conformance.process import ServerProcess

_SETTINGS: Final = "AIAAS_MOCK_"
_READY: Final = r'"ready"'
_READY_S: Final = 60.0


class MockServer:
    """A server that tests share; close it at the end.

    Args:
        url: Its address.
        admin_token: What its control plane wants to be shown, if anything.
        process: The process that it runs in, when it is ours to stop.

    Attributes:
        url: The same.
    """

    def __init__(
        self, url: str, *, admin_token: str | None = None, process: ServerProcess | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._admin_token = admin_token
        self._process = process
        self._door = NetworkDoor(url)

    @classmethod
    def started(cls, *arguments: str) -> Self:
        """Start a server in a process of its own, on a free port, and wait until it is ready.

        A process starts as quickly as a thread does, and computes beside the tests.

        Args:
            arguments: Options of ``aiaas-mock serve``.

        Raises:
            ImportError: What a server needs is not installed.
            ServerDied: It ended before it listened.
            TimeoutError: It was not ready in time.
        """
        if find_spec("uvicorn") is None:  # the process would say so less clearly
            raise ImportError("No module named 'uvicorn'")
        from aiaas_mock.conformance.process import ServerProcess

        # Tests must not depend on the settings of whoever runs them.
        env = {name: value for name, value in os.environ.items() if _SETTINGS not in name}
        process = ServerProcess("--log-format", "json", *arguments, env=env)
        try:
            process.wait_for_log(_READY, timeout_s=_READY_S)
        except BaseException:
            process.stop()
            raise
        return cls(process.url, process=process)

    @classmethod
    def at(cls, url: str, *, admin_token: str | None = None) -> Self:
        """Use a server that is running.

        Raises:
            RuntimeError: It cannot be reached.
            MockControlError: It cannot be steered.
        """
        server = cls(url, admin_token=admin_token)
        control = Control(server._door.http, url, "default", admin_token=admin_token)
        try:
            control.ask("GET", "capabilities")
        except httpx.TransportError as error:
            server.close()
            raise RuntimeError(f"there is no mock cloud at {url}: {error}") from error
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        """Close connections, and stop the process if it is ours."""
        self._door.close()
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def namespace(
        self, name: str, *, seed: int | None = None, frozen: datetime | str | None = None
    ) -> Iterator[MockNamespace]:
        """Make a namespace, which is dropped at the end of the block.

        Args:
            name: Its name: 1 to 32 of a-z, 0-9 and '-'.
            seed: Root seed of everything that is drawn.
            frozen: Instant at which its clock stands.
        """
        made = MockNamespace.made(
            self._door, name, seed=seed, frozen=frozen, admin_token=self._admin_token
        )
        try:
            yield made
        finally:
            made.drop()
