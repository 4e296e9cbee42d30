"""What answers are kept, and under which key; no input or output here."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from aiaas._core.calls import Call
from aiaas._core.responses import RawResponse
from aiaas.contract import headers as names
from aiaas.middleware._targets import url_of

CACHE_HEADER: Final = "Aiaas-Cache"
"""``hit`` on an answer that was kept, ``shared`` on one that another call was waiting for."""

# Different for every attempt, and without effect on the answer.
_IRRELEVANT: Final = frozenset(
    {
        "baggage",
        "traceparent",
        "tracestate",
        names.DEADLINE_MS.lower(),
        names.IDEMPOTENCY_KEY.lower(),
        names.RETRY_COUNT.lower(),
    }
)
# They were true when the answer was made.
_OUTDATED: Final = frozenset(
    {
        "set-cookie",
        names.RATE_LIMIT.lower(),
        names.RATE_LIMIT_POLICY.lower(),
        names.RETRY_AFTER.lower(),
    }
)
_ENTRY_OVERHEAD_BYTES: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheCounts:
    """What a cache did so far.

    Attributes:
        hits: Calls answered from the cache.
        misses: Calls that could have been and were not.
        shared: Calls answered together with another one that was under way.
        entries: Answers that are kept.
        size_bytes: What they take, about.
    """

    hits: int = 0
    misses: int = 0
    shared: int = 0
    entries: int = 0
    size_bytes: int = 0


class FoldedHeaders(Mapping[str, str]):
    """Headers that cannot be changed and are looked up whatever their case."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in values.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._values)})"


@dataclass(frozen=True, slots=True)
class _Entry:
    response: RawResponse
    size_bytes: int
    expires_at_s: float


class AnswerStore:
    """The answers that were used last; may be used from many threads."""

    def __init__(self, *, max_entries: int, max_bytes: int, ttl_s: float) -> None:
        if max_entries < 1 or max_bytes < 1 or ttl_s <= 0:
            raise ValueError("max_entries, max_bytes and ttl_s must be above 0")
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._ttl_s = ttl_s
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._size_bytes = 0
        self._hits = self._misses = self._shared = 0
        # Keys of the cache may end in a memory dump; API keys must not be guessed from them.
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()

    @property
    def counts(self) -> CacheCounts:
        """What was done so far."""
        with self._lock:
            return CacheCounts(
                hits=self._hits,
                misses=self._misses,
                shared=self._shared,
                entries=len(self._entries),
                size_bytes=self._size_bytes,
            )

    def key_of(self, call: Call) -> str:
        """Return what tells `call` from all calls that may get another answer."""
        key = hashlib.blake2b(key=self._secret, digest_size=32)
        for piece in _pieces(call):
            # With its length, so that no two ways to cut the same bytes look alike.
            key.update(len(piece).to_bytes(8, "big"))
            key.update(piece)
        return key.hexdigest()

    def get(self, key: str, *, now_s: float) -> RawResponse | None:
        """Return a copy of the answer that is kept under `key`, and count."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.expires_at_s <= now_s:
                self._drop(key)
                entry = None
            if entry is None:
                self._misses += 1
                return None
            self._hits += 1
            self._entries.move_to_end(key)
            return marked(entry.response, "hit")

    def put(self, key: str, response: RawResponse, *, now_s: float) -> None:
        """Keep an answer, and forget what was not used for longest if room is needed."""
        directives = response.headers.get("cache-control", "").lower()
        size_bytes = len(response.content) + len(key) + _ENTRY_OVERHEAD_BYTES
        size_bytes += sum(len(name) + len(value) for name, value in response.headers.items())
        if response.status != 200 or "no-store" in directives or size_bytes > self._max_bytes:
            return
        kept = replace(response, headers=FoldedHeaders(response.headers))
        with self._lock:
            if key in self._entries:
                self._drop(key)
            self._entries[key] = _Entry(kept, size_bytes, now_s + self._ttl_s)
            self._size_bytes += size_bytes
            while len(self._entries) > self._max_entries or self._size_bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def shared(self) -> None:
        """Count a call that was answered together with another."""
        with self._lock:
            self._shared += 1

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._entries.clear()
            self._size_bytes = 0

    def after_fork(self) -> None:
        """Keep the answers; another thread may have held the lock in the middle of a change."""
        self._lock = threading.Lock()
        self._size_bytes = sum(entry.size_bytes for entry in self._entries.values())

    def _drop(self, key: str) -> None:
        self._size_bytes -= self._entries.pop(key).size_bytes


def is_kept(call: Call) -> bool:
    """Say whether the answer to a call may be kept.

    An operation without a scope asks for the access token itself, which must be a new one.
    """
    operation = call.operation
    return operation.effect == "pure" and operation.scope is not None and not call.stream


def marked(response: RawResponse, how: str) -> RawResponse:
    """Return a copy that says where it comes from; nothing done to it reaches the original."""
    headers = {n: v for n, v in response.headers.items() if n.lower() not in _OUTDATED}
    return replace(response, headers=FoldedHeaders({**headers, CACHE_HEADER: how}))


def _pieces(call: Call) -> Iterator[bytes]:
    outgoing = call.outgoing
    for text in (url_of(call), call.operation.name, call.method, call.query):
        yield text.encode()
    yield (call.authorization.reveal() if call.authorization else "").encode()
    headers = {**call.settings.headers, **call.headers}
    for name, value in sorted((name.lower(), value) for name, value in headers.items()):
        if name not in _IRRELEVANT:
            yield f"{name}:{value}".encode()
    yield (outgoing.content_type or "").encode()
    yield hashlib.sha256(outgoing.content or b"").digest()
    for part in outgoing.parts:
        yield f"{part.name}\n{part.media_type}\n{part.filename or ''}".encode()
        yield hashlib.sha256(part.content).digest()
