"""How a server is reached over the network."""

from __future__ import annotations

import httpx


class NetworkDoor:
    """Reaches a server over the network.

    Args:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.http = httpx.Client(trust_env=False)

    def async_http(self) -> httpx.AsyncClient:
        """Return a client that closes each connection after its request.

        A connection belongs to an event loop, which may be gone when a fixture ends.
        """
        return httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        """Close connections."""
        self.http.close()
