"""What is drawn at random in a namespace: from its root seed when it has one.

A seeded draw depends on the seed, on the request, on how often the same was asked before, and on
what is drawn. So a request gets the same whatever else is asked at that moment, by however many.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final, Protocol

from aiaas_mock.context import random_id

_ID_BYTES: Final = 15  # 24 characters of base32, none of them padding
_MOST_REQUESTS: Final = 65_536  # different ones, before the count of all begins anew


class Drawing(Protocol):
    """Draws ids and numbers."""

    def new_id(self, prefix: str) -> str:
        """Return an id."""
        ...

    def random_bits(self, count: int) -> int:
        """Return a number of at most `count` bits, which are at most 256."""
        ...


class Unforeseen:
    """Draws what nobody can foresee."""

    def new_id(self, prefix: str) -> str:
        """Return an id."""
        return random_id(prefix)

    def random_bits(self, count: int) -> int:
        """Return a number of at most `count` bits."""
        return secrets.randbits(count)


class SeededDrawing:
    """Draws from a key; of each kind the first, the second and so on.

    Args:
        key: What everything is made of.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._counts: dict[str, int] = {}

    def new_id(self, prefix: str) -> str:
        """Return an id."""
        digest = self._next(prefix)
        return f"{prefix}_{base64.b32encode(digest[:_ID_BYTES]).decode().lower()}"

    def random_bits(self, count: int) -> int:
        """Return a number of at most `count` bits."""
        return int.from_bytes(self._next("bits")) >> (256 - count)

    def _next(self, kind: str) -> bytes:
        count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        return _digest(self._key, f"{count}\0{kind}".encode())


Copied = tuple[int | None, dict[bytes, int], int]
"""A seed, how often each request was seen, and how often that count began anew."""


class Draws:
    """The draws of one namespace, a `Part` of it."""

    __slots__ = ("_counts", "_round", "seed")

    def __init__(self) -> None:
        self.seed: int | None = None
        self._counts: dict[bytes, int] = {}
        self._round = 0

    def of(self, request: bytes) -> tuple[Drawing, str]:
        """Return what a request draws with, and its name.

        Args:
            request: Digest of what is asked. Asked again, it draws something else.
        """
        if len(self._counts) >= _MOST_REQUESTS:
            self._counts, self._round = {}, self._round + 1
        # The counts go on when a seed is set, so that it gives no id for the second time.
        count = self._counts.get(request, 0)
        self._counts[request] = count + 1
        name = f"{request.hex()}:{self._round}:{count}"
        return SeededDrawing(_digest(f"{self.seed}".encode(), name.encode())), name

    def reset(self) -> None:
        """Begin to count anew; the seed stays."""
        self._counts, self._round = {}, 0

    def copy(self) -> Copied:
        """Return the seed and what was counted."""
        return self.seed, dict(self._counts), self._round

    def restore(self, copied: Copied) -> None:
        """Draw as after `copied` was made."""
        self.seed, counts, self._round = copied
        self._counts = dict(counts)


def _digest(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)
