"""How an application in this process is reached."""

from __future__ import annotations

from typing import Final

import httpx

from aiaas_mock.testing.app_thread import AppThread
from aiaas_mock.testing.async_transport import AsyncInProcessTransport
from aiaas_mock.testing.sync_transport import InProcessTransport

# 'localhost', because development keys and the control plane are for names of this machine only.
IN_PROCESS_URL: Final = "http://mock.localhost"


class InProcessDoor:
    """Reaches an application in this process.

    Args:
        running: The application.
    """

    def __init__(self, running: AppThread) -> None:
        self.url = IN_PROCESS_URL
        self._running = running
        self.http = httpx.Client(transport=InProcessTransport(running), trust_env=False)

    def async_http(self) -> httpx.AsyncClient:
        """Return a client that holds no connection."""
        return httpx.AsyncClient(transport=AsyncInProcessTransport(self._running), trust_env=False)

    def close(self) -> None:
        """Close nothing: there are no connections."""
        self.http.close()
