"""What is drawn at random in a namespace: from its root seed when it has one.

A draw depends on the seed, on what is drawn and on how many of its kind came before, not on a
stream that others draw from, too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from aiaas_mock.context import random_id

_ID_BYTES: Final = 15  # 24 characters of base32, none of them padding


class Draws:
    """Makes ids and numbers."""

    __slots__ = ("_counts", "_key", "_seed")

    def __init__(self) -> None:
        self._seed: int | None = None
        self._key = b""
        self._counts: dict[str, int] = {}

    @property
    def seed(self) -> int | None:
        """The root seed; None when draws cannot be foreseen."""
        return self._seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        # The counts go on, so that a seed that is set again gives no id for the second time.
        self._seed = seed
        self._key = b"" if seed is None else str(seed).encode()

    def new_id(self, prefix: str) -> str:
        """Return an id."""
        if self._seed is None:
            return random_id(prefix)
        digest = self._next(prefix)
        return f"{prefix}_{base64.b32encode(digest[:_ID_BYTES]).decode().lower()}"

    def random_bits(self, count: int) -> int:
        """Return a number of at most `count` bits, which are at most 256."""
        if self._seed is None:
            return secrets.randbits(count)
        return int.from_bytes(self._next("bits")) >> (256 - count)

    def reset(self) -> None:
        """Begin to count anew; the seed stays."""
        self._counts = {}

    def copy(self) -> tuple[int | None, dict[str, int]]:
        """Return the seed and what was drawn."""
        return self._seed, dict(self._counts)

    def restore(self, copied: tuple[int | None, dict[str, int]]) -> None:
        """Draw as after `copied` was made."""
        self.seed = copied[0]
        self._counts = dict(copied[1])

    def _next(self, kind: str) -> bytes:
        count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        return hmac.digest(self._key, f"{count}\0{kind}".encode(), hashlib.sha256)
