"""One request to a deployment, taken apart into the steps of the network."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from aiaas._core.connections import tls_hint
from aiaas._core.errors import APIConnectionError, APITimeoutError, Phase
from aiaas._core.version import USER_AGENT

_HEALTH: Final = "/healthz"
_READY: Final = "/readyz"


@dataclass(slots=True, kw_only=True)
class Probe:
    """What was found.

    Attributes:
        base_url: Where it was asked.
        address: Address that the name stands for.
        steps_ms: How long each step took, in milliseconds, in order; ``total`` is all of them.
        version: Version of the server, or ``unknown``.
        readiness: ``ready``, ``starting``, ``stopping`` or ``unknown``.
        request_id: Id of the request that was measured.
    """

    base_url: str
    address: str = ""
    steps_ms: dict[str, float] = field(default_factory=dict)
    version: str = "unknown"
    readiness: str = "unknown"
    request_id: str = "unknown"

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "base_url": self.base_url,
            "address": self.address,
            "version": self.version,
            "readiness": self.readiness,
            "request_id": self.request_id,
            "steps_ms": {name: round(value, 3) for name, value in self.steps_ms.items()},
        }


class _Stopwatch:
    """Names the time since it was last asked."""

    def __init__(self, steps_ms: dict[str, float]) -> None:
        self._steps_ms = steps_ms
        self._began_s = self._last_s = time.perf_counter()

    def lap(self, name: str) -> None:
        now_s = time.perf_counter()
        self._steps_ms[name] = (now_s - self._last_s) * 1000
        self._last_s = now_s

    def finish(self) -> None:
        self._steps_ms["total"] = (self._last_s - self._began_s) * 1000


def probe(base_url: str, *, timeout_s: float) -> Probe:
    """Ask a deployment for its health and measure every step.

    Raises:
        APIConnectionError: No answer came; says at which step.
    """
    parts = urlsplit(base_url)
    found = Probe(base_url=base_url.rstrip("/"))
    watch = _Stopwatch(found.steps_ms)
    connection = _connect(parts, found, watch, timeout_s)
    try:
        _ask(connection, parts, found, watch)
    except (OSError, http.client.HTTPException) as error:
        raise _failed(error, parts, "read") from error
    finally:
        connection.close()
    return found


def _ask(
    connection: http.client.HTTPConnection, parts: SplitResult, found: Probe, watch: _Stopwatch
) -> None:
    connection.request("GET", parts.path.rstrip("/") + _HEALTH, headers={"User-Agent": USER_AGENT})
    response = connection.getresponse()
    watch.lap("first byte")
    health = _json(response.read())
    watch.lap("rest")
    watch.finish()
    found.request_id = response.headers.get("X-Request-Id", "unknown")
    found.version = str(health.get("version", "unknown"))
    connection.request("GET", parts.path.rstrip("/") + _READY, headers={"User-Agent": USER_AGENT})
    found.readiness = str(_json(connection.getresponse().read()).get("status", "unknown"))


def _connect(
    parts: SplitResult, found: Probe, watch: _Stopwatch, timeout_s: float
) -> http.client.HTTPConnection:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _failed(error, parts, "resolve") from error
    watch.lap("DNS")
    plain = _open(addresses, parts, timeout_s)
    found.address = str(plain.getpeername()[0])
    watch.lap("TCP")
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    connection.sock = plain
    if secure:
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError as error:
            plain.close()
            raise _failed(error, parts, "tls") from error
        watch.lap("TLS")
    return connection


def _open(addresses: list[Any], parts: SplitResult, timeout_s: float) -> socket.socket:
    """Connect to the first address that answers; names often stand for one of each family."""
    failure: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(timeout_s)
        try:
            opened.connect(address)
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    raise _failed(failure or OSError("no address"), parts, "connect") from failure


def _failed(error: Exception, parts: SplitResult, phase: Phase) -> APIConnectionError:
    kind = APITimeoutError if isinstance(error, TimeoutError) else APIConnectionError
    reason = getattr(error, "strerror", None) or str(error)
    hint = tls_hint(error) if phase == "tls" else None
    return kind(reason, host=parts.netloc, phase=phase, hint=hint)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
