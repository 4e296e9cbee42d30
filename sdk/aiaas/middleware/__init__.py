"""Middleware that comes with the client; none of it is on by default.

Each is a class for `aiaas.Client` and its twin with ``Async`` in front for `aiaas.AsyncClient`.
The first in the list is the outermost; a good order is telemetry, cache, circuit breaker, pacing,
concurrency limit, hedging.

Example:
    >>> import aiaas
    >>> from aiaas.middleware import CircuitBreaker, ResponseCache
    >>> client = aiaas.Client(middleware=[ResponseCache(ttl_s=600), CircuitBreaker()])

Importing this module loads nothing: every name below is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiaas._async.middleware import AsyncMiddleware, AsyncProceed
    from aiaas._core.calls import Call
    from aiaas._core.responses import RawResponse
    from aiaas._sync.middleware import Middleware, Proceed
    from aiaas.middleware._async.cache import AsyncResponseCache
    from aiaas.middleware._async.circuit import AsyncCircuitBreaker
    from aiaas.middleware._async.concurrency import AsyncConcurrencyLimit
    from aiaas.middleware._async.hedging import AsyncHedging
    from aiaas.middleware._async.pacing import AsyncRatePacing
    from aiaas.middleware._async.telemetry import AsyncOpenTelemetry
    from aiaas.middleware._cache import CacheCounts
    from aiaas.middleware._circuit import CircuitOpenError, CircuitState
    from aiaas.middleware._latency import HedgingCounts
    from aiaas.middleware._sync.cache import ResponseCache
    from aiaas.middleware._sync.circuit import CircuitBreaker
    from aiaas.middleware._sync.concurrency import ConcurrencyLimit
    from aiaas.middleware._sync.hedging import Hedging
    from aiaas.middleware._sync.pacing import RatePacing
    from aiaas.middleware._sync.telemetry import OpenTelemetry

__all__ = [
    "AsyncCircuitBreaker",
    "AsyncConcurrencyLimit",
    "AsyncHedging",
    "AsyncMiddleware",
    "AsyncOpenTelemetry",
    "AsyncProceed",
    "AsyncRatePacing",
    "AsyncResponseCache",
    "CacheCounts",
    "Call",
    "CircuitBreaker",
    "CircuitOpenError",
    "CircuitState",
    "ConcurrencyLimit",
    "Hedging",
    "HedgingCounts",
    "Middleware",
    "OpenTelemetry",
    "Proceed",
    "RatePacing",
    "RawResponse",
    "ResponseCache",
]

# Where each public name lives. A test holds it, `__all__` and the imports above together.
_EXPORTS = {
    "aiaas._async.middleware": ("AsyncMiddleware", "AsyncProceed"),
    "aiaas._core.calls": ("Call",),
    "aiaas._core.responses": ("RawResponse",),
    "aiaas._sync.middleware": ("Middleware", "Proceed"),
    "aiaas.middleware._async.cache": ("AsyncResponseCache",),
    "aiaas.middleware._async.circuit": ("AsyncCircuitBreaker",),
    "aiaas.middleware._async.concurrency": ("AsyncConcurrencyLimit",),
    "aiaas.middleware._async.hedging": ("AsyncHedging",),
    "aiaas.middleware._async.pacing": ("AsyncRatePacing",),
    "aiaas.middleware._async.telemetry": ("AsyncOpenTelemetry",),
    "aiaas.middleware._cache": ("CacheCounts",),
    "aiaas.middleware._circuit": ("CircuitOpenError", "CircuitState"),
    "aiaas.middleware._latency": ("HedgingCounts",),
    "aiaas.middleware._sync.cache": ("ResponseCache",),
    "aiaas.middleware._sync.circuit": ("CircuitBreaker",),
    "aiaas.middleware._sync.concurrency": ("ConcurrencyLimit",),
    "aiaas.middleware._sync.hedging": ("Hedging",),
    "aiaas.middleware._sync.pacing": ("RatePacing",),
    "aiaas.middleware._sync.telemetry": ("OpenTelemetry",),
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'aiaas.middleware' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
