# Generated from aiaas/middleware/_async/cache.py by `make sync`; edit that file instead.
"""Keep the answers of pure operations."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse
from aiaas._sync.middleware import Proceed
from aiaas.middleware._cache import AnswerStore, CacheCounts, is_kept, marked
from aiaas.middleware._sync import _runtime


class ResponseCache:
    """Answer a question that was asked before without asking again.

    Only operations whose answer depends on nothing but the request are kept: inference, whose
    effect is ``pure`` in the contract. Two calls share an answer when deployment, operation,
    path, query, body, headers and API key are the same; another tenant's key never gets it. An
    answer from the cache has the header ``Aiaas-Cache: hit``, and the request id of the original.

    Args:
        max_entries: Answers kept at most; the ones not used for longest are forgotten.
        max_bytes: What they may take together.
        ttl_s: Seconds that an answer is kept. A model's alias may come to mean another version
            within that time; name the version to be sure.
        single_flight: Whether calls for the same thing at the same time wait for one request.
        clock: Gives the time in seconds, from any start.

    Raises:
        ValueError: A number is not above 0.

    Example:
        >>> client = aiaas.Client(middleware=[ResponseCache(ttl_s=600)])
    """

    def __init__(
        self,
        *,
        max_entries: int = 1024,
        max_bytes: int = 64 * 1024 * 1024,
        ttl_s: float = 300.0,
        single_flight: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = AnswerStore(max_entries=max_entries, max_bytes=max_bytes, ttl_s=ttl_s)
        self._flights = _runtime.Flights[RawResponse]() if single_flight else None
        self._clock = clock

    @property
    def counts(self) -> CacheCounts:
        """What was found, missed and kept so far."""
        return self._store.counts

    def after_fork(self) -> None:
        """Wait for nobody: who asks does so in the parent."""
        self._store.after_fork()
        if self._flights is not None:
            self._flights.after_fork()

    def clear(self) -> None:
        """Forget all answers."""
        self._store.clear()

    def __call__(self, call: Call, proceed: Proceed, /) -> RawResponse:
        """Answer the call from the cache, or send it."""
        if not is_kept(call):
            return proceed(call)
        key = self._store.key_of(call)
        kept = self._store.get(key, now_s=self._clock())
        if kept is not None:
            return kept

        def send() -> RawResponse:
            response = proceed(call)
            self._store.put(key, response, now_s=self._clock())
            return response

        if self._flights is None:
            return send()
        response, shared = self._flights.share(key, send, timeout_s=call.remaining_s)
        if not shared:
            return response
        if response.status != 200:
            return send()  # a failure is nobody else's
        self._store.shared()
        return marked(response, "shared")
