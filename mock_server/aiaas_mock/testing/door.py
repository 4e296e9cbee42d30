"""How a server is reached: over the network, or in this process."""

from __future__ import annotations

from typing import Protocol

import httpx


class Door(Protocol):
    """Makes clients of HTTP that reach one server."""

    @property
    def url(self) -> str:
        """Address of the server."""
        ...

    @property
    def http(self) -> httpx.Client:
        """A client that all may share."""
        ...

    def async_http(self) -> httpx.AsyncClient:
        """Return a client that need not be closed, nor stay in one event loop."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...
